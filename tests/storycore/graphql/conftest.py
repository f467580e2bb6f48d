"""Requests to the HTTP edge of a small schema: no database, no middleware."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from storycore.access import NOBODY, Actor
from storycore.graphql.view import GraphQLEdge
from tests.storycore.graphql.answers import STRICT, Answered
from tests.storycore.graphql.edge_schema import SCHEMA

Send = Callable[..., HttpResponse]
Ask = Callable[..., Answered]


@pytest.fixture
def edge() -> GraphQLEdge:
    return GraphQLEdge(SCHEMA)


@pytest.fixture
def send(edge: GraphQLEdge) -> Send:
    """Any HTTP request to the edge: `send("POST", body, content_type=..., actor=..., HTTP_ACCEPT=...)`."""
    factory = RequestFactory()

    def request(
        method: str,
        body: bytes | str = b"",
        *,
        url: str = "/graphql/",
        content_type: str = "application/json",
        actor: Actor = NOBODY,
        **headers: str,
    ) -> HttpResponse:
        # Without a body the factory would leave the content type out.
        if content_type:
            headers["CONTENT_TYPE"] = content_type
        made = factory.generic(method, url, body, content_type, **headers)
        made.actor = actor
        made.request_id = "request-1"
        return edge(made)

    return request


@pytest.fixture
def ask(send: Send) -> Ask:
    """Posts a GraphQL request as JSON and reads the answer; asks for the strict media type."""

    def post(
        query: Any, variables: Any = None, *, raw: bytes | None = None, **options: Any
    ) -> Answered:
        body = raw if raw is not None else json.dumps({"query": query, "variables": variables})
        # This thread's processor time: what else the machine does is not the edge's, and neither is a
        # round of the garbage collector over all that the suite has made.
        gc.disable()
        try:
            started = time.thread_time()
            response = send("POST", body, **{"HTTP_ACCEPT": STRICT, **options})
            seconds = time.thread_time() - started
        finally:
            gc.enable()
        return Answered(response, seconds)

    return post
