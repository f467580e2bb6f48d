"""Running an operation: within its time, with its variables, without a trace of what failed inside."""

from __future__ import annotations

import time

import graphene
import pytest
from pymongo import MongoClient
from pymongo.errors import ExecutionTimeout

from storycore.access import Actor
from storycore.graphql.body import Parameters
from storycore.graphql.context import Context
from storycore.graphql.errors import Refusal
from storycore.graphql.execution import run
from storycore.graphql.operations import Operations
from storycore.graphql.reads import ReadMany
from storycore.graphql.relations import Column
from storycore.graphql.types import RowType
from storycore.mongo.reading import Row
from tests.storycore.graphql.answers import USER
from tests.storycore.graphql.conftest import Ask
from tests.storycore.graphql.edge_schema import SCHEMA


def prepared(query: str, variables=None):
    return Operations(SCHEMA).prepared(Parameters(query, variables=variables or {}), USER)


def test_run_answers_data_and_errors():
    answer = run(prepared('{ who fail(how: "missing") }'), Context(actor=USER, request_id="r"))

    assert answer.data == {"who": "7", "fail": None}
    assert [entry["extensions"] for entry in answer.errors] == [{"code": "NOT_FOUND"}]


def test_variables_that_do_not_fit_are_a_refusal():
    with pytest.raises(Refusal) as refused:
        run(prepared("query ($n: Int) { scenes(limit: $n) { id } }", {"n": "x"}), Context())

    assert [entry["extensions"]["code"] for entry in refused.value.problems] == ["BAD_USER_INPUT"]


def test_the_time_budget_stops_the_whole_operation(ask: Ask, settings):
    settings.GRAPHQL_TIME_BUDGET_SECONDS = 0.1

    answer = ask("{ slow { next { id } } }")

    assert answer.status == 200
    assert answer.body == {
        "errors": [
            {
                "message": "The operation was stopped after 0.1 seconds.",
                "extensions": {
                    "code": "INTERNAL_SERVER_ERROR",
                    "reason": "TIMED_OUT",
                    "requestId": "request-1",
                },
            }
        ],
        "data": None,
    }
    assert answer.seconds < 3


def test_the_time_budget_holds_for_mongodb_too(settings):
    """A server that does not answer: its commands share what is left of the budget."""
    settings.GRAPHQL_TIME_BUDGET_SECONDS = 0.3
    started = time.perf_counter()

    with MongoClient("mongodb://127.0.0.1:1/?directConnection=true") as client:
        answer = run(prepared("{ stored }"), Context(request_id="r", memory={"client": client}))

    assert answer.errors[0]["extensions"] == {
        "code": "INTERNAL_SERVER_ERROR",
        "reason": "UNAVAILABLE",
        "requestId": "r",
    }
    assert time.perf_counter() - started < 3


class Lost(RowType):
    """Rows of a server that is not there."""

    name = Column(graphene.String, "name", description="Its name.")


LOOKS: list[Actor] = []


def lost(actor: Actor, _fields: frozenset[str]) -> list[Row]:
    LOOKS.append(actor)
    raise ExecutionTimeout("mongodb://user:secret@host", 50)


class Losing(graphene.ObjectType):
    lost = ReadMany(Lost, fetch=lost, description="All of them.")
    found = graphene.String()

    def resolve_found(self, _info):
        return "here"


def test_a_plan_that_loses_the_database_is_worded_by_the_executor():
    """At its place, without a secret, and without waiting for the server as long again."""
    schema = graphene.Schema(query=Losing).graphql_schema
    operation = Operations(schema).prepared(Parameters("{ things: lost { name } }"), USER)
    context = Context(actor=USER, request_id="r")

    answer = run(operation, context)

    assert answer.data is None
    assert [(one["path"], one["extensions"]["reason"]) for one in answer.errors] == [
        (["things"], "UNAVAILABLE")
    ]
    assert "secret" not in str(answer.errors)
    assert len(LOOKS) == 2
    assert context.deadline <= time.monotonic() + 1
