"""Every line is one JSON object with the request id, and no secret gets through, however it is passed."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from storycore.logs import HIDDEN, REQUEST_ID, redacted, structured_formatter


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    yield from captured("json")


@pytest.fixture
def readable() -> Iterator[io.StringIO]:
    yield from captured("console")


def captured(style: Any) -> Iterator[io.StringIO]:
    """A logger of its own whose output is kept."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(structured_formatter(style))
    logger = logging.getLogger("tests.lines")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield out
    logger.removeHandler(handler)


LOG = logging.getLogger("tests.lines")


def only(out: io.StringIO) -> dict[str, Any]:
    (line,) = out.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_line_is_one_json_object_with_the_request_id(lines: io.StringIO) -> None:
    token = REQUEST_ID.set("abc-12345")
    try:
        LOG.warning("Saved %s\nscenes", 3, extra={"scenario": "s1", "count": 3})
    finally:
        REQUEST_ID.reset(token)

    found = only(lines)
    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "warning",
        "logger": "tests.lines",
        "event": "Saved 3\nscenes",
        "scenario": "s1",
        "count": 3,
        "request_id": "abc-12345",
    }


def test_a_line_outside_of_a_request_has_no_id(lines: io.StringIO) -> None:
    LOG.info("Started")

    assert set(only(lines)) == {"time", "level", "logger", "event"}


def test_an_exception_stands_on_the_same_line_without_its_secrets(lines: io.StringIO) -> None:
    error = ConnectionError("mongodb://app:s3cret@db:27017 refused")

    LOG.error("No database", exc_info=error)

    found = only(lines)
    assert found["event"] == "No database"
    assert found["exception"].endswith(f"ConnectionError: mongodb://app:{HIDDEN}@db:27017 refused")
    assert "s3cret" not in lines.getvalue()


@dataclass
class Request:
    request_id: str = "late-12345"


def test_a_request_on_the_record_is_told_by_its_id(lines: io.StringIO) -> None:
    LOG.error(
        "Internal Server Error: %s", "/graphql/", extra={"request": Request(), "status_code": 500}
    )

    found = only(lines)
    assert (found["request_id"], found["status_code"]) == ("late-12345", 500)
    assert "request" not in found


def test_a_readable_line_carries_the_same(readable: io.StringIO) -> None:
    token = REQUEST_ID.set("abc-12345")
    try:
        LOG.info("Sent with Authorization: Bearer %s", "abcdefghijklmnop")
    finally:
        REQUEST_ID.reset(token)

    text = readable.getvalue()
    assert "request_id=abc-12345" in text
    assert HIDDEN in text
    assert "abcdefghijklmnop" not in text
    assert "\x1b" not in text


SECRETS = [
    "hf_AbCdEfGhIjKlMnOp",
    "r8_AbCdEfGhIjKlMnOp",
    "sk_live_AbCdEfGh1234",
    "sk-proj-AbCdEfGh1234",
    "whsec_AbCdEfGh1234",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_keys_are_hidden_wherever_they_stand(lines: io.StringIO, secret: str) -> None:
    LOG.error(
        "Refused: %s",
        f"key={secret}, then",
        extra={
            "reply": {"echo": [f"you sent {secret}"]},
            "pair": (secret, 1),
            "error": ValueError(secret),
        },
    )

    assert secret not in lines.getvalue()
    assert lines.getvalue().count(HIDDEN) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def", "Authorization: [hidden]"),
        (
            "{'Authorization': 'JWT abc', 'Accept': '*/*'}",
            "{'Authorization': '[hidden]', 'Accept': '*/*'}",
        ),
        ("token abcdefghijklmnopqrst was old", "token [hidden] was old"),
        ("mongodb://u:p@h/db?w=1", "mongodb://u:[hidden]@h/db?w=1"),
        ("mongodb+srv://u:p%40x@h.example/db", "mongodb+srv://u:[hidden]@h.example/db"),
        ("redis://:p@127.0.0.1:6379/0", "redis://:[hidden]@127.0.0.1:6379/0"),
        ("amqps://guest:guest@mq//", "amqps://guest:[hidden]@mq//"),
        (
            "postgres://u:p@h/db and redis://:q@h",
            "postgres://u:[hidden]@h/db and redis://:[hidden]@h",
        ),
        (
            "https://s3.example/a.png?X-Amz-Signature=ab12&X-Amz-Expires=60",
            "https://s3.example/a.png?X-Amz-Signature=[hidden]&X-Amz-Expires=60",
        ),
        ("/admin/login?token=abc&next=/", "/admin/login?token=[hidden]&next=/"),
    ],
)
def test_text_is_redacted_and_stays_readable(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Scene 64b7f0c2a1b2c3d4e5f60718 saved",
        "http://127.0.0.1:8000/graphql/?query=1",
        "mongodb://127.0.0.1:27017/?directConnection=true",
        "The token has expired",
        "bearer of bad news",
        "task risk_free is done",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "Authorization",
        "api_key",
        "AWS_SECRET_ACCESS_KEY",
        "refresh_token",
        "token",
        "cookie",
    ],
)
def test_fields_of_secret_names_are_hidden_whole(lines: io.StringIO, name: str) -> None:
    LOG.info("Login", extra={name: "plain", "nested": {name: "plain", "title": "shown"}})

    found = only(lines)
    assert found[name] == HIDDEN
    assert found["nested"] == {name: HIDDEN, "title": "shown"}
