from __future__ import annotations

import base64
from typing import Any

import pytest

from generation.providers.answering import (
    Fetching,
    base64_bytes,
    chat_text,
    fetched,
    first_url,
    media_in,
    object_in,
)
from generation.providers.base import DOWNLOAD, Call, Media, Next, Reply, Text
from generation.providers.failures import BadOutput, Busy, ContentRefused, Gone, ResultGone
from tests.generation.providers.conftest import Recorded
from tests.generation.providers.driving import json_reply

KNOWN: dict[str, Any] = {"usage": {"seconds": 2}, "details": {"seed": 5}}
FETCHING = Fetching(
    frozenset({"api.example.org"}),
    1000,
    30.0,
    (".cdn.org",),
    **KNOWN,
)


def test_media_with_its_type() -> None:
    reply = Reply(200, {"content-type": "Image/JPEG; charset=binary"}, b"\xff\xd8")

    assert media_in(reply, "create", ()) == Media(b"\xff\xd8", "image/jpeg", {}, {})


@pytest.mark.parametrize("told", [None, "", "application/octet-stream", "binary/octet-stream"])
def test_a_type_that_says_nothing(told: str | None) -> None:
    headers = {} if told is None else {"content-type": told}

    assert media_in(Reply(200, headers, b"x"), "create", ()).declared_type is None


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({}, b"", "it answered without any bytes"),
        ({"content-type": "image/png"}, b"", "it answered without any bytes"),
        (
            {"content-type": "text/html; charset=utf-8"},
            b"<html><title>Login</title>",
            "it answered something else than a picture or sound (an HTML page titled 'Login')",
        ),
        (
            {"content-type": "application/json"},
            b'{"error": "crashed"}',
            "it answered something else than a picture or sound (crashed)",
        ),
        (
            {"content-type": "application/problem+json"},
            b'{"detail": "crashed"}',
            "it answered something else than a picture or sound (crashed)",
        ),
        (
            {"content-type": "text/plain"},
            b"",
            "it answered without any bytes",
        ),
    ],
)
def test_what_is_no_media(headers: dict[str, str], body: bytes, said: str) -> None:
    with pytest.raises(BadOutput) as refused:
        media_in(Reply(200, headers, body), "create", ())

    assert refused.value.said == said


@pytest.mark.parametrize(
    ("status", "stage", "kind"),
    [(404, "create", Gone), (404, DOWNLOAD, ResultGone), (503, DOWNLOAD, Busy), (302, "poll", BadOutput)],
)  # fmt: skip
def test_other_statuses_are_failures(status: int, stage: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        media_in(Reply(status, {}, b"x"), stage, ())


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"3", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object(body: bytes) -> None:
    with pytest.raises(BadOutput):
        object_in(Reply(200, {}, body), "create", ())


def test_an_object() -> None:
    assert object_in(json_reply({"a": 1}, 201), "create", ()) == {"a": 1}


def test_a_result_elsewhere_is_fetched_without_a_key() -> None:
    assert fetched("https://x.cdn.org/a.png?sig=1", FETCHING) == Next(
        Call(
            "GET",
            "https://x.cdn.org/a.png?sig=1",
            timeout_seconds=30.0,
            max_bytes=1000,
            untrusted=True,
            allowed_hosts=(".cdn.org",),
        ),
        DOWNLOAD,
        message="fetching the result",
        usage={"seconds": 2},
        details={"seed": 5},
    )


def test_a_result_at_home_needs_no_check() -> None:
    step = fetched("https://api.example.org/files/a.png", FETCHING)

    assert isinstance(step, Next)
    assert (step.call.untrusted, step.call.allowed_hosts) == (False, ())


@pytest.mark.parametrize(
    "url",
    [None, 5, {}, "", "ftp://x.org/a", "file://localhost/x.png", "/relative", "https://", "https://u@x.org/a",
     "https://[::1", "https://x.org/" + "a" * 9000, "javascript:alert(1)", "https://x.org:port/a",
     "data:image/png;base64,", "data:image/png;base64,@@@", "data:;base64",
     "data:image/png;base64," + "A" * 2000],
)  # fmt: skip
def test_what_cannot_be_fetched(url: Any) -> None:
    with pytest.raises(BadOutput):
        fetched(url, FETCHING)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", Media(b"\x89PNG\r\n\x1a\n", "image/png", **KNOWN)),
        ("data:;base64,YQ==", Media(b"a", None, **KNOWN)),
        ("data:audio/wav;codec=1;base64,YQ==", Media(b"a", "audio/wav", **KNOWN)),
        ("data:text/plain,a%20b", Media(b"a b", "text/plain", **KNOWN)),
    ],
)  # fmt: skip
def test_a_result_inside_the_answer(url: str, expected: Media) -> None:
    assert fetched(url, FETCHING) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("https://a", "https://a"),
        (["https://a", "https://b"], "https://a"),
        ([None, {"url": "https://b"}], "https://b"),
        ({"images": [{"url": "https://a"}]}, "https://a"),
        ({"audio": {"url": "https://a"}}, "https://a"),
        ({"audio_url": "https://a"}, "https://a"),
        ({"text": "https://a"}, None),
        ([], None),
        (None, None),
        (5, None),
    ],
)
def test_the_first_address(output: Any, expected: str | None) -> None:
    assert first_url(output) == expected


def test_a_chat(recorded: Recorded) -> None:
    assert chat_text(recorded("openai_chat.json"), "create", ()) == Text(
        "Once upon a time.",
        {"prompt_tokens": 19, "completion_tokens": 5, "total_tokens": 24},
        "gpt-4o-mini-2024-07-18",
        {"finish_reason": "stop"},
    )


def test_a_refused_chat(recorded: Recorded) -> None:
    with pytest.raises(ContentRefused) as refused:
        chat_text(recorded("openai_chat_refused.json"), "create", ())

    assert refused.value.said == "I'm sorry, I can't help with that."


def test_a_filtered_chat() -> None:
    choice = {"finish_reason": "content_filter", "message": {"content": "", "refusal": None}}

    with pytest.raises(ContentRefused):
        chat_text(json_reply({"choices": [choice]}), "create", ())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "it answered without a message"),
        ({"choices": []}, "it answered without a message"),
        ({"choices": [5]}, "it answered without a message"),
        ({"choices": [{"message": None}]}, "it answered without a message"),
        ({"error": {"message": "model crashed"}}, "model crashed"),
        ({"choices": [{"message": {"content": None}}]}, "it answered with an empty text"),
        ({"choices": [{"message": {"content": " "}}]}, "it answered with an empty text"),
        ({"choices": [{"message": {"content": ["x"]}}]}, "it answered with an empty text"),
    ],
)
def test_what_is_no_chat(body: Any, said: str) -> None:
    with pytest.raises(BadOutput) as refused:
        chat_text(json_reply(body), "create", ())

    assert refused.value.said == said


def test_a_chat_without_usage_and_model() -> None:
    body = {"choices": [{"message": {"content": "x"}}], "usage": None, "model": 5}

    assert chat_text(json_reply(body), "create", ()) == Text("x", {}, None, {"finish_reason": ""})


def test_bytes_in_base64() -> None:
    assert base64_bytes(base64.b64encode(b"abc").decode()) == b"abc"
    for wrong in ("", "a", "ä", None, 5):
        with pytest.raises(BadOutput):
            base64_bytes(wrong)
