"""GraphQL over server-sent events as a real web process answers it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async

from scenarios.services.scenarios import update_scenario
from scenarios.services.scenes import update_scene
from storycore.access import Actor
from tests.factories import a_scenario, a_scene, an_access_token, an_actor
from tests.live_web import Web
from tests.scenarios.following import present

ACCEPT = {"Accept": "text/event-stream"}
BRIEF = "subscription($id: ID!) { scenarioChanged(id: $id) { revision } }"
call = sync_to_async


class Events:
    """The events of one answer; comments are counted."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.comments = 0
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, Any] | None:
        """Name and data of the next event; None at the end of the stream."""
        event = ""
        async for line in self._lines:
            if line.startswith(":"):
                self.comments += 1
            elif line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data:"):
                return event, json.loads(line[5:]) if line[5:].strip() else None
        return None


@asynccontextmanager
async def stream(
    web: Web,
    query: str,
    token: str = "",
    *,
    method: str = "POST",
    headers: Any = None,
    **variables: Any,
) -> AsyncIterator[Events]:
    sent = {**ACCEPT, **({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    body = {"query": query, "variables": variables}
    options: dict[str, Any] = (
        {"json": body}
        if method == "POST"
        else {"params": {"query": query, "variables": json.dumps(variables)}}
    )
    async with (
        httpx.AsyncClient(base_url=web.url, timeout=10) as client,
        client.stream(method, "/graphql/stream", headers=sent, **options) as response,
    ):
        yield Events(response)


@pytest.fixture
async def person(web: Web) -> tuple[Actor, str]:
    actor = await call(an_actor)("ada@example.com")
    return actor, await call(an_access_token)(actor)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_edit_reaches_a_stream(web: Web, person: tuple[Actor, str], method: str) -> None:
    actor, token = person
    scenario = await call(a_scenario)(actor)
    scene = await call(a_scene)(actor, scenario)
    async with stream(web, BRIEF, token, method=method, id=str(scenario)) as events:
        headers = events.response.headers
        assert events.response.status_code == 200
        assert headers["content-type"] == "text/event-stream"
        assert headers["x-accel-buffering"] == "no"
        assert headers["cache-control"] == "no-store, no-transform"
        assert headers["x-request-id"]
        await present(1)
        await call(update_scene)(actor, scene, {"title": "The cellar"})

        assert await events.next() == ("next", {"data": {"scenarioChanged": {"revision": 2}}})
    # Hanging up is noticed, and nobody is left behind.
    await present(0)


async def test_a_query_over_a_stream_is_one_event(web: Web, person: tuple[Actor, str]) -> None:
    async with stream(web, "{ me { id } }", person[1]) as events:
        assert await events.next() == ("next", {"data": {"me": {"id": person[0].user_id}}})
        assert await events.next() == ("complete", None)
        assert await events.next() is None


async def test_the_end_of_a_subscription_is_told(web: Web, person: tuple[Actor, str]) -> None:
    actor, _ = person
    scenario = await call(a_scenario)(actor, is_published=True)
    async with stream(web, BRIEF, id=str(scenario)) as events:
        await present(1)
        await call(update_scenario)(actor, scenario, {"is_published": False})

        name, told = await events.next() or ("", None)
        assert (name, told["errors"][0]["extensions"]["code"]) == ("next", "NOT_FOUND")
        assert await events.next() == ("complete", None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ me", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { scenarioChanged(id: 7) { revision } }", "NOT_FOUND"),
    ],
)
async def test_a_refused_document_is_told_in_the_stream(web: Web, query: str, code: str) -> None:
    async with stream(web, query) as events:
        assert events.response.status_code == 200
        name, told = await events.next() or ("", None)
        assert (name, [one["extensions"]["code"] for one in told["errors"]]) == ("next", [code])
        assert await events.next() == ("complete", None)


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("PUT", {}, b"{}", 405),
        ("OPTIONS", {}, b"", 405),
        ("POST", {"Accept": "application/json"}, b'{"query": "{ me { id } }"}', 406),
        ("POST", {"Content-Type": "text/plain"}, b'{"query": "{ me { id } }"}', 415),
        ("POST", {}, b"no json", 400),
        ("POST", {}, b'{"query": 1}', 400),
        ("POST", {}, b'[{"query": "{ me { id } }"}]', 400),
        ("POST", {"Authorization": "Bearer no.token"}, b'{"query": "{ me { id } }"}', 401),
        ("GET", {}, b"", 405),
    ],
)
async def test_what_is_no_request_for_a_stream_is_answered_with_a_status(
    web: Web, method: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    sent = {**ACCEPT, "Content-Type": "application/json", **headers}
    mutation = (
        '?query=mutation{createScenario(input:{title:"x"}){success}}' if method == "GET" else ""
    )
    async with httpx.AsyncClient(base_url=web.url) as client:
        answer = await client.request(
            method, f"/graphql/stream{mutation}", headers=sent, content=body
        )

    assert answer.status_code == status
    assert [one["extensions"]["code"] for one in answer.json()["errors"]] == [
        "UNAUTHENTICATED" if status == 401 else "BAD_USER_INPUT"
    ]


async def test_a_body_that_is_announced_as_too_large_is_not_waited_for(web: Web) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    head = "POST /graphql/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
    writer.write(
        f"{head}Content-Type: application/json\r\nContent-Length: 4000001\r\n\r\n".encode()
    )

    assert (await reader.readline()).split()[1] == b"413"
    writer.close()


async def test_a_silent_stream_shows_that_it_lives(web: Web, person: tuple[Actor, str]) -> None:
    scenario = await call(a_scenario)(person[0])
    async with stream(web, BRIEF, person[1], id=str(scenario)) as events:
        lines = events.response.aiter_lines()
        began = time.monotonic()
        comments = 0
        async for line in lines:
            comments += line.startswith(":")
            if comments == 3:
                break

    assert 1.8 < time.monotonic() - began < 4


async def test_a_stream_ends_with_its_token(
    web: Web, person: tuple[Actor, str], settings: Any
) -> None:
    settings.ACCESS_TOKEN_LIFETIME = timedelta(seconds=2)
    token = await call(an_access_token)(person[0])
    scenario = await call(a_scenario)(person[0])
    async with stream(web, BRIEF, token, id=str(scenario)) as events:
        # No `complete`: the client comes again with its next token.
        assert await events.next() is None


async def test_pages_of_allowed_origins_may_read_a_stream(web: Web) -> None:
    async with httpx.AsyncClient(base_url=web.url) as client:
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        known, foreign = {"Origin": "http://localhost:3000"}, {"Origin": "https://evil.example"}
        preflight = await client.options("/graphql/stream", headers=known | asked)
        read = await client.post(
            "/graphql/stream", headers=ACCEPT | known, json={"query": "{ me { id } }"}
        )
        refused = await client.post(
            "/graphql/stream", headers=ACCEPT | foreign, json={"query": "{ me { id } }"}
        )

    assert preflight.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert read.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "access-control-allow-origin" not in refused.headers


async def test_a_user_has_so_many_streams(web: Web, person: tuple[Actor, str]) -> None:
    scenario = await call(a_scenario)(person[0])
    open_streams = [stream(web, BRIEF, person[1], id=str(scenario)) for _ in range(12)]
    for one in open_streams:
        await one.__aenter__()
    async with stream(web, BRIEF, person[1], id=str(scenario)) as events:
        assert events.response.status_code == 429
        refusal = json.loads(await events.response.aread())["errors"][0]
        assert refusal["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 60}
    for one in open_streams:
        await one.__aexit__(None, None, None)
    await present(0)
