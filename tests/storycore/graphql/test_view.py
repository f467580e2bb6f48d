"""Methods, media types, statuses, caching and compression of the edge."""

from __future__ import annotations

import gzip
import json
from urllib.parse import urlencode

import pytest

from tests.storycore.graphql.answers import STRICT, USER
from tests.storycore.graphql.conftest import Ask, Send

QUERY = json.dumps({"query": "{ hello }"})


def get(send: Send, query: str, **headers):
    return send("GET", url="/graphql?" + urlencode({"query": query}), content_type="", **headers)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        (STRICT, "application/graphql-response+json; charset=utf-8"),
        (f"{STRICT}, application/json;q=0.9", "application/graphql-response+json; charset=utf-8"),
    ],
)
def test_answers_in_the_media_type_that_is_asked_for(send: Send, accept: str, expected: str):
    response = send("POST", QUERY, HTTP_ACCEPT=accept)

    assert (response.status_code, response["Content-Type"]) == (200, expected)
    assert json.loads(response.content) == {"data": {"hello": "Hello world"}}


def test_refuses_an_accept_header_that_names_none_of_our_types(ask: Ask):
    answer = ask("{ hello }", HTTP_ACCEPT="text/event-stream")

    assert (answer.status, answer.codes) == (406, [("BAD_USER_INPUT", "NOT_ACCEPTABLE")])
    assert answer.response["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($id: ID!) { required(id: $id) }", {}, "BAD_USER_INPUT"),
        ("query ($id: ID!) { required(id: $id) }", {"id": None}, "BAD_USER_INPUT"),
        ("query ($id: ID!) { required(id: $id) }", {"id": {"$gt": ""}}, "BAD_USER_INPUT"),
    ],
)
def test_a_request_that_was_not_run_is_400_or_200_by_media_type(ask: Ask, query, variables, code):
    strict = ask(query, variables)
    plain = ask(query, variables, HTTP_ACCEPT="application/json")

    assert (strict.status, plain.status) == (400, 200)
    assert [entry["extensions"]["code"] for entry in strict.errors] == [code]
    assert "data" not in strict.body
    assert plain.body == strict.body


def test_an_executed_operation_is_200_whatever_its_errors(ask: Ask):
    answer = ask('{ hello fail(how: "missing") }')

    assert answer.status == 200
    assert answer.body["data"] == {"hello": "Hello world", "fail": None}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_other_methods_are_405(send: Send, method: str):
    response = send(method, QUERY)

    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


def test_get_runs_queries_with_variables(send: Send):
    url = "/graphql?" + urlencode(
        {
            "query": "query A($n: String) { hello(name: $n) } query B { who }",
            "operationName": "A",
            "variables": '{"n": "Ada"}',
        }
    )

    response = send("GET", url=url)

    assert (response.status_code, json.loads(response.content)) == (
        200,
        {"data": {"hello": "Hello Ada"}},
    )


@pytest.mark.parametrize("accept", [STRICT, "application/json"])
def test_a_mutation_by_get_is_405_and_not_run(send: Send, accept: str):
    response = get(send, 'mutation { rename(title: "x") { title } }', HTTP_ACCEPT=accept)

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "data" not in json.loads(response.content)


def test_a_subscription_needs_its_own_transport(ask: Ask):
    answer = ask("subscription { ticks }")

    assert (answer.status, answer.codes) == (
        400,
        [("GRAPHQL_VALIDATION_FAILED", "SUBSCRIPTION_TRANSPORT")],
    )


def test_the_url_counts_for_nothing_in_a_post(send: Send):
    response = send("POST", "{}", url="/graphql?" + urlencode({"query": "{ hello }"}))

    assert response.status_code == 400
    assert json.loads(response.content)["errors"][0]["extensions"]["reason"] == "MISSING_QUERY"


def test_the_operation_name_chooses(ask: Ask):
    query = "query A { hello } query B { who }"

    def named(name):
        return ask(None, raw=json.dumps({"query": query, "operationName": name}).encode())

    assert named("B").body == {"data": {"who": None}}
    for name in (None, "", "C"):
        assert named(name).codes == [("BAD_USER_INPUT", "OPERATION_RESOLUTION_FAILURE")]
        assert named(name).status == 400


def test_a_get_answer_can_be_kept_and_asked_for_again(send: Send):
    first = get(send, "{ hello }")
    again = get(send, "{ hello }", HTTP_IF_NONE_MATCH=f'"other", {first["ETag"]}')
    other = get(send, '{ hello(name: "Ada") }', HTTP_IF_NONE_MATCH=first["ETag"])

    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert other.status_code == 200
    assert "Authorization" in first["Vary"]
    assert "Accept" in first["Vary"]


def test_the_answer_to_a_user_is_private_and_errors_and_posts_are_not_kept(send: Send):
    assert get(send, "{ hello }", actor=USER)["Cache-Control"] == "private, no-cache"
    for response in (
        get(send, '{ fail(how: "bug") }'),
        get(send, "{ nothing }"),
        send("POST", QUERY),
    ):
        assert response["Cache-Control"] == "no-store"
        assert not response.has_header("ETag")


def test_long_answers_are_compressed_for_those_who_read_it(send: Send):
    body = json.dumps({"query": "{ long }"})

    plain = send("POST", body)
    packed = send("POST", body, HTTP_ACCEPT_ENCODING="br, gzip")
    refused = send("POST", body, HTTP_ACCEPT_ENCODING="gzip;q=0")
    short = send("POST", QUERY, HTTP_ACCEPT_ENCODING="gzip")

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content == refused.content
    assert len(packed.content) < len(plain.content) / 5
    assert not short.has_header("Content-Encoding")


def test_a_batch_is_off_by_default_and_capped_when_on(ask: Ask, settings):
    one = {"query": "{ hello }"}
    batch = json.dumps([one, {"query": "{ nothing }"}, {}]).encode()

    assert ask(None, raw=batch).codes == [("BAD_USER_INPUT", "BATCHING_OFF")]

    settings.GRAPHQL_MAX_BATCH = 3
    answer = ask(None, raw=batch)
    assert answer.status == 200
    assert answer.body[0] == {"data": {"hello": "Hello world"}}
    assert [entry["errors"][0]["extensions"]["code"] for entry in answer.body[1:]] == [
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_USER_INPUT",
    ]
    for size in (0, 4):
        refused = ask(None, raw=json.dumps([one] * size).encode())
        assert (refused.status, refused.codes) == (400, [("BAD_USER_INPUT", "BATCH_SIZE")])


def test_a_failure_of_the_edge_itself_is_masked(edge, ask: Ask, caplog):
    edge.operations.schema = None

    answer = ask("{ hello }")

    assert answer.status == 500
    assert answer.body == {
        "errors": [
            {
                "message": "Internal server error",
                "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "request-1"},
            }
        ]
    }
    assert caplog.records[-1].exc_info is not None


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_is_below_the_address_says_so_in_json(client, method: str):
    answer = getattr(client, method)("/graphql/nothing/here")

    assert answer.status_code == 404
    (problem,) = answer.json()["errors"]
    assert problem["extensions"]["reason"] == "NOT_FOUND"
    assert "/graphql/stream" in problem["message"]
