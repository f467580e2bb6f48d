"""Every attack is refused quickly, with a code; what real clients send passes."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from graphql import get_introspection_query, parse

from storycore.graphql.limits import Limits, Surveyor
from tests.storycore.graphql.answers import STAFF
from tests.storycore.graphql.conftest import Ask

QUICK_SECONDS = 0.2
VALIDATION = "GRAPHQL_VALIDATION_FAILED"
PARSE = "GRAPHQL_PARSE_FAILED"
INPUT = "BAD_USER_INPUT"


def chain(length: int, last: str) -> str:
    """Fragments of which each spreads the next twice: 2 ** length fields."""
    names = [f"F{index}" for index in range(length)]
    links = [f"fragment {one} on Scene {{ ...{two} ...{two} }}" for one, two in pairwise(names)]
    return "{ scene { ...F0 } } " + " ".join(links) + f" fragment {names[-1]} on Scene {{ {last} }}"


def nested_next(levels: int) -> str:
    return "{ scene " + "{ next " * levels + "{ id }" + " }" * levels + " }"


def fragment(name: str, selection: str) -> str:
    return f" fragment {name} on Scene {{ {selection} }}"


def five_deeper(name: str, selection: str) -> str:
    return fragment(name, "next { " * 5 + selection + " }" * 5)


ATTACKS = {
    "aliases": (
        "{ " + " ".join(f"a{i}: hello" for i in range(51)) + " }",
        VALIDATION,
        "TOO_MANY_ROOT_FIELDS",
    ),
    "aliases below": (
        "{ scene { " + " ".join(f"a{i}: id" for i in range(51)) + " } }",
        VALIDATION,
        "TOO_MANY_ALIASES",
    ),
    "aliases in a fragment": (
        "{ scene { " + "...A " * 26 + "} } fragment A on Scene { a: id b: id }",
        VALIDATION,
        "TOO_MANY_ALIASES",
    ),
    "root fields": ("{ " + "hello " * 21 + "}", VALIDATION, "TOO_MANY_ROOT_FIELDS"),
    "same field": ("{ scene { " + "id " * 1_900 + "} }", VALIDATION, "TOO_MANY_FIELDS"),
    "same field within the limit": ("{ scene { " + "id " * 499 + "} }", VALIDATION, None),
    "same conflicting field": (
        "{ scene { "
        + " ".join(f"next {{ a: {'id' if i % 2 else 'title'} }}" for i in range(240))
        + " } }",
        VALIDATION,
        "TOO_MANY_ALIASES",
    ),
    "directives": ("{ hello " + "@skip(if: false) " * 250 + "}", VALIDATION, "TOO_MANY_DIRECTIVES"),
    "unknown directives": ("{ hello " + "@a" * 990 + " }", VALIDATION, "TOO_MANY_DIRECTIVES"),
    "operation directives": (
        "query " + "@a" * 990 + " { hello }",
        VALIDATION,
        "TOO_MANY_DIRECTIVES",
    ),
    "depth": (nested_next(15), VALIDATION, "TOO_DEEP"),
    "depth by fragments": (
        "{ scene { ...A } }"
        + five_deeper("A", "...B")
        + five_deeper("B", "...C")
        + five_deeper("C", "id"),
        VALIDATION,
        "TOO_DEEP",
    ),
    "depth in inline fragments": (
        "{ scene " + "{ ... on Scene { next " * 15 + "{ id }" + " } }" * 15 + " }",
        VALIDATION,
        "TOO_DEEP",
    ),
    "a thousand braces": ("{" * 1_000, PARSE, None),
    "a hundred thousand braces": ("{" * 99_999, PARSE, None),
    "nested lists": ("{ hello(name: " + "[" * 900 + "]" * 900 + ") }", PARSE, None),
    "nested objects": ("{ hello(name: " + "{a:" * 600 + "1" + "}" * 600 + ") }", PARSE, None),
    "inline fragments": ("{ " + "... { " * 600 + "hello" + " }" * 600 + " }", PARSE, None),
    "tokens": ("{ " + "hello " * 2_000 + "}", PARSE, "TOO_MANY_TOKENS"),
    "comments": ("#\n" * 49_000 + "{ hello }", PARSE, None),
    "commas": ("{" + "," * 99_000 + "nothing }", VALIDATION, None),
    "a long text": ("{ hello }" + " " * 100_000, VALIDATION, "QUERY_TOO_LONG"),
    "a long text in other letters": ("{ hello } #" + "ß" * 60_000, VALIDATION, "QUERY_TOO_LONG"),
    "a fragment cycle": (
        "{ scene { ...A } } fragment A on Scene { next { ...A } }",
        VALIDATION,
        None,
    ),
    "a cycle of three": (
        "{ scene { ...A } }"
        + fragment("A", "...B")
        + fragment("B", "...C")
        + fragment("C", "...A"),
        VALIDATION,
        None,
    ),
    "an unused cycle": ("{ hello } fragment A on Scene { ...A }", VALIDATION, None),
    "a fragment bomb": (chain(30, "id"), VALIDATION, "TOO_MANY_FIELDS"),
    "a bomb of nothing": (chain(100, "__typename"), VALIDATION, "TOO_MANY_FIELDS"),
    "many operations on one bomb": (
        " ".join(f"query Q{i} {{ scene {{ ...F0 }} }}" for i in range(100))
        + chain(9, "id").split("} } ", 1)[1],
        VALIDATION,
        "TOO_MANY_FIELDS",
    ),
    "an unknown fragment": ("{ ...Nothing }", VALIDATION, None),
    "many unknown fields": ("{ " + " ".join(f"f{i}" for i in range(20)) + " }", VALIDATION, None),
    "many variables": (
        "query (" + " ".join(f"$v{i}: Int" for i in range(490)) + ") { hello }",
        VALIDATION,
        None,
    ),
    "a schema": ("type Query { hello: String }", VALIDATION, None),
    "lists in lists": (
        "{ scenes(limit: 100) { choices { choices { choices { choices { choices { id } } } } } } }",
        VALIDATION,
        "TOO_COSTLY",
    ),
    "a deep introspection": (
        "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }",
        VALIDATION,
        None,
    ),
    "a number of a thousand digits": (
        "{ scenes(limit: " + "9" * 5_000 + ") { id } }",
        VALIDATION,
        None,
    ),
}


@pytest.mark.parametrize(("query", "code", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
def test_attacks_by_document_are_refused_quickly(
    ask: Ask, query: str, code: str, reason: str | None
):
    answer = ask(query)

    assert (answer.status, answer.codes[0]) == (400, (code, reason))
    assert "data" not in answer.body
    assert len(answer.errors) <= 21
    assert answer.seconds < QUICK_SECONDS


def body_of(variables: bytes) -> bytes:
    return b'{"query": "query ($p: Place) { hello }", "variables": ' + variables + b"}"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"[" * 3_900_000, "TOO_MANY_VALUES"),
        (b"[" * 50_000, "TOO_DEEP"),
        (b"[]" * 1_900_000, "TOO_MANY_VALUES"),
        (b'{"a":' * 700_000, "TOO_MANY_VALUES"),
        (b'{"a":' * 40_000, "TOO_DEEP"),
        (body_of(b'{"p": ' + b"[" * 100 + b"]" * 100 + b"}"), "TOO_DEEP"),
        (body_of(b'{"p": [' + b"{}," * 60_000 + b"{}]}"), "TOO_MANY_VALUES"),
        (b"[" * 70 + b'"' + b"\\" * 3_900_000, "TOO_DEEP"),
        (b'{"a":[{' * 30 + b'"' + b'\\"' * 1_900_000, "TOO_DEEP"),
        (b'{"query": "' + b"x" * 4_000_000, "BODY_TOO_LARGE"),
        (json.dumps([{"query": "{ hello }"}] * 1_000).encode(), "BATCHING_OFF"),
    ],
)
def test_attacks_by_body_are_refused_quickly(ask: Ask, raw: bytes, reason: str):
    answer = ask(None, raw=raw)

    assert answer.status in {400, 413}
    assert answer.codes == [(INPUT, reason)]
    assert answer.seconds < QUICK_SECONDS


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query ($id: ID) { scene(id: $id) { id } }", {"id": {"$ne": None}}),
        ("query ($id: ID) { scene(id: $id) { id } }", {"id": ["a"]}),
        ("query ($n: String) { hello(name: $n) }", {"n": {"$where": "sleep(9)"}}),
        ("query ($n: Int) { scenes(limit: $n) { id } }", {"n": 1e300}),
        ("query ($n: Int) { scenes(limit: $n) { id } }", {"n": 2**70}),
        ("query ($n: Int) { scenes(limit: $n) { id } }", {"n": "1"}),
        ("mutation ($p: Place) { store(place: $p) { names } }", {"p": {"name": "x", "$gt": ""}}),
    ],
)
def test_operator_objects_and_wrong_numbers_are_refused(ask: Ask, query: str, variables):
    answer = ask(query, variables)

    assert (answer.status, answer.codes) == (400, [(INPUT, None)])
    assert answer.seconds < QUICK_SECONDS


def test_a_deep_variable_is_refused(ask: Ask):
    value: dict = {"name": "x"}
    for _ in range(40):
        value = {"name": "x", "inner": value}

    assert ask("mutation ($p: Place) { store(place: $p) { names } }", {"p": value}).status == 200
    for _ in range(40):
        value = {"name": "x", "inner": value}
    answer = ask("mutation ($p: Place) { store(place: $p) { names } }", {"p": value})
    assert answer.codes == [(INPUT, "TOO_DEEP")]


def test_everything_right_below_a_limit_passes(ask: Ask):
    for query in (
        nested_next(13),
        "{ scene { " + " ".join(f"a{i}: id" for i in range(50)) + " } }",
        "{ " + "hello " * 20 + "}",
        "{ scene { " + "id title " * 30 + "next { id title } " * 20 + "} }",
        "{ scene { ...A } } fragment A on Scene { ...B id } fragment B on Scene { next { title } }",
    ):
        answer = ask(query)
        assert "errors" not in answer.body, answer.body
        assert answer.seconds < QUICK_SECONDS


@pytest.mark.parametrize(
    "options", [{}, {"input_value_deprecation": True, "schema_description": True}]
)
def test_the_introspection_of_tools_passes(ask: Ask, options):
    query = get_introspection_query(**options)

    answer = ask(query, actor=STAFF)

    assert answer.status == 200
    assert answer.body["data"]["__schema"]["queryType"]["name"] == "Query"


DEEP_TYPE = '__type(name: "Query") { ' + "ofType { " * 20 + "name" + " }" * 20 + " }"


def test_only_a_document_that_does_nothing_else_may_introspect_deeply(ask: Ask):
    assert ask("{ " + DEEP_TYPE + " }", actor=STAFF).status == 200
    assert ask("{ hello " + DEEP_TYPE + " }", actor=STAFF).codes == [(VALIDATION, "TOO_DEEP")]


def test_a_shape_counts_the_expanded_document():
    document = parse(
        "query ($a: Int @b) @c { x: hello ...A ...A __schema { types { name } } }"
        " fragment A on Query @d { scene { y: id @e ... @f { title } } }"
    )
    operation, fragment = document.definitions
    limits = Limits(depth=9, aliases=9, root_fields=9, fields=99, directives=99)

    shape = Surveyor({"A": fragment}, limits).measured(operation)

    assert (shape.fields, shape.aliases, shape.root_fields) == (10, 3, 4)
    assert (shape.directives, shape.introspections) == (8, 1)
    assert (shape.depth, shape.introspection_depth) == (2, 3)
