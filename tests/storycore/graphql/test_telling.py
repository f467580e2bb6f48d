"""Who shares the answer to an event: all, when nobody was asked about; else the same user; never an error."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from storycore.access import NOBODY, Actor
from storycore.graphql.body import Parameters
from storycore.graphql.operations import Operation, Operations
from storycore.graphql.telling import Teller
from storycore.mongo.sources import Event
from tests.storycore.graphql.edge_schema import SCHEMA

ADA, BOB = Actor(user_id="1", name="Ada"), Actor(user_id="2", name="Bob")
OPERATIONS = Operations(SCHEMA)


class Threads:
    """Runs blocking work, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, work: Any, *arguments: Any) -> Any:
        self.count += 1
        return await asyncio.to_thread(work, *arguments)


def asked(query: str, **variables: Any) -> Operation:
    return OPERATIONS.prepared(Parameters(query, variables=variables), NOBODY)


async def told(threads: Threads, query: str, *actors: Actor, **variables: Any) -> list[Any]:
    """What each of these is told of one event, all at once."""
    event = Event(("here",), {})
    subscribers = [
        Teller(asked(query, **variables), threads).told(event, actor, f"request of {number}")
        for number, actor in enumerate(actors)
    ]
    return [orjson.loads(one) for one in await asyncio.gather(*subscribers)]


async def test_what_depends_on_nobody_is_made_once_for_all() -> None:
    threads = Threads()

    answers = await told(threads, "{ hello }", ADA, BOB, NOBODY, ADA)

    assert answers == [{"data": {"hello": "Hello world"}}] * 4
    assert threads.count == 1


async def test_what_depends_on_who_asks_is_made_once_for_each_of_them() -> None:
    threads = Threads()

    answers = await told(threads, "{ who }", ADA, BOB, NOBODY, BOB, ADA, NOBODY)

    assert [one["data"]["who"] for one in answers] == ["1", "2", None, "2", "1", None]
    assert threads.count == 3


async def test_other_variables_are_another_question() -> None:
    threads, event = Threads(), Event(("here",), {})
    query = "query($name: String) { hello(name: $name) }"
    answers = [
        orjson.loads(await Teller(asked(query, name=name), threads).told(event, ADA, "r"))
        for name in ("Ada", "Bob", "Ada")
    ]

    assert [one["data"]["hello"] for one in answers] == ["Hello Ada", "Hello Bob", "Hello Ada"]
    assert threads.count == 2


async def test_an_error_names_the_connection_that_met_it() -> None:
    answers = await told(Threads(), '{ fail(how: "bug") }', ADA, ADA, BOB)

    ids = [one["errors"][0]["extensions"]["requestId"] for one in answers]
    assert ids == ["request of 0", "request of 1", "request of 2"]


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    event, threads = Event(("here",), {}), Threads()
    first = asyncio.ensure_future(Teller(asked("{ slow { id } }"), threads).told(event, ADA, "r"))
    await asyncio.sleep(0.05)
    second = asyncio.ensure_future(Teller(asked("{ slow { id } }"), threads).told(event, BOB, "r"))
    await asyncio.sleep(0.05)
    first.cancel()

    assert len(orjson.loads(await second)["data"]["slow"]) == 100
    assert threads.count == 1
    with pytest.raises(asyncio.CancelledError):
        await first
