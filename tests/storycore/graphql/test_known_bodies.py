"""A body that came before is not read again, and never answers more than it did the first time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings

from storycore.access import NOBODY, Actor
from storycore.graphql.body import Parameters
from storycore.graphql.forms import Form
from storycore.graphql.known_bodies import KnownBodies
from storycore.graphql.operations import Operation
from storycore.graphql.persisted import _sha256
from storycore.graphql.view import GraphQLEdge
from storycore.shortcuts import Asked
from tests.storycore.graphql.answers import STAFF, STRICT, USER

FORM = Form(STRICT, zips=False)
HASHED = {"version": 1, "sha256Hash": _sha256("{ hello }")}


def said(edge: GraphQLEdge, body: dict[str, Any], actor: Actor = NOBODY) -> tuple[int, Any]:
    asked = Asked(json.dumps(body).encode(), actor, "request-1", "127.0.0.1")
    answer = edge._said(FORM, asked)
    return answer.status, json.loads(answer.body)


def known(edge: GraphQLEdge) -> list[Operation]:
    return list(edge._known._known.values())


def test_the_same_body_is_the_same_operation_and_asked_for_everybody(edge: GraphQLEdge) -> None:
    body = {"query": "query Who($name: String) { who hello(name: $name) }"}
    ada = body | {"variables": {"name": "Ada"}}

    assert said(edge, body) == (200, {"data": {"who": None, "hello": "Hello world"}})
    assert said(edge, body, USER) == (200, {"data": {"who": "7", "hello": "Hello world"}})
    assert said(edge, ada, USER)[1]["data"]["hello"] == "Hello Ada"
    assert said(edge, ada)[1]["data"]["who"] is None

    assert [one.variables for one in known(edge)] == [{}, {"name": "Ada"}]


@pytest.mark.parametrize(
    "body",
    [
        {"query": 'mutation { rename(title: "x") { title } }'},
        {"query": "{ __schema { types { name } } }"},
        {"query": "{ nothing }"},
        {"query": "{ hello", "variables": {}},
        {"query": "{ hello }", "extensions": {"persistedQuery": HASHED}},
        {"query": f"{{ hello }}{' ' * 5_000}"},
    ],
    ids=["mutation", "introspection", "invalid", "broken", "hash", "long"],
)  # fmt: skip
def test_what_is_somebodys_own_or_refused_is_read_each_time(
    edge: GraphQLEdge, body: dict[str, Any]
) -> None:
    assert said(edge, body, STAFF) == said(edge, body, STAFF)

    assert known(edge) == []


def test_what_staff_may_ask_is_not_for_all_afterwards(
    edge: GraphQLEdge, settings: LazySettings
) -> None:
    settings.DEBUG = False
    settings.GRAPHQL_INTROSPECTION = "staff"
    body = {"query": "{ __schema { queryType { name } } }"}

    assert said(edge, body, STAFF)[1]["data"]
    assert said(edge, body)[1]["errors"][0]["extensions"]["reason"] == "INTROSPECTION_OFF"


def test_limits_count_for_known_bodies_too(edge: GraphQLEdge, settings: LazySettings) -> None:
    body = {"query": "{ scenes(limit: 50) { id title } }"}
    assert said(edge, body)[0] == 200

    settings.GRAPHQL_MAX_COST = 10

    status, answer = said(edge, body)
    assert status == 400
    assert answer["errors"][0]["extensions"]["reason"] == "TOO_COSTLY"


def test_with_an_allow_list_nothing_is_known_by_its_body(
    edge: GraphQLEdge, settings: LazySettings, tmp_path: Any
) -> None:
    path = tmp_path / "allowed.json"
    path.write_text(json.dumps({_sha256("{ hello }"): "{ hello }"}))
    settings.GRAPHQL_ALLOWED_OPERATIONS = str(path)

    assert said(edge, {"query": "{ hello }"})[0] == 200
    assert said(edge, {"query": "{ who }"})[0] == 403
    assert known(edge) == []


def test_only_so_many_are_known_and_the_used_ones_stay(edge: GraphQLEdge) -> None:
    parameters = Parameters("{ hello }")
    operation = edge.operations.prepared(parameters, NOBODY)
    bodies = KnownBodies()
    for number in range(600):
        bodies.keep(b"%d" % number, operation, parameters)
        bodies.find(b"0")

    assert bodies.find(b"0") is operation
    assert bodies.find(b"1") is None
    assert bodies.find(b"599") is operation
