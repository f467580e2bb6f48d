from __future__ import annotations

import pytest

from generation.providers.base import Reply
from generation.providers.waiting import wait_seconds
from tests.generation.providers.conftest import Recorded

NOW = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "999999"}, 86_400.0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:29:30 GMT", "date": NOW}, 90.0),
        ({"retry-after": "Wed, 21 Oct 2026 09:29:30 +0200", "date": NOW}, 90.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:29:30 -0000", "date": NOW}, 90.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": NOW}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:29:30 GMT"}, None),
        ({"retry-after": "Wed, 99 Oct 2026 07:29:30 GMT", "date": NOW}, None),
        ({"ratelimit": '"api";r=0;t=55'}, 56.0),
        ({"ratelimit": '"api"; r=0; t = 55'}, 56.0),
        ({"ratelimit": '"api";r=0'}, None),
        ({"ratelimit": '"api";r=0;t=55', "retry-after": "3"}, 3.0),
        ({"ratelimit": '"api";r=0;rt=55'}, None),
    ],
)
def test_the_wait_of_a_throttled_call(headers: dict[str, str], expected: float | None) -> None:
    assert wait_seconds(Reply(429, headers, b"")) == expected


def test_an_open_window_is_no_reason_to_wait() -> None:
    assert wait_seconds(Reply(503, {"ratelimit": '"api";r=40;t=55'}, b"")) is None


def test_a_wait_in_words(recorded: Recorded) -> None:
    assert wait_seconds(recorded("replicate_throttled.json", 429)) == 30.0
    assert wait_seconds(recorded("replicate_throttled.json", 503)) is None
