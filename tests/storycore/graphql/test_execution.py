"""Running an operation: within its time, with its variables, without a trace of what failed inside."""

from __future__ import annotations

import time

import pytest
from pymongo import MongoClient

from storycore.graphql.body import Parameters
from storycore.graphql.context import Context
from storycore.graphql.errors import Refusal
from storycore.graphql.execution import run
from storycore.graphql.operations import Operations
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
