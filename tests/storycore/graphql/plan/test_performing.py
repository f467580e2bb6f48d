"""A mutation whose payload a plan writes: what the executor would answer, and performed only once."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import graphene
import orjson
import pytest
from graphql import get_named_type

from storycore.access import NOBODY, Actor
from storycore.errors import Forbidden
from storycore.graphql.body import Parameters
from storycore.graphql.context import Context
from storycore.graphql.execution import Answer, _executed, run
from storycore.graphql.mutation import Mutation
from storycore.graphql.operations import Operations
from storycore.graphql.plan.answering import planned_answer
from storycore.graphql.relations import Column
from storycore.mongo.reading import Row
from tests.conftest import Api, CommandCounter
from tests.factories import a_scenario, a_scene, an_asset
from tests.storycore.graphql.plan.test_equivalence import (
    OPERATIONS,
    SCHEMA,
    QueryWriter,
    ids,
    people,
    text_of,
)

__all__ = ["ids", "people"]

# Doing these again changes nothing but when it was done, and how often.
AGAIN = {
    "updateScene": 'input: {title: "Same", text: "Words"}',
    "updateChoice": 'input: {text: "Same"}',
    "updateScenario": 'input: {title: "Same"}',
    "updateAsset": 'input: {name: "Same"}',
    "publishScenario": "",
}
KINDS = {"publishScenario": "scenario"}


class MutationWriter(QueryWriter):
    """The same for mutations."""

    def query(self) -> str:
        return super().query().replace("query Random", "mutation Random", 1)

    def root(self, index: int) -> str:
        name = self.chance.choice(list(AGAIN))
        kind = KINDS.get(name, name.removeprefix("update").lower())
        definition = SCHEMA.mutation_type.fields[name]
        key = self.chance.choice(self.ids[kind])
        arguments = f'id: "{key}" {AGAIN[name]}'
        selection = self.selection(get_named_type(definition.type), 1)
        return f"root{index}: {name}({arguments}){self.directive()} {selection}"


def asked_for(text: str, actor: Actor) -> tuple[Any, Context]:
    operation = OPERATIONS.prepared(Parameters(text), actor)
    context = Context(actor=actor, request_id="r")
    context.deadline = time.monotonic() + 60
    return operation, context


def steady(data: Any) -> str:
    """The data without moments and numbers: revisions count each run."""
    moments = re.sub(r'"\d{4}-\d\d-\d\dT[^"]*"', '"T"', text_of(data).decode())
    return re.sub(r":\d+", ":N", moments)


def words(result: Any) -> list[tuple[Any, str]]:
    return [(error.path, error.message) for error in result.errors or ()]


def test_a_plan_writes_what_the_executor_would(
    people: tuple[Actor, Actor], ids: dict[str, list[str]]
) -> None:
    planned_times = 0
    for seed in range(80):
        actor = people[seed % 4 == 3] if seed % 8 != 7 else NOBODY
        text = MutationWriter(random.Random(seed), ids).query()
        # The first time changes something, from then on nothing does.
        _executed(*asked_for(text, actor))
        operation, context = asked_for(text, actor)
        planned = planned_answer(operation, context)
        reference = _executed(*asked_for(text, actor))
        if planned is None:
            # What was performed is not performed again, and worded as it would have been.
            rest = _executed(operation, context)
            assert steady(rest.data) == steady(reference.data), text
            assert words(rest) == words(reference), text
            continue
        planned_times += 1
        assert not reference.errors, (text, reference.errors)
        assert steady(planned.data) == steady(reference.data), text
    assert planned_times > 25


def test_a_new_scene_comes_from_what_was_written(
    api: Api, owner: Actor, commands: CommandCounter
) -> None:
    story = str(a_scenario(owner))
    picture = str(an_asset(owner))
    text = """mutation($input: CreateSceneInput!) { one: createScene(input: $input) { success message
      userErrors { code } scene { id title image { id } choices { id } } } }"""
    given = {"scenarioId": story, "title": "New", "text": "Words.", "imageId": picture}
    api(text, {"input": given}, owner)
    commands.names.clear()

    answer = api(text, {"input": given}, owner)

    made = answer["data"]["one"]
    assert (made["success"], made["message"], made["userErrors"]) == (True, "Scene created.", [])
    assert made["scene"]["title"] == "New"
    assert made["scene"]["image"] == {"id": picture}
    assert made["scene"]["choices"] == []
    # The scene itself is not read back, what hangs on it is.

    assert commands.names.count("commitTransaction") == 1
    assert commands.names.count("insert") == 1


PERFORMED: list[str] = []


class Act(Mutation):
    """Does what its argument says."""

    class Arguments:
        how = graphene.String(required=True, description="What becomes of it.")
        twice = graphene.Int(default_value=2, description="A number.")

    done = Column(graphene.String, "done", description="What was done.", required=True)

    @classmethod
    def perform(cls, context: Context, *, how: str, twice: int) -> Row:
        PERFORMED.append(how)
        if how == "forbidden":
            raise Forbidden("You may not.")
        if how == "bug":
            raise RuntimeError("secret")
        if how == "slow":
            context.deadline = 0.0
        return {"message": f"{how} {twice}", "done": None if how == "nothing" else how}


class Nothing(graphene.ObjectType):
    nothing = graphene.String()


class Acts(graphene.ObjectType):
    act = Act.field()


ACTS = Operations(graphene.Schema(query=Nothing, mutation=Acts).graphql_schema)


def acted(text: str, variables: dict[str, Any] | None = None) -> Answer:
    PERFORMED.clear()
    return run(ACTS.prepared(Parameters(text, variables=variables or {}), NOBODY), Context())


@pytest.mark.parametrize(
    ("text", "performed", "data", "errors"),
    [
        ('{ a: act(how: "x", twice: null) { message } b: act(how: "y", twice: 3) { done } }',
         ["x", "y"], {"a": {"message": "x 2"}, "b": {"done": "y"}}, []),
        ('{ a: act(how: "x") { done } b: act(how: "forbidden") { done } c: act(how: "z") { done } }',
         ["x", "forbidden", "z"], {"a": {"done": "x"}, "b": None, "c": {"done": "z"}}, [["b"]]),
        ('{ a: act(how: "forbidden") { success message userErrors { code } } }',
         ["forbidden"],
         {"a": {"success": False, "message": "You may not.", "userErrors": [{"code": "FORBIDDEN"}]}}, []),
        ('{ a: act(how: "nothing") { done } b: act(how: "y") { done } }',
         ["nothing", "y"], {"a": None, "b": {"done": "y"}}, [["a", "done"]]),
        ('{ a: act(how: "bug") { done userErrors { code } } }', ["bug"], {"a": None}, [["a"]]),
        ('{ a: act(how: "x") @skip(if: true) { done } __typename }', [], {"__typename": "Acts"}, []),
    ],
    ids=["both", "one fails", "told", "a null too many", "a bug", "left out"],
)  # fmt: skip
def test_each_part_is_performed_once_and_in_order(
    text: str, performed: list[str], data: Any, errors: list[Any]
) -> None:
    answer = acted(f"mutation {text}")

    assert performed == PERFORMED
    assert orjson.loads(orjson.dumps(answer.data)) == data
    assert [one["path"] for one in answer.errors] == errors
    assert "secret" not in str(answer.errors)


def test_what_the_budget_ends_is_not_begun(people: tuple[Actor, Actor]) -> None:
    answer = acted('mutation { a: act(how: "slow") { done } b: act(how: "never") { done } }')

    assert PERFORMED == ["slow"]
    assert answer.errors[0]["extensions"]["reason"] == "TIMED_OUT"


def test_old_clients_get_their_shape_of_a_planned_payload(api: Api, owner: Actor) -> None:
    scene = str(a_scene(owner, a_scenario(owner)))

    answer = api("mutation($id: ID!) { deleteScene(id: $id) }", {"id": scene}, owner)

    assert answer == {"data": {"deleteScene": True}}
