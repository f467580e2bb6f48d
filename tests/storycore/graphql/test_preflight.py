"""A cookie alone never acts for a user on the word of a foreign page."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from storycore.access import NOBODY
from tests.storycore.graphql.answers import USER
from tests.storycore.graphql.conftest import Send

MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{ who }"}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--b--\r\n'
)
BOUNDARY = "multipart/form-data; boundary=b"


def who(response):
    body = json.loads(response.content)
    return response.status_code, body.get("data", {}).get("who") or body["errors"][0]["extensions"][
        "reason"
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_GRAPHQL_PREFLIGHT": "1"},
        {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
        {"HTTP_APOLLO_REQUIRE_PREFLIGHT": "true"},
        {"HTTP_AUTHORIZATION": "JWT token"},
    ],
)
def test_a_header_that_needs_a_preflight_opens_multipart(send: Send, headers):
    assert who(send("POST", MULTIPART, content_type=BOUNDARY, actor=USER, **headers)) == (200, "7")


@pytest.mark.parametrize(
    "headers", [{}, {"HTTP_AUTHORIZATION": ""}, {"HTTP_SEC_FETCH_SITE": "same-origin"}]
)
def test_multipart_by_cookie_alone_is_403(send: Send, headers):
    answer = send("POST", MULTIPART, content_type=BOUNDARY, actor=USER, **headers)

    assert who(answer) == (403, "PREFLIGHT_REQUIRED")


def test_nobody_needs_no_header(send: Send):
    response = send("POST", MULTIPART, content_type=BOUNDARY, actor=NOBODY)

    assert (response.status_code, json.loads(response.content)) == (200, {"data": {"who": None}})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (200, "7")),
        ({"HTTP_ORIGIN": "http://testserver"}, (200, "7")),
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, (200, "7")),
        ({"HTTP_SEC_FETCH_SITE": "none"}, (200, "7")),
        ({"HTTP_ORIGIN": "http://evil.example"}, (403, "PREFLIGHT_REQUIRED")),
        ({"HTTP_ORIGIN": "null"}, (403, "PREFLIGHT_REQUIRED")),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, (403, "PREFLIGHT_REQUIRED")),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, (403, "PREFLIGHT_REQUIRED")),
        ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_GRAPHQL_PREFLIGHT": "1"}, (200, "7")),
    ],
)
def test_json_and_get_by_cookie_come_from_the_same_origin(send: Send, headers, expected):
    posted = send("POST", '{"query": "{ who }"}', actor=USER, **headers)
    got = send("GET", url="/graphql?" + urlencode({"query": "{ who }"}), actor=USER, **headers)

    assert who(posted) == expected
    assert who(got) == expected


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_simple_posts_are_refused_with_and_without_a_cookie(send: Send, content_type: str):
    body = b'{"query": "{ who }"}'

    assert send("POST", body, content_type=content_type, actor=USER).status_code == 403
    assert send("POST", body, content_type=content_type).status_code == 415
