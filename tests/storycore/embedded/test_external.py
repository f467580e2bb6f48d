"""Somebody else's MongoDB is taken only as a replica set, and its password is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from storycore.embedded.child import start_child
from storycore.embedded.errors import ServerFailed
from storycore.embedded.external import require_replica_set, shown_address
from storycore.embedded.finding import find_mongod
from storycore.embedded.mongod import start_mongod
from storycore.embedded.ports import free_port, is_free


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("mongodb://user:s3cret@db.example:27018/story?replicaSet=rs0", "db.example:27018"),
        ("mongodb://one:1,two:2/?authSource=admin", "one:1,two:2"),
        ("mongodb://127.0.0.1", "127.0.0.1:27017"),
        ("postgres://user:s3cret@db", "an address that cannot be read"),
        ("mongodb://user:s3:cret@@db", "an address that cannot be read"),
    ],
)
def test_shows_hosts_only(uri: str, shown: str) -> None:
    assert shown_address(uri) == shown


def test_takes_a_replica_set(tmp_path: Path) -> None:
    server = start_mongod(tmp_path, free_port())
    try:
        assert require_replica_set(server.uri) == server.source.version
    finally:
        server.stop()


def test_refuses_a_single_server(tmp_path: Path) -> None:
    port = free_port()
    command = [
        find_mongod().program,
        "--dbpath",
        str(tmp_path),
        "--port",
        str(port),
        "--nounixsocket",
    ]
    single = start_child("mongodb", command, tmp_path / "log")
    try:
        single.wait_until(lambda: not is_free(port), 30)
        with pytest.raises(
            ServerFailed, match=rf"127\.0\.0\.1:{port} \(MONGODB_URI\) is no replica set"
        ):
            require_replica_set(f"mongodb://127.0.0.1:{port}/?directConnection=true")
    finally:
        single.stop(30)


def test_tells_of_one_that_does_not_answer_without_its_password() -> None:
    port = free_port()

    with pytest.raises(ServerFailed) as failed:
        require_replica_set(f"mongodb://user:s3cret@127.0.0.1:{port}/?serverSelectionTimeoutMS=200")

    assert failed.value.message.startswith(
        f"MongoDB at 127.0.0.1:{port} (MONGODB_URI) does not answer: "
    )
    assert "s3cret" not in failed.value.message
