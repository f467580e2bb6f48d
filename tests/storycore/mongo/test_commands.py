"""MongoDB commands are counted where they are sent, whatever else runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from storycore.embedded.mongod import Mongod
from storycore.mongo.commands import CommandCounter, counted


@pytest.fixture
def scenes(mongod: Mongod):
    with MongoClient(mongod.uri, event_listeners=[CommandCounter()]) as client:
        yield client.story.scenes


def test_commands_are_counted_per_block(scenes):
    with counted() as outer:
        scenes.find_one({"_id": 1})
        with counted() as inner:
            scenes.find_one({"_id": 1})
            list(scenes.aggregate([{"$match": {}}]))
    with counted() as nothing:
        pass

    assert (outer.commands, inner.commands, nothing.commands) == (3, 2, 0)


def test_a_refused_command_counts_too(scenes):
    with counted() as tally, pytest.raises(OperationFailure):
        scenes.database.command("nonsense")

    assert tally.commands == 1


def test_threads_do_not_count_each_others(scenes):
    def work(number: int) -> int:
        with counted() as tally:
            for _ in range(number):
                scenes.find_one({"_id": number})
        return tally.commands

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(12))) == list(range(12))
