"""A real server is started, moved, killed and stopped; what it acknowledged stays."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from storycore.embedded.errors import ServerFailed
from storycore.embedded.mongod import start_mongod
from storycore.embedded.ports import free_port, is_free


def insert(uri: str, key: int) -> None:
    with MongoClient(uri) as client, client.start_session() as session:
        session.with_transaction(
            lambda one: client.story.scenes.insert_one({"_id": key}, session=one)
        )


def stored(uri: str) -> list[int]:
    with MongoClient(uri) as client:
        return [row["_id"] for row in client.story.scenes.find(sort=[("_id", 1)])]


def test_survives_an_ordered_stop_a_kill_and_another_port(tmp_path: Path) -> None:
    server = start_mongod(tmp_path / "mongodb", free_port())
    insert(server.uri, 1)

    assert server.ready
    assert server.stop()
    assert not server.ready
    assert server.child.exit_code == 0

    moved = start_mongod(tmp_path / "mongodb", free_port())
    assert moved.port != server.port
    insert(moved.uri, 2)
    os.kill(moved.pid, signal.SIGKILL)
    moved.child.process.wait(10)

    again = start_mongod(tmp_path / "mongodb", moved.port)
    try:
        assert stored(again.uri) == [1, 2]
        insert(again.uri, 3)
        assert stored(again.uri) == [1, 2, 3]
    finally:
        again.stop()


def test_keeps_a_small_folder_and_runs_no_javascript(tmp_path: Path) -> None:
    server = start_mongod(tmp_path / "mongodb", free_port())
    try:
        insert(server.uri, 1)
        with MongoClient(server.uri) as client, pytest.raises(OperationFailure) as refused:
            client.story.scenes.find_one({"$where": "true"})
        size_bytes = sum(
            path.stat().st_size for path in (tmp_path / "mongodb").rglob("*") if path.is_file()
        )
    finally:
        server.stop()

    assert "no globalScriptEngine" in str(refused.value)
    assert size_bytes < 40_000_000


def test_streams_changes(tmp_path: Path) -> None:
    server = start_mongod(tmp_path / "mongodb", free_port())
    try:
        with MongoClient(server.uri) as client, client.story.scenes.watch() as stream:
            insert(server.uri, 7)
            assert stream.next()["documentKey"] == {"_id": 7}
    finally:
        server.stop()


def test_names_its_last_lines_when_it_cannot_start(tmp_path: Path) -> None:
    port = free_port()
    server = start_mongod(tmp_path / "mongodb", port)
    try:
        with pytest.raises(ServerFailed) as failed:
            start_mongod(tmp_path / "mongodb", free_port())
    finally:
        server.stop()

    assert failed.value.message.startswith("mongodb ended with status ")
    assert "DBPathInUse" in failed.value.message
    assert is_free(port)
