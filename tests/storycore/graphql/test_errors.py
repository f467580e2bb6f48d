"""Only our own errors speak; every other one is masked with the request id and logged whole."""

from __future__ import annotations

import pytest
from graphql import GraphQLError
from pymongo.errors import ExecutionTimeout, ServerSelectionTimeoutError

from storycore.graphql.errors import presented
from tests.storycore.graphql.conftest import Ask


@pytest.mark.parametrize(
    ("how", "message", "extensions"),
    [
        ("forbidden", "You may not change this scene.", {"code": "FORBIDDEN"}),
        ("missing", "No such scene.", {"code": "NOT_FOUND"}),
        (
            "reference",
            "No such picture.",
            {"code": "BAD_USER_INPUT", "reason": "INVALID_REFERENCE", "field": "imageId"},
        ),
        ("limited", "Too many logins.", {"code": "RATE_LIMITED", "retryAfter": 7}),
        (
            "unavailable",
            "The painter does not answer.",
            {"code": "INTERNAL_SERVER_ERROR", "reason": "UNAVAILABLE"},
        ),
    ],
)
def test_our_errors_keep_their_words(ask: Ask, how: str, message: str, extensions):
    answer = ask("query ($how: String!) { fail(how: $how) }", {"how": how})

    assert answer.body == {
        "data": {"fail": None},
        "errors": [
            {
                "message": message,
                "extensions": extensions,
                "locations": [{"line": 1, "column": 25}],
                "path": ["fail"],
            }
        ],
    }


@pytest.mark.parametrize(
    "query",
    [
        '{ fail(how: "bug") }',
        # A library's GraphQLError is no error of ours either.
        '{ fail(how: "graphql") }',
        # A resolver that answers what its type does not allow: graphql-core quotes the value.
        "{ scene { number } }",
    ],
)
@pytest.mark.parametrize("debug", [True, False])
def test_other_errors_are_masked_and_logged(ask: Ask, settings, caplog, query: str, debug: bool):
    settings.DEBUG = debug

    answer = ask(query)

    assert "secret" not in answer.response.content.decode()
    assert [entry["message"] for entry in answer.errors] == ["Internal server error"]
    assert answer.errors[0]["extensions"] == {
        "code": "INTERNAL_SERVER_ERROR",
        "requestId": "request-1",
    }
    (record,) = [one for one in caplog.records if one.name == "storycore.graphql"]
    assert "secret" in str(record.exc_info[1])
    assert record.request_id == "request-1"


def test_a_thousand_failures_write_ten_traces(ask: Ask, caplog):
    deep = "scenes(limit: 2) { choices { choices { choices { choices { number } } } } }"

    answer = ask(f"{{ {deep} }}")

    assert len(answer.errors) == 32
    assert len([one for one in caplog.records if one.name == "storycore.graphql"]) == 10


@pytest.mark.parametrize(
    "error", [ServerSelectionTimeoutError("secret"), ExecutionTimeout("secret", 50)]
)
def test_a_silent_database_is_told_apart(error: Exception):
    (entry,) = presented(
        [GraphQLError("secret", path=["scene"], original_error=error)], "request-1"
    )

    assert entry["extensions"] == {
        "code": "INTERNAL_SERVER_ERROR",
        "reason": "UNAVAILABLE",
        "requestId": "request-1",
    }
    assert "secret" not in entry["message"]


def test_an_argument_that_needs_a_variable_says_so(ask: Ask):
    answer = ask("query ($id: ID = null) { required(id: $id) }")

    assert answer.codes in (
        [("BAD_USER_INPUT", None)],
        [("GRAPHQL_VALIDATION_FAILED", None)],
    )


@pytest.mark.parametrize("debug", [True, False])
def test_suggestions_are_for_developers(ask: Ask, settings, debug: bool):
    settings.DEBUG = debug

    for query in ("{ helo }", '{ hello(nam: "x") }', "query ($p: Plac) { hello }"):
        assert ("Did you mean" in ask(query).errors[0]["message"]) is debug
    answer = ask(
        "mutation ($p: Place!) { store(place: $p) { names } }", {"p": {"nme": "x", "name": "y"}}
    )
    assert ("Did you mean" in answer.errors[0]["message"]) is debug
