"""A long simulation is a job that gives the very result that a short one gives at once."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from storycore.access import Actor
from tests.conftest import Api
from tests.factories import a_story
from tests.generation.conftest import Run

SIMULATE = """mutation($id: ID!, $runs: Int, $max: Int) {
  simulateScenario(id: $id, runs: $runs, maxStates: $max) {
    success userErrors { field code } job { id kind status result } result { runs states } } }"""


def test_a_long_simulation_is_a_job(api: Api, owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = a_story(owner, scenes=3)

    payload = api(SIMULATE, {"id": str(key), "runs": 5_000}, owner)["data"]["simulateScenario"]

    assert (payload["result"], payload["job"]["status"]) == (None, "queued")
    run_jobs()
    query = "query($id: ID!) { job(id: $id) { status result scenario { id } } }"
    done = api(query, {"id": payload["job"]["id"]}, owner)["data"]["job"]
    assert (done["status"], done["result"]["runs"]) == ("completed", 5_000)
    assert done["scenario"] == {"id": str(key)}


def test_a_short_one_needs_no_worker(api: Api, owner: Actor, mocked: None) -> None:
    key = a_story(owner, scenes=3)

    payload = api(SIMULATE, {"id": str(key), "runs": 100}, owner)["data"]["simulateScenario"]

    assert (payload["job"], payload["result"]["runs"]) == (None, 100)


def test_a_long_one_needs_a_login_and_a_story(api: Api, owner: Actor, mocked: None) -> None:
    key = a_story(owner, scenes=2, is_published=True)

    def code(actor: Actor | None, **variables: Any) -> str:
        answer = api(SIMULATE, {"runs": 5_000, **variables}, actor)
        if "errors" in answer:
            return str(answer["errors"][0]["extensions"]["code"])
        return str(answer["data"]["simulateScenario"]["userErrors"][0]["code"])

    assert code(None, id=str(key)) == "UNAUTHENTICATED"
    assert code(owner, id=str(ObjectId())) == "NOT_FOUND"
    assert code(owner, id=str(key), runs=20_001) == "BAD_USER_INPUT"
