"""What the change stream tells, and how it goes on after a lost server, a lost place and a dropped database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from django.conf import settings
from pymongo import MongoClient

from storycore.embedded.mongod import Mongod, start_mongod
from storycore.embedded.ports import free_port
from storycore.errors import Unavailable
from storycore.mongo import changes as changes_module
from storycore.mongo.changes import Change, ChangeStream


@pytest.fixture
def own_mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A server that this test may kill."""
    server = start_mongod(tmp_path / "mongo", free_port())
    yield server
    server.stop()


class Told:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.bursts: list[list[Change]] = []
        self.gaps = 0
        self._ring = asyncio.Event()

    def __call__(self, changes: list[Change]) -> None:
        self.bursts.append(changes)
        self._ring.set()

    def gap(self) -> None:
        self.gaps += 1
        self._ring.set()

    async def changes(self, count: int, seconds: float = 15) -> list[Change]:
        async with asyncio.timeout(seconds):
            while len(found := [one for burst in self.bursts for one in burst]) < count:
                self._ring.clear()
                await self._ring.wait()
        return found


@asynccontextmanager
async def listening(
    uri: str, told: Told, **watched: tuple[str, ...]
) -> AsyncIterator[ChangeStream]:
    stream = ChangeStream(uri, settings.MONGODB_NAME, watched, on_gap=told.gap)
    await stream.listen(told)
    try:
        yield stream
    finally:
        await stream.close()


def a_client(mongod: Mongod) -> MongoClient[dict[str, Any]]:
    return MongoClient(mongod.uri)


async def test_each_kind_of_write_is_told_with_the_watched_fields_only(mongod: Mongod) -> None:
    told, key = Told(), ObjectId()
    with a_client(mongod) as client:
        things = client[settings.MONGODB_NAME]["things"]
        async with listening(mongod.uri, told, things=("owner", "size")):
            things.insert_one({"_id": key, "owner": "7", "size": 1, "text": "long"})
            things.update_one({"_id": key}, {"$set": {"size": 2, "deep": {"a": 1}}})
            things.update_one({"_id": key}, {"$set": {"deep.a": 2}, "$unset": {"text": ""}})
            things.replace_one({"_id": key}, {"owner": "8", "text": "other"})
            things.delete_one({"_id": key})
            client[settings.MONGODB_NAME]["others"].insert_one({"owner": "7"})
            found = await told.changes(5)
        client[settings.MONGODB_NAME]["others"].drop()

    assert [(one.kind, one.values, one.names) for one in found] == [
        ("created", {"owner": "7", "size": 1}, frozenset()),
        ("updated", {"size": 2}, frozenset({"size", "deep"})),
        ("updated", {}, frozenset({"deep", "text"})),
        ("updated", {"owner": "8"}, frozenset()),
        ("deleted", {}, frozenset()),
    ]
    assert {(one.collection, one.key, one.transaction) for one in found} == {("things", key, None)}
    assert all(one.at.tzinfo is not None for one in found)


async def test_the_writes_of_a_transaction_come_together(mongod: Mongod) -> None:
    told = Told()
    with a_client(mongod) as client, client.start_session() as session:
        things = client[settings.MONGODB_NAME]["things"]
        things.insert_one({"owner": "before"})
        async with listening(mongod.uri, told, things=("owner",)):
            with session.start_transaction():
                for number in range(300):
                    things.insert_one({"owner": str(number)}, session=session)
            found = await told.changes(300)
        things.drop()

    assert [one.values["owner"] for one in found] == [str(number) for number in range(300)]
    assert len({one.transaction for one in found}) == 1
    assert found[0].transaction is not None
    assert len(told.bursts) == 1


async def test_writes_of_the_time_without_a_server_are_told(own_mongod: Mongod) -> None:
    told = Told()
    folder = own_mongod.child.log.parent
    with a_client(own_mongod) as client:
        things = client[settings.MONGODB_NAME]["things"]
        async with listening(own_mongod.uri, told, things=("n",)):
            things.insert_one({"n": 1})
            await told.changes(1)
            own_mongod.child.kill()
            again = await asyncio.to_thread(start_mongod, folder, own_mongod.port)
            await asyncio.to_thread(things.insert_one, {"n": 2})
            found = await told.changes(2, 30)
    # Only now: a server waits for those who still read.
    again.stop()

    assert [one.values["n"] for one in found] == [1, 2]
    assert told.gaps == 0


async def test_a_lost_place_is_a_gap_and_not_a_silence(mongod: Mongod) -> None:
    told = Told()
    with a_client(mongod) as client:
        things = client[settings.MONGODB_NAME]["things"]
        stream = ChangeStream(
            mongod.uri, settings.MONGODB_NAME, {"things": ("n",)}, on_gap=told.gap
        )
        # A place that no server knows.
        stream._token = {"_data": "82" + "00" * 40}
        await stream.listen(told)
        things.insert_one({"n": 1})
        found = await told.changes(1)
        await stream.close()
        things.drop()

    assert (told.gaps, [one.values["n"] for one in found]) == (1, [1])


async def test_a_dropped_database_is_not_the_end(own_mongod: Mongod) -> None:
    told = Told()
    with a_client(own_mongod) as client:
        things = client[settings.MONGODB_NAME]["things"]
        async with listening(own_mongod.uri, told, things=("n",)):
            things.insert_one({"n": 1})
            await told.changes(1)
            client.drop_database(settings.MONGODB_NAME)
            things.insert_one({"n": 2})
            found = await told.changes(2)

    assert [one.values.get("n") for one in found] == [1, 2]


async def test_a_server_that_does_not_answer_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes_module, "OPEN_SECONDS", 0.3)
    told = Told()
    stream = ChangeStream(
        f"mongodb://127.0.0.1:{free_port()}/?directConnection=true",
        "x",
        {"things": ()},
        on_gap=told.gap,
    )
    with pytest.raises(Unavailable):
        await stream.listen(told)
    await stream.close()
