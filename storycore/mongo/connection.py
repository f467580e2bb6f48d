"""Where is MongoDB? One lazy client a process, shared by MongoEngine and by our plain reads."""

from __future__ import annotations

import threading
from typing import Any

import mongoengine
from mongoengine import Document
from mongoengine.base.common import _document_registry
from mongoengine.connection import get_connection, get_db
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storycore.mongo.commands import CountingClient

# An acknowledged write survives the death of every process and a fail-over.
DURABLE = WriteConcern(w="majority", j=True)
SNAPSHOT = ReadConcern("snapshot")

# Threads that come first together must not make a client each: a session of one is no session to the other.
_making = threading.Lock()


def configure(uri: str, name: str) -> None:
    """Register the content database; nothing connects before the first use, so a fork stays safe.

    `uri` may carry a user and a password; they never reach a log.
    """
    mongoengine.register_connection(
        "default",
        name=name,
        host=uri,
        tz_aware=True,
        uuidRepresentation="standard",
        appname="storycore",
        # A server that says nothing more is noticed by its missing heartbeat after both times together, and
        # whoever waits for it is told (see storycore.mongo.budget).
        heartbeatFrequencyMS=5_000,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
        w="majority",
        journal=True,
        retryWrites=True,
        mongo_client_class=CountingClient,
    )


def client() -> MongoClient[dict[str, Any]]:
    """The process's client; made on first use."""
    found: MongoClient[dict[str, Any]] | None = mongoengine.connection._connections.get("default")  # noqa: SLF001 - the public way makes one for each thread that comes first
    if found is None:
        with _making:
            found = get_connection()
    return found


def database() -> Database[dict[str, Any]]:
    """The content database."""
    found: Database[dict[str, Any]] | None = mongoengine.connection._dbs.get("default")  # noqa: SLF001 - as above
    if found is None:
        client()
        found = get_db()
    return found


def collection(name: str) -> Collection[dict[str, Any]]:
    """A collection of the content database; the driver's object is made once, not for every command."""
    found = _collections.get(name)
    if found is None:
        found = _collections[name] = database()[name]
    return found


_collections: dict[str, Collection[dict[str, Any]]] = {}


def forget_connection(*, forked: bool = False) -> None:
    """Let the client go; the next use opens a new one.

    A forked process calls this first with `forked`: the sockets are its parent's, so it does not close them.
    """
    # disconnect() would also drop the registration.
    gone = mongoengine.connection._connections.pop("default", None)  # noqa: SLF001 - no public way keeps it
    mongoengine.connection._dbs.pop("default", None)  # noqa: SLF001 - as above
    _collections.clear()
    for document in _document_registry.values():
        if issubclass(document, Document):
            # Each class keeps the collection of the client that it used last.
            document._disconnect()  # noqa: SLF001 - what disconnect() does
    if gone is not None and not forked:
        gone.close()
