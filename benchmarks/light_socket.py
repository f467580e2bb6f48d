"""How does a benchmark hold hundreds of WebSockets without being the slow part? With no library in between.

A client of its own that reads frames straight out of the bytes: some ten microseconds a message, where the
usual library takes a hundred and the reading of 200 sockets would be most of what is measured.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any

import orjson

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_LENGTHS = {126: 2, 127: 8}


class LightSocket(asyncio.Protocol):
    """One graphql-transport-ws client; `heard` gets every message but pings, which are answered here."""

    def __init__(self, heard: Callable[[dict[str, Any]], None]) -> None:
        self._heard = heard
        self._buffer = b""
        self._is_open = False
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the protocol."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        host, port = transport.get_extra_info("peername")[:2]
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /graphql/ HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take the messages out of what has come."""
        self._buffer += data
        if not self._is_open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise SystemExit(f"The socket was refused: {head!r}")
            self._buffer, self._is_open = rest, True
            self.opened.set_result(None)
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame: its kind and payload. Servers mask nothing and cut short messages nowhere."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, at = buffer[1] & 0x7F, 2
        if more := _LENGTHS.get(length):
            at += more
            length = int.from_bytes(buffer[2:at], "big")
        if len(buffer) < at + length:
            return None
        self._buffer = buffer[at + length :]
        return buffer[0] & 0x0F, buffer[at : at + length]

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == _PING:
            self._write(_PONG, payload)
        elif kind == _CLOSE:
            raise SystemExit(f"The socket was closed: {payload!r}")
        elif kind == _TEXT:
            message = orjson.loads(payload)
            if message["type"] == "ping":
                self.say(type="pong")
            else:
                self._heard(message)

    def say(self, **message: Any) -> None:
        """Send one message."""
        self._write(_TEXT, orjson.dumps(message))

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x80 | kind]) + (
            bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big")
        )
        # The mask of a client may be any four bytes; zeros leave the payload as it is.
        assert self._transport is not None
        self._transport.write(head + bytes(4) + payload)


async def light_socket(
    port: int, token: str, heard: Callable[[dict[str, Any]], None]
) -> LightSocket:
    """A socket to 127.0.0.1 whose server has taken the token."""
    acknowledged = asyncio.get_running_loop().create_future()

    def first(message: dict[str, Any]) -> None:
        if message["type"] == "connection_ack":
            acknowledged.set_result(None)
        else:
            heard(message)

    _, socket = await asyncio.get_running_loop().create_connection(
        lambda: LightSocket(first), "127.0.0.1", port
    )
    await socket.opened
    socket.say(type="connection_init", payload={"token": token})
    await acknowledged
    return socket
