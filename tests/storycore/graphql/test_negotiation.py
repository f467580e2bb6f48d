"""Which of our media types an Accept header asks for."""

from __future__ import annotations

import pytest

from storycore.graphql.negotiation import GRAPHQL_RESPONSE, HTML, JSON, accepts_gzip, negotiated

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("  ", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8, application/json; charset=utf-8", GRAPHQL_RESPONSE),
        (f"application/json, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, application/json", JSON),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        (f"application/json;q=0, {GRAPHQL_RESPONSE};q=0.1", GRAPHQL_RESPONSE),
        ("application/json;q=0, */*", GRAPHQL_RESPONSE),
        ("application/json, text/plain, */*", JSON),
        ("text/html", None),
        ("text/event-stream", None),
        ("application/json;q=nonsense", None),
        ("application/json;q=-1", None),
        (BROWSER, JSON),
        ("," * 10_000, None),
    ],
)
def test_negotiated(accept: str, expected: str | None):
    assert negotiated(accept) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, HTML),
        ("*/*", JSON),
        ("text/html;q=0.5, application/json", JSON),
        ("", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
    ],
)
def test_a_page_is_for_those_who_name_it(accept: str, expected: str):
    assert negotiated(accept, html=True) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("br, GZIP;q=0.5".lower(), True),
        ("gzip;q=0", False),
        ("br", False),
    ],
)
def test_accepts_gzip(header: str, expected: bool):
    assert accepts_gzip(header) is expected
