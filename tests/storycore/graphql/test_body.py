"""JSON bodies and URLs that are no GraphQL request: each is refused with a status and a reason."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from tests.storycore.graphql.conftest import Ask, Send


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "INVALID_JSON"),
        (b"{", "INVALID_JSON"),
        (b"hello", "INVALID_JSON"),
        (b'{"query": "{ hello }", "variables": {"x": NaN}}', "INVALID_JSON"),
        (b'{"query": "{ hello }", "variables": {"x": Infinity}}', "INVALID_JSON"),
        (b'{"query": "{ hello }", "variables": {"x": 1e999}}', "INVALID_JSON"),
        (b'{"query": "\xff"}', "INVALID_JSON"),
        (b'{"query": "\\ud800"}', "INVALID_JSON"),
        (b'{"query": "{ hello }"} {}', "INVALID_JSON"),
        (b'"{ hello }"', "INVALID_BODY"),
        (b"null", "INVALID_BODY"),
        (b"7", "INVALID_BODY"),
        (b"[]", "BATCHING_OFF"),
        (b"{}", "MISSING_QUERY"),
        (b'{"query": ""}', "MISSING_QUERY"),
        (b'{"query": null}', "MISSING_QUERY"),
        (b'{"query": 7}', "INVALID_PARAMETER"),
        (b'{"query": ["{ hello }"]}', "INVALID_PARAMETER"),
        (b'{"query": {"$gt": ""}}', "INVALID_PARAMETER"),
        (b'{"query": "{ hello }", "variables": []}', "INVALID_PARAMETER"),
        (b'{"query": "{ hello }", "variables": "{}"}', "INVALID_PARAMETER"),
        (b'{"query": "{ hello }", "operationName": {}}', "INVALID_PARAMETER"),
        (b'{"query": "{ hello }", "extensions": "x"}', "INVALID_PARAMETER"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_malformed_json_is_400(ask: Ask, raw: bytes, reason: str, accept: str):
    answer = ask(None, raw=raw, HTTP_ACCEPT=accept)

    assert (answer.status, answer.codes) == (400, [("BAD_USER_INPUT", reason)])


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/graphql",
        "application/octet-stream",
        "",
    ],
)
def test_other_media_types_are_415(ask: Ask, content_type: str):
    answer = ask("{ hello }", content_type=content_type)

    assert (answer.status, answer.codes) == (415, [("BAD_USER_INPUT", "UNSUPPORTED_MEDIA_TYPE")])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"content_type": "application/json; charset=utf-8"}, 200),
        ({"content_type": "application/json; charset=UTF8"}, 200),
        ({"content_type": "Application/JSON"}, 200),
        ({"content_type": "application/json; charset=latin-1"}, 415),
        ({"HTTP_CONTENT_ENCODING": "identity"}, 200),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    ],
)
def test_bodies_are_plain_utf8(ask: Ask, options, expected: int):
    assert ask("{ hello }", **options).status == expected


def test_nesting_and_size_are_checked_before_the_body_is_read(ask: Ask, settings):
    def nested(depth):
        # The body and the variables are two levels themselves.
        inner = b"[" * (depth - 2) + b"]" * (depth - 2)
        return b'{"query": "{ hello }", "variables": {"x": ' + inner + b"}}"

    assert ask(None, raw=nested(64)).status == 200
    assert ask(None, raw=nested(65)).codes == [("BAD_USER_INPUT", "TOO_DEEP")]
    braces = json.dumps({"query": "{ hello }", "variables": {"x": '[{"' * 100}}).encode()
    assert ask(None, raw=braces).status == 200

    settings.GRAPHQL_MAX_BODY_BYTES = 1_000
    answer = ask("{ hello }" + " " * 1_000)
    assert (answer.status, answer.codes) == (413, [("BAD_USER_INPUT", "BODY_TOO_LARGE")])


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ([], "MISSING_QUERY"),
        ([("query", "")], "MISSING_QUERY"),
        ([("query", "{ hello }"), ("query", "{ who }")], "INVALID_PARAMETER"),
        ([("query", "{ hello }"), ("variables", "{")], "INVALID_JSON"),
        ([("query", "{ hello }"), ("variables", "[]")], "INVALID_PARAMETER"),
        ([("query", "{ hello }"), ("extensions", "7")], "INVALID_PARAMETER"),
        ([("query", "{ hello }"), ("variables", '{"x":' * 70)], "TOO_DEEP"),
        ([("a", "b")] * 1_001, "TOO_MANY_PARAMETERS"),
    ],
)
def test_malformed_urls_are_400(send: Send, parameters, reason: str):
    response = send("GET", url="/graphql?" + urlencode(parameters))

    body = json.loads(response.content)
    assert (response.status_code, body["errors"][0]["extensions"]["reason"]) == (400, reason)
