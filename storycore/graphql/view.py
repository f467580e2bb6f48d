"""How does a GraphQL request come in over HTTP, and how does its answer go out? docs/graphql.md has the rules.

The view is synchronous: resolvers use the synchronous MongoDB driver, which measured faster here than the
asynchronous one, and storycore/serving.py runs each request in one thread of its pool.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import orjson
import pymongo
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLSchema
from pymongo.errors import PyMongoError

from storycore.graphql.body import Parameters, Received, from_body, from_url
from storycore.graphql.compat.rewriting import rewritten
from storycore.graphql.context import Context
from storycore.graphql.errors import Refusal, internal, malformed
from storycore.graphql.execution import run
from storycore.graphql.graphiql import page
from storycore.graphql.metrics import Measurement, record
from storycore.graphql.multipart import close_all
from storycore.graphql.negotiation import GRAPHQL_RESPONSE, HTML, JSON, accepts_gzip, negotiated
from storycore.graphql.operations import Operation, Operations, Rewrite, unchanged
from storycore.graphql.plan.answering import Holds
from storycore.graphql.preflight import require_preflight
from storycore.mongo.commands import counted
from storycore.replaying import Again, Replay
from storycore.requests import client_address
from storycore.shortcuts import mark

logger = logging.getLogger("storycore.graphql")

_VARY = "Accept, Accept-Encoding, Authorization, Cookie, Origin"
# A smaller body fits into one packet anyway.
_GZIP_FROM_BYTES = 1_400
# The answers are JSON: the lightest level already takes off four fifths, and a higher one costs the read path.
_GZIP_LEVEL = 1

Body = dict[str, Any]


class GraphQLEdge:
    """The HTTP edge of one schema."""

    def __init__(self, schema: GraphQLSchema, rewrite: Rewrite = unchanged) -> None:
        self.operations = Operations(schema, rewrite)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to any request at this address; nothing but our own words leaves it."""
        is_get = request.method == "GET"
        media_type = negotiated(
            request.META.get("HTTP_ACCEPT", ""), html=is_get and settings.GRAPHIQL_ENABLED
        )
        if media_type == HTML:
            return page(request)
        try:
            return self._answered(request, media_type)
        except Refusal as refusal:
            self._record_refusal(request, refusal)
            return _refused(request, media_type or JSON, refusal)
        except Exception:
            logger.exception("The GraphQL edge failed", extra={"request_id": request.request_id})
            return _written(request, JSON, {"errors": [internal(request.request_id)]}, status=500)

    def _answered(self, request: HttpRequest, media_type: str | None) -> HttpResponse:
        if request.method not in {"GET", "POST"}:
            raise malformed(
                "Send GET or POST.",
                reason="METHOD_NOT_ALLOWED",
                status=405,
                headers={"Allow": "GET, POST"},
            )
        if media_type is None:
            raise malformed(
                f"Answers come as {GRAPHQL_RESPONSE} or {JSON}.",
                reason="NOT_ACCEPTABLE",
                status=406,
            )
        require_preflight(request)
        received = from_url(request) if request.method == "GET" else from_body(request)
        try:
            response = self._run_all(request, media_type, received)
        finally:
            close_all(received.files)
        if request.method == "POST":
            mark(request, response, self)
        return response

    def _run_all(self, request: HttpRequest, media_type: str, received: Received) -> HttpResponse:
        if not received.is_batch:
            body, replay = self._run_one(request, received.requests[0])
            response = _written(request, media_type, body)
            if replay is not None:
                response.replay = replay
            return response
        bodies: list[Body] = []
        for one in received.requests:
            try:
                bodies.append(self._run_one(request, one)[0])
            except Refusal as refusal:
                self._record_refusal(request, refusal)
                bodies.append(_body_of(refusal))
        return _written(request, media_type, bodies)

    def _run_one(self, request: HttpRequest, parameters: Parameters) -> tuple[Body, Replay | None]:
        measured = Measurement(request.request_id)
        operation = self.operations.prepared(
            parameters, request.actor, only_queries=request.method == "GET"
        )
        measured.name, measured.kind, measured.cost = operation.name, operation.kind, operation.cost
        context = Context(
            actor=request.actor, request_id=request.request_id, client=client_address(request)
        )
        with counted() as tally:
            answer = run(operation, context)
        measured.commands, measured.problems = tally.commands, answer.errors
        record(measured)
        if answer.errors:
            return {"errors": answer.errors, "data": answer.data}, None
        replay = partial(_is_told_again, answer.holds, operation) if answer.holds else None
        return {"data": answer.data}, replay

    def _record_refusal(self, request: HttpRequest, refusal: Refusal) -> None:
        record(Measurement(request.request_id, problems=refusal.problems, is_refused=True))


