"""A WebSocket is listened to for a moment, whatever stands at its other end."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from generation.documents import Job
from generation.providers.base import Call, Order
from generation.providers.comfyui import ComfyUI
from generation.providers.failures import Busy
from generation.running.listening import listen
from generation.running.sending import send
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.reading import find_one
from tests.fakes.provider_server import ProviderServer
from tests.generation.conftest import Run, configured, the_job

CASTLE = "a castle on a hill"


def a_call(server: ProviderServer, client: str = "storycore-1", seconds: float = 0.3) -> Call:
    return Call(
        "GET",
        f"{server.url.replace('http', 'ws', 1)}/ws",
        params={"clientId": client},
        listen_seconds=seconds,
        listen_until=("progress_state",),
        optional=True,
    )


def under_way(server: ProviderServer) -> None:
    """A prompt of this client, half done."""
    with server.ledger.lock:
        server.ledger.polls_needed = 4
    call = ComfyUI(base_url=server.url).request(order("1"))
    prompt_id = json.loads(send(ComfyUI(base_url=server.url), call).body)["prompt_id"]
    server.ledger.runs[prompt_id].polls = 2


def order(key: str) -> Order:
    return Order("image", CASTLE, {"seed": 7}, key)


def test_it_says_how_far_it_is(provider_server: ProviderServer) -> None:
    under_way(provider_server)
    begun = time.monotonic()

    reply = listen(a_call(provider_server, seconds=5.0), {}, lambda: True)

    told = [json.loads(line) for line in reply.body.splitlines()]
    # The preview in between is no text, and what follows the last one is not waited for.
    assert [message["type"] for message in told] == ["status", "executing", "progress_state"]
    assert told[-1]["data"]["nodes"]["sampler"]["value"] == 10
    assert time.monotonic() - begun < 2.0
    assert (reply.status, reply.url) == (200, a_call(provider_server).url)


def test_the_request_is_what_the_server_knows(provider_server: ProviderServer) -> None:
    provider = ComfyUI(base_url=provider_server.url, api_key="token")

    send(provider, a_call(provider_server))

    seen = provider_server.ledger.requests[-1]
    assert (seen.method, seen.path, seen.query) == ("GET", "/ws", {"clientId": "storycore-1"})
    assert seen.headers["upgrade"] == "websocket"
    assert seen.had_key


def test_silence_ends_in_time_and_a_job_that_is_not_wanted_sooner(
    provider_server: ProviderServer,
) -> None:
    begun = time.monotonic()
    reply = listen(a_call(provider_server), {}, lambda: True)
    first = time.monotonic() - begun
    listen(a_call(provider_server, seconds=30.0), {}, lambda: False)

    assert [json.loads(line)["type"] for line in reply.body.splitlines()] == ["status"]
    assert 0.25 < first < 2.0
    assert time.monotonic() - begun - first < 2.0


def test_a_socket_that_is_none_is_an_empty_answer(provider_server: ProviderServer) -> None:
    provider_server.ledger.deaf_sockets = True
    provider = ComfyUI(base_url=provider_server.url)
    nobody = replace(a_call(provider_server), url="ws://127.0.0.1:9/ws")
    with pytest.raises(Busy):
        listen(a_call(provider_server), {}, lambda: True)

    for call in (a_call(provider_server), nobody):
        assert (send(provider, call).status, send(provider, call).body) == (0, b"")
    with pytest.raises(Busy):
        send(provider, replace(nobody, optional=False))


def test_more_than_it_may_say_is_cut(provider_server: ProviderServer) -> None:
    under_way(provider_server)
    provider = ComfyUI(base_url=provider_server.url)

    reply = send(provider, replace(a_call(provider_server), max_bytes=150))

    assert len(reply.body) <= 150


@pytest.mark.parametrize("deaf", [False, True])
def test_a_job_shows_it(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any, deaf: bool
) -> None:
    settings.PROVIDERS = configured("comfyui", own_network, poll_seconds=0.1, progress_seconds=0.2)
    own_network.ledger.polls_needed = 5
    own_network.ledger.deaf_sockets = deaf
    key = order_media(owner, NewMedia("image", CASTLE))
    shown: list[tuple[int, str]] = []

    while the_job(key)["status"] in ("queued", "processing"):
        run_jobs()
        row = find_one(Job, {"_id": key}, ("progress", "message"))
        assert row is not None
        shown.append((row["progress"], row["message"]))
        time.sleep(0.05)

    job = the_job(key)
    bar = [progress for progress, _message in shown]
    assert (job["status"], job["progress"], job["retry_count"]) == ("completed", 100, 0)
    assert bar == sorted(bar)
    steps = {message for _progress, message in shown if message.startswith("KSampler: step")}
    lines = [line["text"] for line in job["lines"] if line["text"].startswith("KSampler: step")]
    assert (len(steps) >= 2) is (len(lines) >= 2) is not deaf
    assert len({30, 46, 61, 76} & set(bar)) >= 2 or deaf
    # Looking again is no news: the log has no line for each look.
    assert sum("Asking comfyui" in line["text"] for line in job["lines"]) <= 3
