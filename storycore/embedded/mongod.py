"""How is a real mongod run as a one-node replica set on this machine?

A replica set of one, because transactions and change streams need one. Killed at any moment it comes back
with every acknowledged write; moved to another port it renames itself, or it would never become primary.
"""

from __future__ import annotations

import socket
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from storycore.embedded.child import Child, start_child
from storycore.embedded.finding import MongodSource, container_name, find_mongod
from storycore.embedded.ports import require_free

HOST = "127.0.0.1"
START_SECONDS = 60.0
# A clean end writes a checkpoint; after a long burst on a slow disk that takes its time.
STOP_SECONDS = 60.0
_NOT_YET_INITIALIZED = 94
# mongod tells the whole of its life at this level; what explains a death has a higher one.
_INFORMATION = '"s":"I"'


@dataclass(frozen=True)
class Mongod:
    """A started server; `source` says which MongoDB it is."""

    child: Child
    port: int
    source: MongodSource

    @property
    def uri(self) -> str:
        """Its address for every client of this machine."""
        return f"mongodb://{HOST}:{self.port}/?directConnection=true"

    @property
    def pid(self) -> int:
        return self.child.pid

    @property
    def ready(self) -> bool:
        """Whether it takes writes now."""
        try:
            with _client(self.port) as client:
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False

    def wait_ready(self, timeout_seconds: float = START_SECONDS) -> None:
        """Make it the primary of its replica set and wait until it is.

        Raises ServerFailed with its last lines.
        """
        self.child.wait_until(lambda: _listens(self.port), timeout_seconds)
        with _client(self.port) as client:
            try:
                address = f"{HOST}:{self.port}"
                self.child.wait_until(lambda: _has_member(client, address), timeout_seconds)
                self.child.wait_until(lambda: _is_primary(client), timeout_seconds)
            except PyMongoError as error:
                raise self.child.failure(
                    f"{self.child.name} refused its replica set: {error}"
                ) from error

    def stop(self) -> bool:
        """End it cleanly; True when it did, False when it had to be killed."""
        return self.child.stop(STOP_SECONDS)


def start_mongod(data_dir: Path, port: int) -> Mongod:
    """Start a server on `data_dir` and wait until it takes writes; the folder is made when absent.

    Raises MongodMissing, PortTaken, ServerFailed.
    """
    server = launch_mongod(data_dir, port)
    try:
        server.wait_ready()
    except BaseException:
        server.child.kill()
        raise
    return server


def launch_mongod(
    data_dir: Path, port: int, *, log: Path | None = None, env: dict[str, str] | None = None
) -> Mongod:
    """Start a server and return at once; `wait_ready` comes next. `log` is `<data_dir>/mongod.log` by default.

    Raises MongodMissing, PortTaken.
    """
    require_free(port)
    source = find_mongod()
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    if source.kind == "docker":
        _remove_container(source.program, container_name(data_dir))
    command = source.command(data_dir, port)
    child = start_child("mongodb", command, log or data_dir / "mongod.log", env)
    return Mongod(child=replace(child, noise=_INFORMATION), port=port, source=source)


def _client(port: int) -> MongoClient[dict[str, Any]]:
    return MongoClient(
        f"mongodb://{HOST}:{port}/?directConnection=true&readPreference=secondaryPreferred",
        serverSelectionTimeoutMS=2_000,
        socketTimeoutMS=10_000,
    )


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _is_primary(client: MongoClient[dict[str, Any]]) -> bool:
    return bool(client.admin.command("hello")["isWritablePrimary"])


def _has_member(client: MongoClient[dict[str, Any]], address: str) -> bool:
    """Found the replica set, or rename its only member when the port has changed since.

    False while the server still looks for itself at its old address: it takes no other name before.
    """
    config = client["local"]["system.replset"].find_one()
    if config is None:
        fresh = {
            "_id": "rs0",
            "members": [{"_id": 0, "host": address}],
            "settings": {"electionTimeoutMillis": 1_000},
        }
        client.admin.command("replSetInitiate", fresh)
    elif config["members"][0]["host"] != address:
        config["members"][0]["host"] = address
        config["version"] += 1
        try:
            client.admin.command("replSetReconfig", config, force=True)
        except OperationFailure as error:
            if error.code != _NOT_YET_INITIALIZED:
                raise
            return False
    return True


def _remove_container(program: str, name: str) -> None:
    subprocess.run([program, "rm", "--force", name], capture_output=True, check=False)  # noqa: S603 - our own container
