"""What may a client say over graphql-transport-ws, and with which code does a socket end?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from storycore.graphql.body import parameters_of
from storycore.graphql.errors import Refusal
from storycore.graphql.strict_json import read_json

PROTOCOL = "graphql-transport-ws"
_TYPES = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})
# Names of operations are echoed with every message.
_ID_LENGTH_MAX = 200
# More than words: the official client tries again after 1001, 1012, 1013, 4403 and 4408, not after the others.
_ENDINGS: dict[str, tuple[int, str]] = {
    "slow": (1013, "Messages are not read fast enough"),
    "restart": (1012, "The server restarts"),
    "lost": (1012, "Changes were missed; read again"),
    "full": (1013, "The server has too many connections"),
    "silent": (1001, "No sign of life"),
    "expired": (4403, "The token has expired"),
    "forbidden": (4403, "Forbidden"),
    "init_timeout": (4408, "Connection initialisation timeout"),
    "twice": (4429, "Too many initialisation requests"),
    "many": (4429, "Too many connections"),
    "early": (4401, "Unauthorized"),
    "failed": (4500, "Internal server error"),
    "large": (1009, "The message is too large"),
}


class Closed(Exception):
    """The socket is to be closed."""

    def __init__(self, why: str, code: int, reason: str) -> None:
        super().__init__(reason)
        self.why = why
        self.code = code
        self.reason = reason


def closed(why: str) -> Closed:
    """The closing for one of the reasons that have a name."""
    code, reason = _ENDINGS[why]
    return Closed(why, code, reason)


def bad_request(reason: str) -> Closed:
    """The closing for a message that is against the protocol."""
    return Closed("bad_request", 4400, reason)


@dataclass(frozen=True, slots=True)
class Message:
    """A well-formed message of a client."""

    type: str
    id: str = ""
    payload: Any = None


def read_message(event: Any) -> Message:
    """The message in an ASGI event. Raises Closed."""
    text = event.get("text")
    if text is None:
        raise bad_request("Messages are texts")
    raw = text.encode("utf-8", "replace")
    if len(raw) > settings.LIVE_MAX_MESSAGE_BYTES:
        raise closed("large")
    try:
        found = read_json(raw, what="The message", max_depth=settings.GRAPHQL_MAX_JSON_DEPTH)
        if not isinstance(found, dict) or found.get("type") not in _TYPES:
            raise bad_request("Invalid message received")
        return _checked(found)
    except Refusal as refusal:
        raise bad_request(str(refusal)[:120]) from None


def _checked(found: dict[str, Any]) -> Message:
    """The message, its id and payload of the shape that its type asks for. Raises Closed, Refusal."""
    type_, id_, payload = found["type"], found.get("id", ""), found.get("payload")
    if type_ in {"subscribe", "complete"} and not (
        isinstance(id_, str) and 0 < len(id_) <= _ID_LENGTH_MAX
    ):
        raise bad_request("Invalid message received: id")
    if type_ != "complete" and payload is not None and not isinstance(payload, dict):
        raise bad_request("Invalid message received: payload")
    if type_ == "subscribe":
        # Shapes are checked here: a wrong one is a broken message, not a refused operation.
        given = parameters_of(payload or {})
        if given.query is None and "persistedQuery" not in given.extensions:
            raise bad_request("Invalid message received: query")
    return Message(type_, id_ if isinstance(id_, str) else "", payload)
