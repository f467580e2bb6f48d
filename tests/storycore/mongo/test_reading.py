"""Rows come whole in one command; more than one answer holds, or a lost server, is the driver's own way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId
from django.conf import settings
from pymongo.errors import PyMongoError

from assets.documents import Asset
from storycore.mongo.budget import remaining_seconds, time_budget
from storycore.mongo.connection import client, configure, database, forget_connection
from storycore.mongo.documents import valid_new
from storycore.mongo.reading import aggregated, count_where, find_in, find_one, find_where
from tests.conftest import CommandCounter

NEWEST = (("name", -1),)


def assets(count: int, **more: Any) -> list[ObjectId]:
    rows = [
        valid_new(Asset, {"type": "image", "name": f"{number:03}", "uploaded_by": "1"}) | more
        for number in range(count)
    ]
    database()["assets"].insert_many(rows)
    return [row["_id"] for row in rows]


def test_a_page_is_sorted_skipped_limited_and_projected(
    content: None, commands: CommandCounter
) -> None:
    keys = assets(300)
    commands.names.clear()

    page = find_where(Asset, {}, ("name",), sort=NEWEST, limit=250, offset=2)
    whole = find_where(Asset, {"name": "007"}, None, sort=(), limit=None)

    assert commands.names == ["find", "find"]
    assert [row["name"] for row in page] == [f"{number:03}" for number in range(297, 47, -1)]
    assert page[0].keys() == {"_id", "name"}
    assert whole[0]["_id"] == keys[7]
    assert whole[0]["created_at"].tzinfo is not None
    assert find_where(Asset, {}, None, sort=(), limit=0) == []


def test_one_and_many_and_their_sums(content: None) -> None:
    keys = assets(3)

    assert find_one(Asset, {"_id": keys[1]}, ("name",)) == {"_id": keys[1], "name": "001"}
    assert find_one(Asset, {"_id": ObjectId()}, None) is None
    found = find_in(Asset, "_id", keys[:2], ("name",), where={"name": "001"})
    assert found == [{"_id": keys[1], "name": "001"}]
    assert aggregated(Asset, [{"$count": "n"}]) == [{"n": 3}]
    assert count_where(Asset, {"name": {"$gt": "000"}}) == 2


def test_more_than_one_answer_holds_comes_whole_and_leaves_no_cursor(
    content: None, commands: CommandCounter
) -> None:
    keys = assets(3, origin="x" * 6_000_000)
    commands.names.clear()

    found = find_in(Asset, "_id", keys, None, sort=(("name", 1),))
    added = aggregated(Asset, [{"$sort": {"name": 1}}])

    assert [row["_id"] for row in found] == [row["_id"] for row in added] == keys
    assert commands.names == [
        *("find", "killCursors", "find", "getMore"),
        *("aggregate", "killCursors", "aggregate", "getMore"),
    ]
    mine = {"type": "idleCursor", "ns": f"{settings.MONGODB_NAME}.assets"}
    left = client().admin.aggregate([{"$currentOp": {"idleCursors": True}}, {"$match": mine}])
    assert list(left) == []


class Wire:
    """A way to MongoDB that can be cut, or that carries nothing any more."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ends: list[socket.socket] = []
        self.is_silent = False
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.port))
            self.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while piece := one.recv(65_536):
                if not self.is_silent:
                    other.sendall(piece)
        except OSError:
            pass

    def cut(self) -> None:
        ends, self.ends = self.ends, []
        for end in ends:
            end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def wire(content: None) -> Iterator[Wire]:
    made = Wire(settings.MONGODB_PORT)
    address = f"mongodb://127.0.0.1:{made.server.getsockname()[1]}/?directConnection=true"
    forget_connection()
    configure(address, settings.MONGODB_NAME)
    yield made
    made.server.close()
    forget_connection()
    configure(settings.MONGODB_URI, settings.MONGODB_NAME)


def test_a_lost_connection_is_no_lost_answer(wire: Wire) -> None:
    keys = assets(2)
    wire.cut()

    assert len(find_in(Asset, "_id", keys, ("name",))) == 2
    wire.cut()
    assert aggregated(Asset, [{"$count": "n"}]) == [{"n": 2}]


@pytest.mark.slow
def test_a_server_that_says_nothing_more_is_waited_for_as_long_as_the_budget(wire: Wire) -> None:
    """The socket knows no budget: the missing heartbeat ends the wait."""
    keys = assets(2)
    wire.is_silent = True
    began = time.monotonic()

    with time_budget(8), pytest.raises(PyMongoError):
        find_in(Asset, "_id", keys, ("name",))

    assert time.monotonic() - began < 13


# A tenth of a second or so for each document.
_SUM = {"input": {"$range": [0, 200_000]}, "initialValue": 0, "in": {"$add": ["$$value", 1]}}
SLOW = {"$expr": {"$gt": [{"$reduce": _SUM}, 0]}}


def test_the_server_ends_what_the_budget_does_not_allow(content: None) -> None:
    assets(40)

    with time_budget(0.2):
        for read in (
            lambda: find_where(Asset, SLOW, ("name",), sort=(), limit=None),
            lambda: aggregated(Asset, [{"$match": SLOW}]),
            lambda: count_where(Asset, SLOW),
        ):
            with pytest.raises(PyMongoError) as stopped:
                read()
            assert stopped.value.timeout
        assert remaining_seconds() == 0.001
    assert remaining_seconds() is None
    with time_budget(5):
        assert count_where(Asset, {}) == 40
