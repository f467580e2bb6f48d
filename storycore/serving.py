"""How does an ASGI server run synchronous Django? In a fixed number of threads, one hop a request.

Django's own ASGI handler makes a thread for each request and crosses between thread and loop at every
middleware that knows only one side. Here the whole chain runs in one thread of a small pool, and the loop
keeps what it is good at: slow clients, who hold a socket and no thread.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextvars import copy_context
from io import BytesIO
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import HttpResponse, HttpResponseBase
from django.urls import set_script_prefix

from storycore.patience import Patience
from storycore.replaying import Key, Replay, Replays, named
from storycore.requests import HEADER
from storycore.shortcuts import ActorOf, Headers, Said, Shape, Shortcut, Shortcuts, shape_of
from storycore.waiting import open_room

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# A body up to this size stays in memory; a larger one waits on disk until it is whole.
SPOOL_BYTES = 1 << 20
_GARBAGE_THRESHOLD = 20_000


class ClientGone(Exception):
    """The client hung up before its request was whole."""


class ThreadedDjango(BaseHandler):
    """The ASGI application.

    `threads` requests are worked on at once, and `aside` more may wait for something meanwhile (see
    storycore.waiting). `body_bytes` caps what a client may send, `body_seconds` how long it may take;
    `replay_bytes` is the room for responses that may be sent again (see storycore.replaying), `actor_of` reads
    the Authorization header where the middleware is not asked (see storycore.shortcuts).
    """

    def __init__(
        self,
        *,
        threads: int,
        body_bytes: int,
        body_seconds: float,
        actor_of: ActorOf,
        aside: int = 0,
        replay_bytes: int = 0,
    ) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self.body_bytes = body_bytes
        self._patience = Patience(body_seconds)
        self.actor_of = actor_of
        self._replays = Replays(replay_bytes)
        self.shortcuts = Shortcuts(settings.MIDDLEWARE)
        self._room = open_room(running=threads, aside=aside)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            body = await self._patience.awaited(whole_body(scope, receive, self.body_bytes))
        except ClientGone:
            return
        except TimeoutError:
            await _refuse(send, 408, "The request took too long to arrive.", "BODY_TOO_SLOW")
            return
        if body is None:
            await _refuse(send, 413, "The request is too large.", "BODY_TOO_LARGE")
            return
        with body:
            # A body that waits on disk is an upload, and no upload is like another.
            raw = body.getvalue() if isinstance(body, BytesIO) else None
            shape = shape_of(scope) if raw is not None else None
            if raw is None or shape is None:
                await self._answer(scope, body, send)
                return
            key = self._replays.key_of(shape, raw)
            if key is not None and await self._sent_again(key, scope, send):
                return
            if not await self._sent_shortly(scope, shape, raw, send, key):
                await self._answer(scope, body, send, shape, key)

    async def _answer(
        self,
        scope: Scope,
        body: IO[bytes],
        send: Send,
        shape: Shape | None = None,
        key: Key | None = None,
    ) -> None:
        response = await self._room.run(self._response, scope, body)
        if shape is not None:
            self.shortcuts.learn(shape, response)
        replay: Replay | None = getattr(response, "replay", None)
        headers = _headers_of(response)
        if key is not None and replay is not None and isinstance(response, HttpResponse):
            kept = Said(response.status_code, headers, response.content, replay)
            self._replays.keep(key, kept)
        await self._sent(response, headers, send)
        if response.streaming:
            await self._room.run(response.close)

    async def _sent_shortly(
        self, scope: Scope, shape: Shape, body: bytes, send: Send, key: Key | None
    ) -> bool:
        """Whether a shortcut led to the answer, and so it was sent."""
        shortcut = self.shortcuts.find(shape)
        if shortcut is None:
            return False
        said: Said | None = await self._room.run(self._said, shortcut, scope, shape, body)
        if said is None:
            return False
        if key is not None and said.replay is not None:
            self._replays.keep(key, said)
        await send({"type": "http.response.start", "status": said.status, "headers": said.headers})
        await send({"type": "http.response.body", "body": said.body})
        return True

    async def _sent_again(self, key: Key, scope: Scope, send: Send) -> bool:
        """Whether the response to the same request still held, and so was sent."""
        known = self._replays.find(key)
        if known is None:
            return False
        request_id = named(scope)
        if not await known.holds(request_id, self.run):
            self._replays.drop(key)
            return False
        headers = [*known.headers, (HEADER.encode(), request_id.encode())]
        await send({"type": "http.response.start", "status": known.status, "headers": headers})
        await send({"type": "http.response.body", "body": known.body})
        return True

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run blocking work that belongs to no HTTP request in one of the threads, in the caller's context."""
        return await self._room.run(copy_context().run, self._worked, work, arguments)

    def _worked(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        # What Django does at the begin and at the end of a request.
        close_old_connections()
        try:
            return work(*arguments)
        finally:
            close_old_connections()

    def _said(self, shortcut: Shortcut, scope: Scope, shape: Shape, body: bytes) -> Said | None:
        self._begin(scope)
        try:
            return shortcut.answer(scope, shape, body, self.actor_of)
        except Exception:  # noqa: BLE001 - the whole way knows what to say and to log
            return None

    def _response(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        self._begin(scope)
        response: HttpResponseBase = self.get_response(ASGIRequest(scope, body))
        if not response.streaming:
            # In this thread already: it gives its database connections back, and the loop needs no second hop.
            response.close()
        return response

    def _begin(self, scope: Scope) -> None:
        set_script_prefix(scope.get("root_path", "") or "/")
        # What Django does when a request begins; the answer's close() does the same at its end.
        close_old_connections()

    async def _sent(self, response: HttpResponseBase, headers: Headers, send: Send) -> None:
        start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
        await send(start)
        if not response.streaming:
            await send({"type": "http.response.body", "body": response.content})
            return
        pieces: Iterator[bytes] = iter(response)
        while piece := await self._room.run(next, pieces, b""):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _headers_of(response: HttpResponseBase) -> Headers:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()
    ]
    headers += [
        (b"Set-Cookie", cookie.output(header="").strip().encode())
        for cookie in response.cookies.values()
    ]
    return headers


async def whole_body(scope: Scope, receive: Receive, most_bytes: int) -> IO[bytes] | None:
    """The body as a file at its start; None when it is larger than it may be. Raises ClientGone."""
    declared = _declared_bytes(scope)
    if declared is not None and declared > most_bytes:
        return None
    file: IO[bytes] = BytesIO()
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            file.close()
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > most_bytes:
            file.close()
            return None
        if size > SPOOL_BYTES and isinstance(file, BytesIO):
            file = _on_disk(file)
        file.write(piece)
        # A server may say only with one more, empty message that all of it was there.
        if not message.get("more_body", False) or size == declared:
            file.seek(0)
            return file


def _declared_bytes(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


def _on_disk(begun: BytesIO) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the caller
    file.write(begun.getbuffer())
    return file


async def _refuse(send: Send, status: int, message: str, reason: str) -> None:
    """Answer before Django has seen the request, in words that GraphQL and REST clients both read."""
    code = {"code": "BAD_USER_INPUT", "reason": reason}
    body = orjson.dumps({"errors": [{"message": message, "extensions": code}], "detail": message})
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def settle_memory() -> None:
    """Tell the garbage collector that what is loaded now stays; call it once, when everything is.

    An answer of a whole story makes a thousand objects and drops them again. At the usual threshold the
    collector looked at them and ever again at the schema: a tenth of the processor time of such answers, and
    now and then a pause of 100 ms for whoever was being told of an edit.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_THRESHOLD, 20, 20)


def before_stop(farewell: Callable[[], Awaitable[None]]) -> None:
    """Have `farewell` awaited before the server of this loop begins to stop.

    granian drops its sockets at the very signal, without a closing frame and before any lifespan event. So the
    signal waits: its handler is put behind the farewell. A server that keeps no handler in the loop (uvicorn)
    closes its sockets itself and is left alone.
    """
    loop = asyncio.get_running_loop()
    handlers = getattr(loop, "_signal_handlers", {})
    for number in (signal.SIGTERM, signal.SIGINT):
        then = handlers.get(number)
        if then is not None:
            loop.add_signal_handler(number, _stopping, loop, farewell, then)


_farewells: set[asyncio.Task[None]] = set()


def _stopping(
    loop: asyncio.AbstractEventLoop, farewell: Callable[[], Awaitable[None]], then: asyncio.Handle
) -> None:
    if _farewells:
        return

    async def stop() -> None:
        try:
            await farewell()
        finally:
            then._run()  # noqa: SLF001 - calls what the server has registered, as the loop would

    _farewells.add(loop.create_task(stop()))
