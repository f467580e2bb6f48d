from __future__ import annotations

from typing import Any

import pytest

from generation.providers.base import DOWNLOAD, Call, Media, Next, Order, Reply, Text
from generation.providers.failures import BadOutput, Busy, RunFailed, WrongInput
from generation.providers.http_service import HttpService
from tests.generation.providers.driving import json_reply

BASE = "http://127.0.0.1:9000"
CASTLE = Order("image", "a castle", {"style": "ink", "width": 640, "voice": None}, "job-1")


@pytest.mark.parametrize(
    ("order", "body"),
    [
        (CASTLE, {"task": "image", "prompt": "a castle", "style": "ink", "width": 640}),
        (
            Order(
                "speech",
                "Hello.",
                {"voice": "v", "speed": 1.5, "pitch": 2, "language": "en"},
                "job-1",
            ),
            {
                "task": "speech",
                "script_text": "Hello.",
                "voice_id": "v",
                "audio_speed": 1.5,
                "audio_pitch": 2,
                "language": "en",
            },
        ),
        (
            Order("text", "Write.", {"title": "T", "use_case": "U"}, "job-1"),
            {"task": "text", "prompt": "Write.", "title": "T", "use_case": "U"},
        ),
    ],
)
def test_what_is_posted(order: Order, body: dict[str, Any]) -> None:
    assert HttpService(BASE).request(order) == Call(
        "POST",
        f"{BASE}/generate",
        headers={"Idempotency-Key": "job-1"},
        json=body,
        timeout_seconds=300,
        max_bytes=20_000_000,
        paid=False,
        idempotent=True,
    )


def test_a_parameter_cannot_take_the_place_of_the_prompt() -> None:
    order = Order("image", "a castle", {"prompt": "another", "task": "text"})

    assert HttpService(BASE).request(order).json == {"task": "image", "prompt": "a castle"}


@pytest.mark.parametrize(
    ("key", "honours_keys", "costs", "paid", "idempotent"),
    [
        ("job-1", True, True, True, True),
        ("", True, True, True, False),
        ("job-1", False, True, True, False),
        ("job-1", False, False, False, False),
    ],
)
def test_what_may_be_sent_again(
    key: str, *, honours_keys: bool, costs: bool, paid: bool, idempotent: bool
) -> None:
    service = HttpService(BASE, honours_keys=honours_keys, costs=costs)

    call = service.request(Order("image", "x", {}, key))

    assert (call.paid, call.idempotent) == (paid, idempotent)
    assert service.offers().idempotent is honours_keys


def test_only_what_it_is_said_to_make() -> None:
    service = HttpService(BASE, tasks=("text", "image"), path="/v2/make", costs=True)

    assert service.offers().tasks == ("image", "text")
    assert service.offers().cost_units == {"image": "run", "text": "run"}
    assert service.request(CASTLE).url == f"{BASE}/v2/make"
    with pytest.raises(WrongInput):
        service.request(Order("speech", "x"))


def test_a_token() -> None:
    assert HttpService(BASE, api_key="t").authorization() == {"Authorization": "Bearer t"}
    assert HttpService(BASE, api_key="t").secrets == ("t",)
    assert HttpService(BASE).authorization() == {}
    assert HttpService(BASE).secrets == ()
    assert HttpService(BASE).hosts == {"127.0.0.1:9000"}
    assert HttpService(BASE).cancel("x") is None


@pytest.mark.parametrize(
    ("body", "url", "untrusted"),
    [
        ({"url": "https://cdn.org/a.png"}, "https://cdn.org/a.png", True),
        ({"url": "/media/a.png"}, f"{BASE}/media/a.png", False),
        ({"url": f"{BASE}/a.png"}, f"{BASE}/a.png", False),
        (
            {"images": [{"prompt": "x", "url": "https://cdn.org/a.png"}]},
            "https://cdn.org/a.png",
            True,
        ),
    ],
)
def test_an_address(body: dict[str, Any], url: str, *, untrusted: bool) -> None:
    answer = HttpService(BASE, result_hosts=("cdn.org",)).read(json_reply(body), "create", CASTLE)

    assert isinstance(answer, Next)
    assert (answer.stage, answer.call.url, answer.call.untrusted) == (DOWNLOAD, url, untrusted)
    assert answer.allowed_hosts == (("cdn.org",) if untrusted else ())


def test_a_result_inside_the_answer() -> None:
    reply = json_reply({"url": "data:image/png;base64,YQ=="})

    assert HttpService(BASE).read(reply, "create", CASTLE) == Media(b"a", "image/png")


def test_bytes() -> None:
    reply = Reply(200, {"content-type": "image/png"}, b"bytes")

    assert HttpService(BASE).read(reply, "create", CASTLE) == Media(b"bytes", "image/png")
    assert HttpService(BASE).read(reply, DOWNLOAD, CASTLE) == Media(b"bytes", "image/png")


def test_a_text() -> None:
    service, order = HttpService(BASE), Order("text", "Write.")

    assert service.read(
        json_reply({"text": "Once.", "model": "m", "usage": {"words": 1}}), "create", order
    ) == Text("Once.", {"words": 1}, "m")
    assert service.read(json_reply({"text": "Once.", "usage": 5}), "create", order) == Text("Once.")


@pytest.mark.parametrize(
    ("order", "body"),
    [(CASTLE, {}), (CASTLE, {"text": "x"}), (CASTLE, {"url": ""}), (Order("text", "x"), {"text": " "}),
     (Order("text", "x"), {}), (Order("text", "x"), {"text": 5})],
)  # fmt: skip
def test_an_answer_without_a_result(order: Order, body: dict[str, Any]) -> None:
    with pytest.raises(BadOutput):
        HttpService(BASE).read(json_reply(body), "create", order)


def test_failures() -> None:
    with pytest.raises(RunFailed):
        HttpService(BASE).read(json_reply({"error": "x"}), "create", CASTLE)
    with pytest.raises(Busy):
        HttpService(BASE).read(json_reply({"error": "x"}, 503), "create", CASTLE)
