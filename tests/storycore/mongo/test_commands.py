"""MongoDB commands are counted where they are sent, whatever else runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from storycore.embedded.mongod import Mongod
from storycore.mongo.commands import CountingClient, counted
from tests.conftest import CommandCounter


@pytest.fixture
def scenes(mongod: Mongod):
    with CountingClient(mongod.uri) as client:
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


def everything(scenes: Collection[dict[str, Any]]) -> None:
    """Each kind of command that the product sends."""
    client = scenes.database.client
    scenes.insert_many([{"n": number} for number in range(10)])
    scenes.insert_one({"n": 10})
    scenes.bulk_write([InsertOne({"n": 11}), UpdateOne({"n": 1}, {"$set": {"m": 1}})])
    scenes.update_many({}, {"$inc": {"n": 1}})
    scenes.find_one_and_update({"n": 1}, {"$set": {"m": 2}})
    scenes.find_one_and_delete({"n": 2})
    scenes.replace_one({"n": 3}, {"n": 3})
    list(scenes.find({}, batch_size=3))
    list(scenes.aggregate([{"$match": {}}], batchSize=4))
    scenes.count_documents({})
    scenes.estimated_document_count()
    scenes.distinct("n")
    scenes.create_index("n")
    list(scenes.list_indexes())
    scenes.database.list_collection_names()
    scenes.database.command("ping")
    with client.start_session() as session:
        session.with_transaction(lambda inner: scenes.insert_one({}, session=inner))
        session.start_transaction()
        scenes.insert_one({}, session=session)
        scenes.find_one({}, session=session)
        session.abort_transaction()
    scenes.delete_many({})
    scenes.drop()


def test_what_is_counted_is_what_the_driver_tells_its_listeners(
    scenes: Collection[dict[str, Any]], commands: CommandCounter
) -> None:
    commands.names.clear()
    with counted() as tally:
        everything(scenes)

    # The fixture does not hear pings; the insert and the update of a bulk are one round of ours.
    assert tally.commands == len(commands.names) + 1 - 1


def test_threads_do_not_count_each_others(scenes):
    def work(number: int) -> int:
        with counted() as tally:
            for _ in range(number):
                scenes.find_one({"_id": number})
        return tally.commands

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(12))) == list(range(12))
