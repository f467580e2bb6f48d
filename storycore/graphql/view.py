"""How does a GraphQL request come in over HTTP, and how does its answer go out? docs/graphql.md has the rules.

The view is synchronous: resolvers use the synchronous MongoDB driver, which measured faster here than the
asynchronous one, and storycore/serving.py runs each request in one thread of its pool.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLSchema
from pymongo.errors import PyMongoError

from storycore.graphql.body import Parameters, Received, from_body, from_json, from_url
from storycore.graphql.compat.rewriting import rewritten
from storycore.graphql.context import Context
from storycore.graphql.errors import Refusal, internal, malformed
from storycore.graphql.execution import run
from storycore.graphql.forms import Body, Form, body_of
from storycore.graphql.graphiql import page
from storycore.graphql.known_bodies import KnownBodies
from storycore.graphql.metrics import Measurement, record
from storycore.graphql.multipart import close_all
from storycore.graphql.negotiation import GRAPHQL_RESPONSE, HTML, JSON, accepts_gzip, negotiated
from storycore.graphql.operations import Operation, Operations, Rewrite, unchanged
from storycore.graphql.plan.answering import Holds
from storycore.graphql.preflight import require_preflight
from storycore.mongo.budget import time_budget
from storycore.mongo.commands import counted
from storycore.replaying import Again, Replay
from storycore.requests import client_address
from storycore.shortcuts import Asked, Said, mark

logger = logging.getLogger("storycore.graphql")

_FAILED = "The GraphQL edge failed"


class GraphQLEdge:
    """The HTTP edge of one schema."""

    def __init__(self, schema: GraphQLSchema, rewrite: Rewrite = unchanged) -> None:
        self.operations = Operations(schema, rewrite)
        self._known = KnownBodies()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to any request at this address; nothing but our own words leaves it."""
        is_get = request.method == "GET"
        media_type = negotiated(
            request.META.get("HTTP_ACCEPT", ""), html=is_get and settings.GRAPHIQL_ENABLED
        )
        if media_type == HTML:
            return page(request)
        zips = accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        try:
            return self._answered(request, media_type, zips=zips)
        except Refusal as refusal:
            _record_refusal(request.request_id, refusal)
            return _response(Form(media_type or JSON, zips).refused(refusal))
        except Exception:
            logger.exception(_FAILED, extra={"request_id": request.request_id})
            return _response(_masked(request.request_id))

    def _answered(
        self, request: HttpRequest, media_type: str | None, *, zips: bool
    ) -> HttpResponse:
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
        is_get = request.method == "GET"
        received = from_url(request) if is_get else from_body(request)
        asked = Asked(b"", request.actor, request.request_id, client_address(request))
        try:
            body, replay = self._run_all(asked, received, only_queries=is_get)
        finally:
            close_all(received.files)
        form = Form(media_type, zips)
        if is_get:
            known = request.META.get("HTTP_IF_NONE_MATCH", "")
            is_private = bool(request.actor.is_authenticated)
            return _response(form.tagged(body, is_private=is_private, known=known))
        response = _response(form.written(body, replay=replay))
        if request.content_type == JSON:
            mark(response, partial(self._said, form))
        return response

    def _said(self, form: Form, asked: Asked) -> Said:
        """What `__call__` says to a JSON body when all that the head of its request decides is known."""
        try:
            operation = self._known.find(asked.body)
            if operation is None:
                received = from_json(asked.body)
                if received.is_batch:
                    return form.written(self._run_all(asked, received)[0])
                parameters = received.requests[0]
                operation = self.operations.prepared(parameters, asked.actor)
                self._known.keep(asked.body, operation, parameters)
            body, replay = self._run_one(asked, operation)
            return form.written(body, replay=replay)
        except Refusal as refusal:
            _record_refusal(asked.request_id, refusal)
            return form.refused(refusal)
        except Exception:
            logger.exception(_FAILED, extra={"request_id": asked.request_id})
            return _masked(asked.request_id)

    def _run_all(
        self, asked: Asked, received: Received, *, only_queries: bool = False
    ) -> tuple[Body | list[Body], Replay | None]:
        def prepared(parameters: Parameters) -> Operation:
            return self.operations.prepared(parameters, asked.actor, only_queries=only_queries)

        if not received.is_batch:
            return self._run_one(asked, prepared(received.requests[0]))
        bodies: list[Body] = []
        for one in received.requests:
            try:
                bodies.append(self._run_one(asked, prepared(one))[0])
            except Refusal as refusal:
                _record_refusal(asked.request_id, refusal)
                bodies.append(body_of(refusal))
        return bodies, None

    def _run_one(self, asked: Asked, operation: Operation) -> tuple[Body, Replay | None]:
        measured = Measurement(
            asked.request_id, name=operation.name, kind=operation.kind, cost=operation.cost
        )
        context = Context(actor=asked.actor, request_id=asked.request_id, client=asked.client)
        with counted() as tally:
            answer = run(operation, context)
        measured.commands, measured.problems = tally.commands, answer.errors
        record(measured)
        if answer.errors:
            return {"errors": answer.errors, "data": answer.data}, None
        replay = partial(_is_told_again, answer.holds, operation) if answer.holds else None
        return {"data": answer.data}, replay


def _record_refusal(request_id: str, refusal: Refusal) -> None:
    record(Measurement(request_id, problems=refusal.problems, is_refused=True))


def _is_told_again(holds: Holds, operation: Operation, asked: Sequence[Again]) -> bool:
    """Whether the answer may be sent to all who asked; then each is counted like any other."""
    try:
        with counted() as tally, time_budget(settings.GRAPHQL_TIME_BUDGET_SECONDS):
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


def _masked(request_id: str) -> Said:
    return Form(JSON, zips=False).written({"errors": [internal(request_id)]}, status=500)


def _response(said: Said) -> HttpResponse:
    headers = {name.decode(): value.decode() for name, value in said.headers}
    response = HttpResponse(said.body, status=said.status, headers=headers)
    if said.replay is not None:
        response.replay = said.replay
    return response


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


@csrf_exempt
def nowhere_view(_request: HttpRequest, **_address: str) -> HttpResponse:
    """What is below the address of GraphQL: nothing, said in words that its clients read."""
    message = (
        "There is nothing at this address. Queries go to /graphql/, events to /graphql/stream."
    )
    refusal = malformed(message, reason="NOT_FOUND", status=404)
    return _response(Form(JSON, zips=False).refused(refusal))
