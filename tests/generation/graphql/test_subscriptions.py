"""A job is told to its owner from the order to its end, and to nobody else."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async

from generation.queries.changes import may_see_job
from generation.running.stepping import advance_next
from generation.services.orders import NewMedia, order_media
from storycore.access import NOBODY, Actor
from tests.factories import a_scenario, an_access_token, an_actor
from tests.live_web import Web, live_client

ONE = "subscription($id: ID!) { jobUpdated(id: $id) { id status progress asset { url } } }"
ALL = "subscription($s: ID) { jobsUpdated(scenarioId: $s) { id status scenarioId } }"

call = sync_to_async


async def a_person(name: str) -> tuple[Actor, str]:
    actor = await call(an_actor)(f"{name}@example.com")
    return actor, await call(an_access_token)(actor)


async def test_a_job_is_followed_to_its_end(web: Web, mocked: None) -> None:
    ada, token = await a_person("ada")
    key = await call(order_media)(ada, NewMedia("image", "a bell"))

    async with live_client(web, token) as client:
        await client.subscribe("1", ONE, id=str(key))
        first = (await client.data("1"))["jobUpdated"]
        await call(advance_next)(["media"])
        last: Any = first
        while last["status"] not in ("completed", "failed"):
            last = (await client.data("1"))["jobUpdated"]

    assert (first["id"], first["status"]) == (str(key), "queued")
    assert (last["status"], last["progress"]) == ("completed", 100)
    assert last["asset"]["url"]


async def test_somebody_elses_job_is_not_told(web: Web, mocked: None) -> None:
    ada, _token = await a_person("ada")
    _eve, token = await a_person("eve")
    key = await call(order_media)(ada, NewMedia("image", "a bell"))

    async with live_client(web, token) as client:
        await client.subscribe("1", ONE, id=str(key))
        answer = await client.next()
        await client.subscribe("2", ALL)
        await call(advance_next)(["media"])
        assert await client.quiet(1.0)

    problems = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
    assert problems[0]["extensions"]["code"] == "NOT_FOUND"


async def test_the_jobs_of_a_scenario_are_followed(web: Web, mocked: None) -> None:
    ada, token = await a_person("ada")
    scenario = await call(a_scenario)(ada)
    await call(order_media)(ada, NewMedia("image", "for nothing"))

    async with live_client(web, token) as client:
        await client.subscribe(
            "0", ONE, id=str(await call(order_media)(ada, NewMedia("image", "x")))
        )
        await client.data("0")
        await client.subscribe("1", ALL, s=str(scenario))
        told: list[Any] = []
        # Until the subscription is surely under way, another order of the same kind is made.
        while not told:
            await call(order_media)(ada, NewMedia("image", "a bell", scenario=scenario))
            await client.quiet(0.5)
            told = [one for one in client.strays if one["id"] == "1"]

    assert told[0]["payload"]["data"]["jobsUpdated"]["scenarioId"] == str(scenario)


def test_who_may_see_a_job() -> None:
    row = {"owner": "7"}

    assert may_see_job(Actor("7", "own"), row)
    assert may_see_job(Actor("1", "boss", is_admin=True), row)
    assert not may_see_job(Actor("8", "other"), row)
    assert not may_see_job(NOBODY, row)
