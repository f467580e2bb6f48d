"""What does a REST client read? JSON with a tag to compare, and our errors as `detail` with a status."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from pymongo.errors import ConnectionFailure

from storycore.errors import RateLimited, StoryCoreError

logger = logging.getLogger("storycore.rest")

JSON_TYPE = "application/json; charset=utf-8"


def json_answer(request: HttpRequest, body: Any, status: int = 200) -> HttpResponse:
    """The body as JSON; a client that has the same already gets 304."""
    content = orjson.dumps(body)
    answer = HttpResponse(content, status=status, content_type=JSON_TYPE)
    if status == 200 and request.method in ("GET", "HEAD"):
        tag = f'W/"{len(content):x}-{hashlib.sha256(content).hexdigest()[:27]}"'
        if tag in {one.strip() for one in request.headers.get("If-None-Match", "").split(",")}:
            answer = HttpResponse(status=304)
        answer["ETag"] = tag
        # What is private is not kept by others, and asked for again each time.
        answer["Cache-Control"] = "private, no-cache"
    return answer


def refusal(request: HttpRequest, problem: StoryCoreError) -> HttpResponse:
    """One of our errors: `detail` for people, `code` for programs, `field` when one is at fault."""
    body: dict[str, Any] = {"detail": problem.message, "code": problem.code}
    if problem.field:
        body |= {"field": problem.field, "detail": f"{problem.field}: {problem.message}"}
    if isinstance(problem, RateLimited):
        body |= {
            "error": "rate_limit_exceeded",
            "message": problem.message,
            "retry_after": problem.retry_after,
        }
    answer = json_answer(request, body, problem.status)
    if isinstance(problem, RateLimited):
        answer["Retry-After"] = str(problem.retry_after)
        answer["RateLimit-Remaining"] = "0"
        answer["RateLimit-Reset"] = str(problem.retry_after)
        if problem.limit is not None:
            answer["RateLimit-Limit"] = str(problem.limit)
    return answer


def masked(request: HttpRequest, problem: Exception) -> HttpResponse:
    """An error that is none of ours: whole in the log, masked for the client, who gets the request's id."""
    request_id = getattr(request, "request_id", "")
    if isinstance(problem, ConnectionFailure):
        logger.warning("MongoDB does not answer: %s", type(problem).__name__)
        return json_answer(
            request, {"detail": "The database does not answer.", "code": "UNAVAILABLE"}, 503
        )
    logger.error("%s %s failed", request.method, request.path, exc_info=problem)
    body = {
        "detail": "Something went wrong on this server.",
        "code": "INTERNAL_SERVER_ERROR",
        "request_id": request_id,
    }
    return json_answer(request, body, 500)