def _is_told_again(holds: Holds, operation: Operation, asked: Sequence[Again]) -> bool:
    """Whether the answer may be sent to all who asked; then each is counted like any other."""
    try:
        with counted() as tally, pymongo.timeout(settings.GRAPHQL_TIME_BUDGET_SECONDS):
            if not holds():
                return False
    except PyMongoError:
        # The whole way tells what is wrong.
        return False
    for number, again in enumerate(asked):
        # One look was for all of them.
        commands = 0 if number else tally.commands
        record(
            Measurement(
                again.request_id,
                started=again.started,
                name=operation.name,
                kind=operation.kind,
                cost=operation.cost,
                commands=commands,
            )
        )
    return True


def _body_of(refusal: Refusal) -> Body:
    body: Body = {"errors": refusal.problems}
    if refusal.executed:
        body["data"] = None
    return body


def _refused(request: HttpRequest, media_type: str, refusal: Refusal) -> HttpResponse:
    status = refusal.status if media_type == GRAPHQL_RESPONSE else refusal.plain_status
    response = _written(request, media_type, _body_of(refusal), status=status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _written(
    request: HttpRequest, media_type: str, body: Body | list[Body], *, status: int = 200
) -> HttpResponse:
    content = orjson.dumps(body)
    headers = {"Content-Type": f"{media_type}; charset=utf-8", "Vary": _VARY}
    if request.method == "GET" and status == 200 and "errors" not in body:
        # Let a client keep the answer and ask whether it still holds; only anonymous answers may be shared.
        scope = "private" if request.actor.is_authenticated else "public"
        headers["Cache-Control"] = f"{scope}, no-cache"
        headers["ETag"] = tag = _tag(content)
        if _is_known(tag, request.META.get("HTTP_IF_NONE_MATCH", "")):
            status, content = 304, b""
    else:
        headers["Cache-Control"] = "no-store"
    if len(content) >= _GZIP_FROM_BYTES and accepts_gzip(
        request.META.get("HTTP_ACCEPT_ENCODING", "")
    ):
        content = gzip.compress(content, _GZIP_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(content, status=status, headers=headers)


def _tag(content: bytes) -> str:
    """Weak, because the same answer may go out compressed."""
    return f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def _is_known(tag: str, known: str) -> bool:
    return known == "*" or tag in {one.strip() for one in known.split(",")}


@lru_cache(maxsize=4)
def edge_of(schema: Any) -> GraphQLEdge:
    """The edge of a schema, given as itself or as its dotted name; all transports share its documents."""
    found = import_string(schema) if isinstance(schema, str) else schema
    return GraphQLEdge(found.graphql_schema, rewritten)


# No CSRF token: cookies count here only with a header that a foreign page cannot send (see preflight.py), so a
# forged request acts for nobody.
@csrf_exempt
def graphql_view(request: HttpRequest) -> HttpResponse:
    """The view for /graphql and /graphql/, serving the schema of settings.GRAPHENE."""
    return edge_of(settings.GRAPHENE["SCHEMA"])(request)
