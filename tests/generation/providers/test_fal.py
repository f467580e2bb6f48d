from __future__ import annotations

from typing import Any

import pytest

from generation.providers.base import DOWNLOAD, POLL, RESULT, Call, Media, Next, Order, Reply
from generation.providers.failures import (
    BadOutput,
    ContentRefused,
    OutOfCredit,
    ProviderFailure,
    RunFailed,
    WrongInput,
)
from generation.providers.fal import Fal
from tests.generation.providers.conftest import Recorded
from tests.generation.providers.driving import json_reply

KEY = "01234567-89ab:cdef"
PATH = "/fal-ai/flux/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"
CASTLE = Order("image", "a castle")


def a_call(method: str, path: str, **more: Any) -> Call:
    known = {"timeout_seconds": 60, "max_bytes": 26_666_666, **more}
    return Call(method, f"https://queue.fal.run{path}", **known)


def test_an_order_goes_into_the_queue() -> None:
    order = Order("image", "a castle", {"width": 640, "height": 480, "seed": 7, "style": "ink"})

    assert Fal(KEY).request(order) == a_call(
        "POST",
        "/fal-ai/flux/schnell",
        json={
            "prompt": "a castle, ink style",
            "image_size": {"width": 640, "height": 480},
            "seed": 7,
        },
        max_bytes=1_000_000,
        paid=True,
    )


def test_the_webhook_goes_into_the_address() -> None:
    order = Order("image", "a castle", webhook_url="https://story.org/hook?job=1")

    assert Fal(KEY).request(order).params == {"fal_webhook": "https://story.org/hook?job=1"}
    assert Fal(KEY).request(CASTLE).params is None


def test_speech_and_its_field() -> None:
    order = Order("speech", "Hello.", {"voice": "af_heart", "language": "en", "speed": 1})

    assert Fal(KEY).request(order).json == {
        "text": "Hello.",
        "voice": "af_heart",
        "language": "en",
        "speed": 1,
    }
    assert Fal(KEY, speech_field="prompt").request(order).json == {
        "prompt": "Hello.",
        "voice": "af_heart",
        "language": "en",
        "speed": 1,
    }


def test_music_needs_a_model() -> None:
    order = Order("music", "calm", {"duration_seconds": 20, "seed": 3})

    with pytest.raises(WrongInput):
        Fal(KEY).request(order)
    call = Fal(KEY, music_model="fal-ai/x", extra_input={"format": "mp3"}).request(order)
    assert (call.url, call.json) == (
        "https://queue.fal.run/fal-ai/x",
        {"format": "mp3", "prompt": "calm", "duration": 20, "seed": 3},
    )


def test_the_key_has_a_scheme_of_its_own() -> None:
    assert Fal(KEY).authorization() == {"Authorization": f"Key {KEY}"}
    assert Fal(KEY).hosts == {"queue.fal.run"}


def test_queued(recorded: Recorded) -> None:
    assert Fal(KEY).read(recorded("fal_queued.json"), "create", CASTLE) == Next(
        a_call("GET", f"{PATH}/status"),
        POLL,
        delay_seconds=2.0,
        message="2 before it in the provider's queue",
        provider_ref=PATH,
    )


@pytest.mark.parametrize(
    ("body", "stage", "message"),
    [
        ({"status": "IN_PROGRESS", "queue_position": 0}, POLL, "the provider is working"),
        ({"status": "IN_QUEUE"}, "create", "in the provider's queue"),
        ({"status": "SOMETHING_NEW"}, POLL, "the provider is working"),
        ({"status": "IN_QUEUE", "queue_position": True}, "create", "in the provider's queue"),
    ],
)
def test_still_running(body: dict[str, Any], stage: str, message: str) -> None:
    reply = json_reply(body, 202, f"https://queue.fal.run{PATH}/status")

    answer = Fal(KEY, poll_seconds=0.5).read(reply, stage, CASTLE)

    assert isinstance(answer, Next)
    assert (answer.stage, answer.delay_seconds, answer.message) == (POLL, 0.5, message)
    assert answer.call.url == f"https://queue.fal.run{PATH}/status"


def test_completed(recorded: Recorded) -> None:
    assert Fal(KEY).read(recorded("fal_completed.json"), POLL, CASTLE) == Next(
        a_call("GET", PATH), RESULT, progress=90, provider_ref=PATH
    )


@pytest.mark.parametrize(
    ("name", "url", "details"),
    [
        ("fal_image.json", "https://v3.fal.media/files/rabbit/abc.jpg", {"seed": 3512}),
        ("fal_speech.json", "https://v3.fal.media/files/rabbit/abc.wav", {}),
    ],
)
def test_the_result_is_fetched(
    recorded: Recorded, name: str, url: str, details: dict[str, Any]
) -> None:
    answer = Fal(KEY, max_bytes=99).read(recorded(name), RESULT, CASTLE)

    assert isinstance(answer, Next)
    assert answer.call == Call(
        "GET",
        url,
        max_bytes=99,
        untrusted=True,
        allowed_hosts=("fal.media", ".fal.media", ".fal.ai"),
    )
    assert (answer.stage, answer.details) == (DOWNLOAD, details)


def test_the_bytes() -> None:
    reply = Reply(200, {"content-type": "image/jpeg"}, b"bytes")

    assert Fal(KEY).read(reply, DOWNLOAD, CASTLE) == Media(b"bytes", "image/jpeg")


@pytest.mark.parametrize(
    "url",
    [None, 5, "https://queue.fal.run/fal-ai/flux", "https://evil.org/", "https://x/requests/../../admin",
     "https://queue.fal.run/a/requests/b c"],
)  # fmt: skip
def test_a_queue_that_names_no_request(url: Any) -> None:
    with pytest.raises(BadOutput):
        Fal(KEY).read(json_reply({"status": "IN_QUEUE", "response_url": url}), "create", CASTLE)


def test_an_address_in_an_answer_leads_to_our_host_only() -> None:
    body = {"status": "IN_QUEUE", "response_url": f"https://evil.org{PATH}"}

    answer = Fal(KEY).read(json_reply(body), "create", CASTLE)

    assert isinstance(answer, Next)
    assert answer.call.url == f"https://queue.fal.run{PATH}/status"


def test_cancelling() -> None:
    assert Fal(KEY).cancel(PATH) == a_call("PUT", f"{PATH}/cancel")


@pytest.mark.parametrize(
    ("error", "kind"),
    [("runner crashed", RunFailed), ("content policy violation", ContentRefused)],
)
def test_completed_with_an_error(error: str, kind: type[ProviderFailure]) -> None:
    body = {"status": "COMPLETED", "error": error, "response_url": f"https://queue.fal.run{PATH}"}

    with pytest.raises(ProviderFailure) as failed:
        Fal(KEY).read(json_reply(body), POLL, CASTLE)

    assert (type(failed.value), failed.value.said) == (kind, error)


@pytest.mark.parametrize(
    ("name", "status", "kind", "said"),
    [
        (
            "fal_no_balance.json",
            403,
            OutOfCredit,
            "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.",
        ),
        (
            "fal_wrong_input.json",
            422,
            WrongInput,
            "body.image_size.width: Input should be less than or equal to 14142",
        ),
    ],
)
def test_failures(
    recorded: Recorded, name: str, status: int, kind: type[ProviderFailure], said: str
) -> None:
    with pytest.raises(ProviderFailure) as failed:
        Fal(KEY).read(recorded(name, status), RESULT, CASTLE)

    assert (type(failed.value), failed.value.said) == (kind, said)
