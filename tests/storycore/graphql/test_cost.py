"""The estimate multiplies fields by the sizes of the lists they stand in."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from storycore.graphql.cost import Estimator, page_variables
from tests.storycore.graphql.conftest import Ask
from tests.storycore.graphql.edge_schema import SCHEMA


def read(query: str):
    document = parse(query)
    (operation,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    return operation, fragments


def cost(query: str, variables: dict[str, Any] | None = None) -> int:
    operation, fragments = read(query)
    return Estimator(SCHEMA).cost(operation, fragments, variables or {})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ hello }", 1),
        ("{ scene { id title } }", 3),
        ("{ scene { choices { id } } }", 2 + 10),
        ("{ scenes(limit: 3) { id title } }", 1 + 3 * 2),
        ("{ scenes { id } }", 1 + 50),
        ("{ scenes(limit: 0) { id } }", 1),
        ("{ scenes(limit: -5) { id } }", 1),
        # The server cuts pages to its own cap.
        ("{ scenes(limit: 100000) { id } }", 1 + 100),
        ("{ scenes(limit: 3) { choices { choices { id } } } }", 1 + 3 + 3 * 10 + 3 * 10 * 10),
        ("{ connection(first: 7) { edges { node { id } } } }", 2 + 7 + 7),
        ("{ connection(last: 7) { edges { node { choices { id } } } } }", 2 + 7 + 7 + 7 * 10),
        ("{ connection { ...C } } fragment C on Connection { edges { node { id } } }", 2 + 50 + 50),
        (
            "{ scene { ... on Scene { choices { ...S } } } } fragment S on Scene { id title }",
            2 + 20,
        ),
        ("{ __schema { types { fields { name } } } __typename }", 2),
        ('mutation { rename(title: "x") { title } }', 2),
    ],
)
def test_cost(query: str, expected: int):
    assert cost(query) == expected


def test_page_sizes_come_from_variables_too():
    query = (
        "query ($n: Int = 4, $m: Int, $s: String) { hello(name: $s) scenes(limit: $n) { id } ...F }"
    )
    query += " fragment F on Query { connection(first: $m) { edges { node { id } } } }"

    assert page_variables(*read(query)) == {"n": 4, "m": None}
    assert cost(query, {"n": 2, "m": 3}) == 1 + 1 + 2 + 2 + 3 + 3
    assert cost(query, {"n": None, "m": "x"}) == 1 + 1 + 50 + 2 + 50 + 50


def test_the_same_document_is_judged_by_its_variables(ask: Ask, settings):
    settings.GRAPHQL_MAX_COST = 100
    query = "query ($n: Int = 99) { scenes(limit: $n) { id title } }"

    assert ask(query, {"n": 10}).status == 200
    assert ask(query).codes == [("GRAPHQL_VALIDATION_FAILED", "TOO_COSTLY")]
    answer = ask(query, {"n": 90})
    assert (
        answer.errors[0]["extensions"] | {"limit": 100, "cost": 181}
        == answer.errors[0]["extensions"]
    )
    assert ask(query, {"n": 10}).status == 200
