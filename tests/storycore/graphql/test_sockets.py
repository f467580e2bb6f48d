"""The protocol graphql-transport-ws as a real web process speaks it, and what it does to those who do not."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
import websockets
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore

from storycore.access import Actor
from storycore.accounts.models import User
from storycore.graphql.live import LiveEdge
from storycore.graphql.operations import Operations
from storycore.graphql.sockets import serve_socket
from tests.factories import a_scenario, a_scene, an_access_token, an_actor
from tests.live_web import Client, Web, live_client, raw_client
from tests.scenarios.following import CHANGES, followed
from tests.storycore.graphql.edge_schema import SCHEMA

call = sync_to_async
ME = "{ me { id } }"


@pytest.fixture
async def person(web: Web) -> tuple[Actor, str]:
    actor = await call(an_actor)("ada@example.com")
    return actor, await call(an_access_token)(actor)


async def test_a_socket_without_the_protocol_is_closed(web: Web) -> None:
    async with raw_client(web, subprotocols=["graphql-ws"]) as client:
        assert await client.closing() == (4406, "Subprotocol not acceptable")


async def test_other_addresses_take_no_socket(web: Web) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(f"ws://127.0.0.1:{web.port}/elsewhere")

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
async def test_a_query_over_a_socket(web: Web, person: tuple[Actor, str], path: str) -> None:
    actor, token = person
    async with websockets.connect(
        f"ws://127.0.0.1:{web.port}{path}", subprotocols=["graphql-transport-ws"]
    ) as socket:
        client = Client(socket)
        await client.say(
            type="connection_init", payload={"headers": {"authorization": f"JWT {token}"}}
        )

        assert await client.next() == {"type": "connection_ack"}
        assert socket.subprotocol == "graphql-transport-ws"
        await client.subscribe("a", ME)
        assert await client.next() == {
            "type": "next",
            "id": "a",
            "payload": {"data": {"me": {"id": actor.user_id}}},
        }
        assert await client.next() == {"type": "complete", "id": "a"}


async def test_an_id_may_be_used_again_when_it_is_complete(
    web: Web, person: tuple[Actor, str]
) -> None:
    async with live_client(web, person[1]) as client:
        for _ in range(3):
            await client.subscribe("same", ME)
            assert (await client.data("same"))["me"]["id"] == person[0].user_id
            assert await client.next() == {"type": "complete", "id": "same"}


async def test_a_mutation_over_a_socket_writes(web: Web, person: tuple[Actor, str]) -> None:
    async with live_client(web, person[1]) as client:
        await client.subscribe(
            "1",
            """mutation { createScenario(input: {title: "Over the wire"}) {
              success scenario { title authorId } } }""",
        )
        payload = (await client.data("1"))["createScenario"]

    assert payload == {
        "success": True,
        "scenario": {"title": "Over the wire", "authorId": person[0].user_id},
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ me", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { assetChanged @skip(if: true) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            """subscription { ...Root }
            fragment Root on Subscription { ... @include(if: false) { assetChanged { id } } }""",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { a: assetChanged { id } b: assetChanged { id } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ " + " ".join(f"a{n}: me {{ id }}" for n in range(60)) + " }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription($id: ID!) { scenarioChanged(id: $id) { revision } }", "BAD_USER_INPUT"),
        ("{ __schema { types { name } } }", "FORBIDDEN"),
    ],
)
async def test_a_refused_document_ends_its_operation_only(web: Web, query: str, code: str) -> None:
    async with live_client(web) as client:
        await client.subscribe("1", query)
        message = await client.next()

        assert (message["type"], message["id"]) == ("error", "1")
        assert message["payload"][0]["extensions"]["code"] == code
        await client.subscribe("1", ME)
        assert await client.data("1") == {"me": None}


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "null",
        '{"type": "start"}',
        '{"type": 7}',
        '{"id": "1"}',
        '{"type": "subscribe", "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": "' + "x" * 201 + '", "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
        '{"type": "complete"}',
        '{"type": "ping", "payload": "text"}',
        '{"type": "connection_ack"}',
        '{"type": "ping", "payload": ' + '{"a":' * 70 + "1" + "}" * 70 + "}",
        '{"type": "ping", "payload": {"a": NaN}}',
        b"\x00\x01",
    ],
)
async def test_what_is_no_message_closes_the_socket(web: Web, message: str | bytes) -> None:
    async with live_client(web) as client:
        await client.socket.send(message)

        code, _reason = await client.closing()
    assert code == 4400


async def test_a_message_that_is_too_large_closes_the_socket(web: Web) -> None:
    async with live_client(web) as client:
        await client.say(type="ping", payload={"a": "x" * 20_000})

        assert await client.closing() == (1009, "The message is too large")


async def test_pings_are_answered_with_their_payload_at_any_time(web: Web) -> None:
    async with raw_client(web) as client:
        await client.say(type="ping", payload={"n": 1})
        assert await client.next() == {"type": "pong", "payload": {"n": 1}}
        await client.say(type="connection_init")
        assert await client.next() == {"type": "connection_ack"}
        await client.say(type="ping")
        assert await client.next() == {"type": "pong"}


async def test_a_client_that_does_not_begin_is_closed(web: Web) -> None:
    async with raw_client(web) as client:
        assert await client.closing() == (4408, "Connection initialisation timeout")


async def test_an_operation_before_the_acknowledgement_closes_the_socket(web: Web) -> None:
    async with raw_client(web) as client:
        await client.subscribe("1", ME)

        assert await client.closing() == (4401, "Unauthorized")


async def test_a_second_initialisation_closes_the_socket(web: Web) -> None:
    async with live_client(web) as client:
        await client.say(type="connection_init")

        assert await client.closing() == (4429, "Too many initialisation requests")


async def test_a_token_that_is_not_valid_closes_the_socket(web: Web) -> None:
    async with raw_client(web) as client:
        await client.say(
            type="connection_init", payload={"Authorization": "Bearer no.token.at.all"}
        )

        assert await client.closing() == (4403, "Forbidden")


async def test_a_socket_ends_with_its_token(
    web: Web, person: tuple[Actor, str], settings: Any
) -> None:
    settings.ACCESS_TOKEN_LIFETIME = timedelta(seconds=2)
    token = await call(an_access_token)(person[0])
    began = time.time()
    async with live_client(web, token) as client:
        await client.subscribe("1", ME)
        assert await client.data("1") == {"me": {"id": person[0].user_id}}

        assert await client.closing() == (4403, "The token has expired")
    # Tokens count whole seconds.
    assert 0.9 < time.time() - began < 3


async def test_a_user_who_is_switched_off_loses_the_socket(
    web: Web, person: tuple[Actor, str]
) -> None:
    async with live_client(web, person[1]) as client:
        await call(User.objects.filter(pk=person[0].user_id).update)(is_active=False)

        assert await client.closing() == (4403, "Forbidden")


async def test_cookies_speak_for_nobody(web: Web, person: tuple[Actor, str]) -> None:
    def a_session() -> str:
        user = User.objects.get(pk=person[0].user_id)
        store = SessionStore()
        store["_auth_user_id"] = str(user.pk)
        store["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
        store["_auth_user_hash"] = user.get_session_auth_hash()
        store.create()
        return str(store.session_key)

    cookie = {"Cookie": f"sessionid={await call(a_session)()}"}
    async with live_client(web, additional_headers=cookie) as client:
        await client.subscribe("1", ME)

        assert await client.data("1") == {"me": None}


async def test_an_id_in_use_closes_the_socket(web: Web, person: tuple[Actor, str]) -> None:
    scenario = await call(a_scenario)(person[0])
    async with live_client(web, person[1]) as client:
        await followed(client, "1", CHANGES, scenario)
        await client.subscribe("1", ME)

        assert await client.closing() == (4409, "Subscriber for 1 already exists")


async def test_a_completed_subscription_is_told_nothing(
    web: Web, person: tuple[Actor, str]
) -> None:
    scenario = await call(a_scenario)(person[0])
    async with live_client(web, person[1]) as client:
        await followed(client, "1", CHANGES, scenario)
        await client.say(type="complete", id="1")
        await client.say(type="complete", id="unknown")
        await followed(client, "2", CHANGES, scenario)
        await call(a_scene)(person[0], scenario)

        assert (await client.data("2"))["scenarioChanged"]["revision"] == 1
        assert await client.quiet()
        assert client.strays == []


async def test_a_socket_carries_so_many_operations(web: Web, person: tuple[Actor, str]) -> None:
    scenario = await call(a_scenario)(person[0])
    async with live_client(web, person[1]) as client:
        for number in range(5):
            await followed(client, str(number), CHANGES, scenario)
        await client.subscribe("6", ME)

        refusal = await client.next()
        assert (refusal["type"], refusal["id"]) == ("error", "6")
        assert refusal["payload"][0]["extensions"] == {
            "code": "RATE_LIMITED",
            "reason": "TOO_MANY_OPERATIONS",
            "retryAfter": 1,
        }
        await client.say(type="complete", id="0")
        await client.subscribe("7", ME)
        assert await client.data("7") == {"me": {"id": person[0].user_id}}


async def test_a_user_has_so_many_sockets(web: Web, person: tuple[Actor, str]) -> None:
    sockets = [live_client(web, person[1]) for _ in range(12)]
    for one in sockets:
        await one.__aenter__()
    async with raw_client(web) as client:
        await client.say(type="connection_init", payload={"token": person[1]})

        assert await client.closing() == (4429, "Too many connections")
    # Others are not concerned, and a place is free again when a socket is gone.
    async with live_client(web):
        pass
    for one in sockets:
        await one.__aexit__(None, None, None)
    async with live_client(web, person[1]):
        pass


async def test_signs_of_life(web: Web) -> None:
    async with live_client(web) as client:
        # Each comes after 0.8 to 1.0 seconds.
        assert await client.quiet(2.3)
        assert client.pings == 2


async def test_a_client_without_a_sign_of_life_is_closed(web: Web) -> None:
    async with live_client(web) as client:
        began = time.monotonic()
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await silently_read(client)

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1001, "No sign of life")
    assert 2.4 < time.monotonic() - began < 6


async def silently_read(client: Client) -> None:
    while True:
        await asyncio.wait_for(client.socket.recv(), 10)


async def spoken(edge: LiveEdge, *texts: str) -> list[dict[str, Any]]:
    """What the server sends to a client that says this, and then nothing more."""
    sent: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    messages += [{"type": "websocket.receive", "text": text} for text in texts]

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"headers": [], "client": ("127.0.0.1", 1), "subprotocols": ["graphql-transport-ws"]}
    await serve_socket(edge, scope, receive, send)
    assert edge.callers == set()
    assert sent.pop(0) == {"type": "websocket.accept", "subprotocol": "graphql-transport-ws"}
    return sent


async def in_thread(work: Any, *arguments: Any) -> Any:
    return await asyncio.to_thread(work, *arguments)


def broken(_token: str) -> Any:
    raise RuntimeError("mongodb://user:secret@host is down")


async def test_a_fault_of_ours_closes_with_its_code_and_tells_nothing() -> None:
    edge = LiveEdge(Operations(SCHEMA), in_thread, broken)

    sent = await spoken(edge, '{"type": "connection_init", "payload": {"token": "t"}}')

    assert sent == [{"type": "websocket.close", "code": 4500, "reason": "Internal server error"}]


async def test_a_full_process_sends_new_sockets_away_before_they_say_anything(
    settings: Any,
) -> None:
    settings.LIVE_CONNECTIONS_MAX = 0

    sent = await spoken(LiveEdge(Operations(SCHEMA), in_thread, broken))

    assert sent == [
        {"type": "websocket.close", "code": 1013, "reason": "The server has too many connections"}
    ]
