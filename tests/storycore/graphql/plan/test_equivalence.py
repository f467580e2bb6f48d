"""Does a compiled plan answer as graphql-core does? Random valid queries over the real schema and real data."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.schema import schema
from storycore.access import NOBODY, Actor
from storycore.graphql.body import Parameters
from storycore.graphql.context import Context
from storycore.graphql.errors import Refusal
from storycore.graphql.execution import _executed
from storycore.graphql.operations import Operations
from storycore.graphql.plan.answering import planned_answer
from storycore.mongo.connection import database
from tests.factories import a_choice, a_scenario, a_scene, a_story, an_actor, an_asset

SCHEMA = schema.graphql_schema
OPERATIONS = Operations(SCHEMA)
ROOTS = ("scenario", "scenarios", "scene", "choice", "asset", "assets")
DEPTH_MAX = 5
TOO_LARGE = {"TOO_COSTLY", "TOO_MANY_FIELDS", "TOO_MANY_ALIASES"}


class QueryWriter:
    """Writes one random valid query; all chance comes from `chance`."""

    def __init__(self, chance: random.Random, ids: dict[str, list[str]]) -> None:
        self.chance = chance
        self.ids = ids
        self.fragments: list[str] = []
        self.fields_left = 60
        self.aliases = 0

    def query(self) -> str:
        roots = [self.root(index) for index in range(self.chance.randint(1, 2))]
        body = " ".join(roots)
        whole = f"{body} {' '.join(self.fragments)}"
        declared = [
            f"${name}: Boolean = {value}"
            for name, value in (("yes", "true"), ("no", "false"))
            if f"${name}" in whole
        ]
        variables = f"({', '.join(declared)})" if declared else ""
        return f"query Random{variables} {{ {body} }} {' '.join(self.fragments)}"

    def root(self, index: int) -> str:
        name = self.chance.choice(ROOTS)
        definition = SCHEMA.query_type.fields[name]
        if "id" in definition.args:
            arguments = f'(id: "{self.chance.choice(self.ids[name])}")'
        else:
            arguments = self.chance.choice(("", "(limit: 3)", "(limit: 2, offset: 1)"))
        selection = self.selection(get_named_type(definition.type), 1)
        return f"root{index}: {name}{arguments}{self.directive()} {selection}"

    def selection(self, type_: GraphQLObjectType, depth: int) -> str:
        parts = ["__typename"] if self.chance.random() < 0.2 else []
        names = list(type_.fields)
        for name in self.chance.sample(names, self.chance.randint(1, min(6, len(names)))):
            written = self.field(name, type_.fields[name], depth)
            if written:
                parts.append(written)
        if not parts:
            parts.append("__typename")
        if self.chance.random() < 0.25:
            return self.as_fragment(type_, parts)
        return "{ " + " ".join(parts) + " }"

    def as_fragment(self, type_: GraphQLObjectType, parts: list[str]) -> str:
        body = "{ " + " ".join(parts) + " }"
        if self.chance.random() < 0.5:
            return "{ __typename ... on " + type_.name + self.directive() + " " + body + " }"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {type_.name} {body}")
        return "{ __typename ..." + name + self.directive() + " }"

    def field(self, name: str, definition: GraphQLField, depth: int) -> str:
        if self.fields_left <= 0 or definition.args:
            return ""
        self.fields_left -= 1
        type_ = get_named_type(definition.type)
        self.aliases += 1
        alias = f"a{self.aliases}: " if self.chance.random() < 0.15 else ""
        if is_leaf_type(type_):
            return f"{alias}{name}{self.directive()}"
        if depth >= DEPTH_MAX:
            return ""
        # A field that comes twice must have the same answer type: an alias keeps random ones apart.
        alias = alias or f"b{self.aliases}: "
        return f"{alias}{name}{self.directive()} {self.selection(type_, depth + 1)}"

    def directive(self) -> str:
        return self.chance.choice(
            ("",) * 12
            + (" @include(if: $yes)", " @skip(if: $no)", " @include(if: $no)", " @skip(if: true)")
        )


@pytest.fixture
def people(content: None, db: None) -> tuple[Actor, Actor]:
    return an_actor("writer@example.com"), an_actor("reader@example.com")


@pytest.fixture
def ids(people: tuple[Actor, Actor]) -> dict[str, list[str]]:
    """Stories of all shapes, with holes: no media, private media, missing keys, old records."""
    writer, reader = people
    a_story(writer, scenes=4, choices=2, is_published=True)
    a_story(reader, scenes=2)
    odd = a_scenario(writer, is_published=True, variables=[{"name": "x", "type": "boolean"}])
    hidden = an_asset(writer, is_public=False, tags=["one", "two"], folder="f")
    here = a_scene(writer, odd, image=hidden, position={"x": 1.0, "y": 2})
    there = a_scene(writer, odd, music=an_asset(writer, "sound"))
    a_choice(
        writer,
        here,
        there,
        condition="x and",
        effects=[{"variable": "x", "op": "toggle", "value": None}],
    )
    database()["scenes"].update_one(
        {"_id": there}, {"$unset": {"is_end_scene": "", "position": "", "image": ""}}
    )
    database()["scenarios"].update_one(
        {"_id": odd}, {"$unset": {"description": "", "languages": ""}}
    )
    database()["assets"].update_one({"_id": hidden}, {"$unset": {"metadata": ""}})
    # A required key that an old record lacks is an error that only the reference executor words.
    database()["choices"].update_one({"from_scene": here}, {"$unset": {"text": ""}})
    found = {
        name: [str(row["_id"]) for row in database()[f"{name}s"].find({}, {"_id": 1})]
        for name in ("scenario", "scene", "choice", "asset")
    }
    return {name: [*keys, "0" * 24, "no id"] for name, keys in found.items()}


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    chance=st.randoms(use_true_random=False), who=st.sampled_from(["nobody", "writer", "reader"])
)
def test_a_plan_answers_as_the_reference_executor_does(
    people: tuple[Actor, Actor], ids: dict[str, list[str]], chance: random.Random, who: str
) -> None:
    actor = {"nobody": NOBODY, "writer": people[0], "reader": people[1]}[who]
    text = QueryWriter(chance, ids).query()
    check(text, actor)


@pytest.mark.slow
@settings(
    max_examples=5_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    chance=st.randoms(use_true_random=False), who=st.sampled_from(["nobody", "writer", "reader"])
)
def test_thousands_of_plans_answer_as_the_reference_executor_does(
    people: tuple[Actor, Actor], ids: dict[str, list[str]], chance: random.Random, who: str
) -> None:
    actor = {"nobody": NOBODY, "writer": people[0], "reader": people[1]}[who]
    check(QueryWriter(chance, ids).query(), actor)


def test_ordinary_queries_are_planned_and_not_left_to_the_reference(
    people: tuple[Actor, Actor], ids: dict[str, list[str]]
) -> None:
    planned = [
        check(QueryWriter(random.Random(seed), ids).query(), people[1]) for seed in range(100)
    ]

    assert planned.count(True) > 60


def check(text: str, actor: Actor) -> bool:
    """Compare both answers; whether there was a plan. Order of keys counts: clients may show it."""
    try:
        operation = OPERATIONS.prepared(Parameters(query=text), actor)
    except Refusal as refusal:
        # Only the size may be refused: the text is valid by construction.
        if {one["extensions"].get("reason") for one in refusal.problems} <= TOO_LARGE:
            return False
        raise AssertionError((text, refusal.problems)) from refusal
    context = Context(actor=actor)
    context.deadline = time.monotonic() + 60
    planned = planned_answer(operation, context)
    again = planned_answer(operation, context)
    reference = _executed(operation, context)
    if planned is None:
        return False
    assert not reference.errors, (text, reference.errors)
    # The second time it may be an answer that was kept.
    assert again is not None
    for one in (planned, again):
        assert text_of(one.data) == text_of(reference.data), text
    return True


def text_of(data: Any) -> bytes:
    """The bytes of an answer; links to private files are signed with the second that they were made in."""
    return re.sub(rb"token=[^\"&]+", b"token=", orjson.dumps(data))
