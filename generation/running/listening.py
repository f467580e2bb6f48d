"""What does a provider say by WebSocket while it works? Listened to for a moment, then let go again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from generation.providers.base import Call, Reply
from generation.providers.failures import Busy

OPEN_SECONDS = 2.0
CLOSE_SECONDS = 0.5
MESSAGES_MAX = 500
_LOOK_SECONDS = 0.5


def listen(call: Call, headers: Mapping[str, str], wanted: Callable[[], bool]) -> Reply:
    """The text messages of a WebSocket, one a line; `wanted` turning false ends it early.

    Raises Busy when the socket could not be opened, or said more than it may.
    """
    address = f"{call.url}?{urlencode(call.params)}" if call.params else call.url
    try:
        with connect(
            address,
            additional_headers=dict(headers),
            # None from the environment: the answers to a key stay between us and its host.
            proxy=None,
            compression=None,
            user_agent_header=None,
            open_timeout=min(OPEN_SECONDS, call.timeout_seconds),
            close_timeout=CLOSE_SECONDS,
            max_size=call.max_bytes,
        ) as socket:
            return Reply(200, {}, b"\n".join(_heard(socket, call, wanted)), call.url)
    except (OSError, TimeoutError, WebSocketException, InvalidURI) as problem:
        raise Busy("its WebSocket could not be listened to") from problem


def _heard(socket: ClientConnection, call: Call, wanted: Callable[[], bool]) -> list[bytes]:
    messages: list[bytes] = []
    size = 0
    end = time.monotonic() + call.listen_seconds
    while (left := end - time.monotonic()) > 0 and wanted() and len(messages) < MESSAGES_MAX:
        try:
            message = socket.recv(timeout=min(left, _LOOK_SECONDS))
        except TimeoutError:
            continue
        size += len(message)
        if size > call.max_bytes:
            break
        # What is not text is a preview of the picture.
        if isinstance(message, str):
            messages.append(message.replace("\n", " ").encode())
            if _type_of(message) in call.listen_until:
                break
    return messages


def _type_of(message: str) -> Any:
    try:
        parsed = json.loads(message)
    except (ValueError, RecursionError):
        return None
    kind = parsed.get("type") if isinstance(parsed, dict) else None
    return kind if isinstance(kind, str) else None
