"""What live connections do to a process and it to them: slow readers, a stop, the token in a payload."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from scenarios.services.scenes import update_scene
from storycore.access import Actor
from storycore.errors import RateLimited
from storycore.graphql.live import Caller, LiveEdge, Login, caller_of, token_in
from storycore.graphql.operations import Operations
from tests.factories import a_scenario, a_scene, an_access_token, an_actor
from tests.live_web import Web, live_client, start_web
from tests.scenarios.following import followed, present
from tests.storycore.graphql.edge_schema import SCHEMA

TEXTS = "subscription($id: ID!) { scenarioChanged(id: $id) { revision edits { scene { text } } } }"
BRIEF = "subscription($id: ID!) { scenarioChanged(id: $id) { revision } }"
call = sync_to_async


@pytest.fixture
def own_web(content: None, transactional_db: None) -> Iterator[Web]:
    """A process that only this test knows."""
    web = start_web()
    yield web
    if web.process.poll() is None:
        web.stop()


def narrow_socket(web: Web) -> socket.socket:
    """A connection that takes in little before its reader reads."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    made.connect(("127.0.0.1", web.port))
    return made


async def test_a_slow_reader_is_dropped_and_others_are_not(web: Web) -> None:
    ada = await call(an_actor)("ada@example.com")
    token = await call(an_access_token)(ada)
    scenario = await call(a_scenario)(ada)
    scene = await call(a_scene)(ada, scenario)
    narrow = {
        "sock": narrow_socket(web),
        "max_queue": 1,
        "ping_interval": None,
        "compression": None,
    }
    async with live_client(web, token, **narrow) as slow, live_client(web, token) as quick:
        await followed(slow, "1", TEXTS, scenario)
        await followed(quick, "1", BRIEF, scenario)
        seen = 0
        # Each edit is a megabyte for the slow one, and a number for the quick one.
        for number in range(60):
            await call(update_scene)(ada, scene, {"text": f"{number}" + "x" * 95_000})
            seen = (await quick.data("1"))["scenarioChanged"]["revision"]
        assert seen == 61

        code, reason = await slow.closing(10)

    assert (code, reason) == (1013, "Messages are not read fast enough")
    await present(0)


async def test_a_stop_says_farewell_and_takes_no_time(own_web: Web) -> None:
    ada = await call(an_actor)("ada@example.com")
    token = await call(an_access_token)(ada)
    scenario = await call(a_scenario)(ada)
    async with live_client(own_web, token) as one, live_client(own_web, token) as other:
        await followed(one, "1", BRIEF, scenario)
        await followed(other, "1", BRIEF, scenario)
        began = time.monotonic()
        stopping = asyncio.create_task(call(own_web.stop, thread_sensitive=False)())

        assert await one.closing() == (1012, "The server restarts")
        assert await other.closing() == (1012, "The server restarts")
        await stopping
    assert time.monotonic() - began < 4
    # Everybody was seen to the door.
    await present(0)
    assert "Traceback" not in own_web.log.read_text()


def test_a_process_and_a_user_have_so_many_connections(settings: Any) -> None:
    settings.LIVE_CONNECTIONS_MAX, settings.LIVE_CONNECTIONS_PER_USER = 3, 2

    async def run(work: Any, *arguments: Any) -> Any:
        return work(*arguments)

    edge = LiveEdge(Operations(SCHEMA), run, lambda _token: Login())
    callers = [Caller("10.0.0.1", "r", lambda _why: None) for _ in range(2)]
    callers.append(Caller("10.0.0.1", "r", lambda _why: None, Login(Actor(user_id="1"))))
    with ExitStack() as held:
        for caller in callers:
            held.enter_context(edge.connected(caller, "websocket"))
            held.enter_context(edge.counted_for(caller))
        one_more = Caller("10.0.0.2", "r", lambda _why: None)
        held.enter_context(edge.connected(one_more, "events"))
        with pytest.raises(RateLimited, match="server"), edge.counted_for(one_more):
            pass

    with ExitStack() as held:
        for caller in callers[:2]:
            held.enter_context(edge.counted_for(caller))
        # Two of this address are there; its user is somebody else.
        with pytest.raises(RateLimited, match="yours"), edge.counted_for(callers[0]):
            pass
        held.enter_context(edge.counted_for(callers[2]))
    with edge.counted_for(callers[0]):
        pass
    assert edge.callers == set()


def test_the_other_end_is_named_as_for_an_http_request(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    scope = {
        "client": ("10.0.0.9", 1),
        "headers": [
            (b"x-forwarded-for", b"1.1.1.1"),
            (b"X-Forwarded-For", b"2.2.2.2"),
            (b"x-request-id", b"from-the-client"),
        ],
    }

    caller = caller_of(scope, lambda _why: None)

    assert (caller.client, caller.request_id, caller.key) == (
        "2.2.2.2",
        "from-the-client",
        "address 2.2.2.2",
    )


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, ""),
        ({"Authorization": "Bearer abc"}, "abc"),
        ({"authorization": "JWT abc"}, "abc"),
        ({"Authorization": " abc "}, "abc"),
        ({"headers": {"Authorization": "bearer abc"}}, "abc"),
        ({"headers": {"token": "inner"}, "token": "outer"}, "outer"),
        ({"authToken": "abc"}, "abc"),
        ({"accessToken": "abc"}, "abc"),
        ({"token": 7, "headers": []}, ""),
        ({"Authorization": "Bearer"}, ""),
    ],
)
def test_the_token_in_a_payload(payload: dict[str, Any], expected: str) -> None:
    assert token_in(payload) == expected
