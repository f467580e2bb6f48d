"""Can a MongoDB that somebody else runs serve us? And how is its address shown without its password?"""

from __future__ import annotations

from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError
from pymongo.uri_parser import parse_uri

from storycore.embedded.errors import ServerFailed

_TIMEOUT_MS = 5_000


def require_replica_set(uri: str) -> str:
    """The version of the server at `uri`, which must be a replica set or a cluster: writes use transactions.

    Raises ServerFailed, without the password of the address.
    """
    shown = shown_address(uri)
    try:
        with _client(uri) as client:
            hello = client.admin.command("hello")
            version = str(client.server_info()["version"])
    except PyMongoError as error:
        raise ServerFailed(
            f"MongoDB at {shown} (MONGODB_URI) does not answer: {type(error).__name__}"
        ) from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise ServerFailed(
            f"MongoDB at {shown} (MONGODB_URI) is no replica set, and transactions need one: "
            "start it with --replSet rs0 and run rs.initiate()"
        )
    return version


def shown_address(uri: str) -> str:
    """The hosts of an address, without user, password and options."""
    try:
        nodes: list[Any] = parse_uri(uri, validate=False, warn=False, connect_timeout=1)["nodelist"]
    except (InvalidURI, ConfigurationError):
        return "an address that cannot be read"
    return ",".join(f"{host}:{port}" for host, port in nodes)


def _client(uri: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(uri, serverSelectionTimeoutMS=_TIMEOUT_MS, connectTimeoutMS=_TIMEOUT_MS)
