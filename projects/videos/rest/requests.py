"""Who asks, and how long may an answer wait for its job? What all addresses of the studio share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from bson import ObjectId
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from generation.queries.awaiting import await_end
from generation.queries.jobs import jobs_by_id
from projects.videos.services.studio import studio_actor
from storycore.access import Actor
from storycore.errors import Forbidden, NotFound, StoryCoreError, Unauthenticated
from storycore.graphql.errors import Refusal
from storycore.graphql.preflight import require_preflight
from storycore.mongo.reading import Row
from storycore.rest.answers import json_answer, refusal
from storycore.waiting import stepped_aside

View = Callable[..., HttpResponse]
FINAL = frozenset({"completed", "failed", "cancelled"})
# What the client is told under this status; other failures are the provider's.
_WRONG_INPUT = frozenset({"PROVIDER_WRONG_INPUT", "BAD_USER_INPUT", "PROMPT_REFUSED"})


def answered(view: View) -> View:
    """The view with our errors as answers; what is not there is `{}`, as JSON Server says it."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except NotFound as problem:
            if problem.field in ("index", "job"):
                return refusal(request, problem)
            return json_answer(request, {}, 404)
        except StoryCoreError as problem:
            return refusal(request, problem)

    return answer


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: a token's user, a session that no foreign page can use, or the shared user of the studio.

    Raises Forbidden, and Unauthenticated for a token that is not valid (any more): whoever sends one does not
    want the shared user's projects.
    """
    actor: Actor = request.actor
    if request.headers.get("Authorization", "").strip() and not actor.is_authenticated:
        raise Unauthenticated
    if request.method not in ("GET", "HEAD"):
        try:
            require_preflight(request)
        except Refusal as problem:
            raise Forbidden(str(problem)) from problem
    return studio_actor(actor)


def is_shared(request: HttpRequest) -> bool:
    """Whether what is made must be open to everybody, because nobody here has a login."""
    actor: Actor = request.actor
    return not actor.is_authenticated


def awaited(actor: Actor, job: ObjectId) -> Row | None:
    """The job when it comes to its end in the time that an answer may wait, else None."""
    with stepped_aside() as granted:
        ended = granted and await_end(job, float(settings.GENERATION_WAIT_SECONDS))
    fields = ("status", "asset", "result", "error_code", "error_message", "kind", "project")
    row = jobs_by_id.find(actor, job, fields)
    return row if row is not None and (ended or row["status"] in FINAL) else None


def processing(request: HttpRequest, stage: str, job: ObjectId) -> HttpResponse:
    """What is answered while the job goes on."""
    body = {"message": f"{stage} generation started", "status": "processing", "job_id": str(job)}
    return json_answer(request, body)


def failure(request: HttpRequest, job: Row) -> HttpResponse:
    """Why the stage failed: 422 for the caller's own words, 409 when it was cancelled, else 502."""
    code = job.get("error_code") or "CANCELLED"
    status = 422 if code in _WRONG_INPUT else 409 if job["status"] == "cancelled" else 502
    detail = job.get("error_message") or "It was cancelled."
    return json_answer(request, {"detail": detail, "code": code, "job_id": str(job["_id"])}, status)
