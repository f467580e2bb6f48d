"""How do operations run over server-sent events? The distinct-connections mode of GraphQL over SSE.

One request, one operation: `next` events with its answers, `complete` when it is over. Cookies count for
nothing here; the token comes in the Authorization header.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Iterable
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest

from storycore.errors import RateLimited, Unauthenticated
from storycore.graphql.body import Parameters, from_body, from_url
from storycore.graphql.errors import Refusal, malformed, problem
from storycore.graphql.live import ENDED, LiveEdge, caller_of, token_in
from storycore.mongo.fanout import ChangesLost, SlowReader
from storycore.requests import HEADER
from storycore.serving import ClientGone, Receive, Scope, Send, whole_body

logger = logging.getLogger("storycore.graphql.live")

MEDIA_TYPE = "text/event-stream"
_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"

Header = tuple[bytes, bytes]


async def serve_stream(edge: LiveEdge, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request for a stream; returns when its client is gone or everything is told."""
    stream = Stream(edge, scope, send)
    try:
        async with asyncio.timeout(settings.REQUEST_MAX_SECONDS):
            body = await whole_body(scope, receive, settings.GRAPHQL_MAX_BODY_BYTES)
    except (ClientGone, TimeoutError):
        return
    if body is None:
        await stream.refuse(
            malformed("The request has too many bytes.", reason="BODY_TOO_LARGE", status=413)
        )
        return
    with body:
        await stream.serve(body, receive)


class Stream:
    """One request on its way to its last event."""

    def __init__(self, edge: LiveEdge, scope: Scope, send: Send) -> None:
        self._edge = edge
        self._scope = scope
        self._send = send
        self._ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._caller = caller_of(scope, self._end)

    async def serve(self, body: IO[bytes], receive: Receive) -> None:
        """Send the answers as events until the operation, the token or the client is at its end."""
        try:
            parameters = await self._admitted(body)
            with (
                self._edge.connected(self._caller, "events"),
                self._edge.counted_for(self._caller),
            ):
                await self._stream(parameters, receive)
        except RateLimited as limited:
            entry = problem(limited.message, limited.code, retryAfter=limited.retry_after)
            await self.refuse(Refusal([entry], status=429, plain_status=429))
        except Refusal as refusal:
            await self.refuse(refusal)

    def _end(self, why: str) -> None:
        if not self._ending.done():
            self._ending.set_result(why)

    async def _admitted(self, body: IO[bytes]) -> Parameters:
        """What is asked; the caller is known afterwards. Raises Refusal."""
        request = ASGIRequest(dict(self._scope), body)
        if request.method not in {"GET", "POST"}:
            raise malformed(
                "Send GET or POST.",
                reason="METHOD_NOT_ALLOWED",
                status=405,
                headers={"Allow": "GET, POST"},
            )
        if not request.accepts(MEDIA_TYPE):
            raise malformed(f"Answers come as {MEDIA_TYPE}.", reason="NOT_ACCEPTABLE", status=406)
        if request.method == "POST" and request.content_type != "application/json":
            raise malformed(
                "Send application/json.",
                reason="UNSUPPORTED_MEDIA_TYPE",
                status=415,
                headers={"Accept-Post": "application/json"},
            )
        received = from_url(request) if request.method == "GET" else from_body(request)
        if received.is_batch:
            raise malformed("A stream carries one operation.", reason="BATCHING_OFF")
        self._caller.token = token_in({"authorization": request.META.get("HTTP_AUTHORIZATION", "")})
        if self._caller.token:
            await self._recheck()
        return received.requests[0]

    async def _recheck(self) -> None:
        try:
            self._caller.login = await self._edge.run(self._edge.authenticate, self._caller.token)
        except Unauthenticated as stale:
            entry = problem("The token is not valid.", stale.code)
            raise Refusal([entry], status=401, plain_status=401) from None

    async def _stream(self, parameters: Parameters, receive: Receive) -> None:
        events = self._events(parameters)
        first = await anext(events)
        await self._start(200, MEDIA_TYPE, _STREAM_HEADERS)
        work = asyncio.create_task(self._tell(first, events))
        gone = asyncio.create_task(_gone(receive))
        tasks: set[asyncio.Future[Any]] = {work, gone, self._ending}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, gone):
                task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)
        if self._ending.done():
            ENDED.labels(self._ending.result()).inc()
        if not gone.done() or gone.cancelled():
            with contextlib.suppress(TimeoutError, OSError, RuntimeError):
                async with asyncio.timeout(settings.LIVE_FAREWELL_SECONDS):
                    await self._send({"type": "http.response.body", "body": b""})

    async def _tell(self, first: bytes, events: AsyncGenerator[bytes, None]) -> None:
        """Write event after event; what ends without `complete` is begun anew by its client."""
        try:
            await self._write(first)
            async with contextlib.aclosing(self._with_heartbeats(events)) as pieces:
                async for piece in pieces:
                    await self._write(piece)
        except SlowReader:
            self._end("slow")
        except ChangesLost:
            self._end("lost")
        except (OSError, RuntimeError) as error:
            # How servers say that the client is gone.
            logger.debug("A stream's client is gone: %s", error)
        except Exception:
            logger.exception("A stream failed", extra={"request_id": self._caller.request_id})
            self._end("failed")

    async def _with_heartbeats(
        self, events: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """The events, with a comment when there was none for a while; ends when the token does."""
        async with contextlib.aclosing(events):
            while True:
                coming = asyncio.ensure_future(anext(events, None))
                try:
                    while not (await asyncio.wait({coming}, timeout=self._pause()))[0]:
                        if not await self._may_stay():
                            return
                        yield _COMMENT
                    piece = coming.result()
                finally:
                    coming.cancel()
                    await asyncio.gather(coming, return_exceptions=True)
                if piece is None:
                    return
                yield piece

    async def _events(self, parameters: Parameters) -> AsyncGenerator[bytes, None]:
        """The bytes of the stream; the first are a comment. Raises Refusal before anything else."""
        only_queries = self._scope["method"] == "GET"
        try:
            operation = await self._edge.prepared(
                parameters, self._caller, only_queries=only_queries
            )
            # Some browsers show no answer before its first byte.
            yield _COMMENT
            async with contextlib.aclosing(self._edge.answers(operation, self._caller)) as answers:
                async for body in answers:
                    yield _next(body)
        except Refusal as refusal:
            if refusal.plain_status != 200:
                raise
            # A client reads GraphQL errors from the stream; of another status it sees the number only.
            yield _next(orjson.dumps({"errors": refusal.problems}))
        yield _COMPLETE

    def _pause(self) -> float:
        expires_at = self._caller.login.expires_at
        left = settings.LIVE_HEARTBEAT_SECONDS
        return left if expires_at is None else max(0.0, min(left, expires_at - time.time()))

    async def _may_stay(self) -> bool:
        """Whether the token is still good; a user who was switched off is not told more."""
        if not self._caller.token:
            return True
        try:
            await self._recheck()
        except Refusal:
            self._end("expired")
            return False
        return True

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a status and the errors as JSON."""
        headers = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
        await self._start(refusal.status, "application/json; charset=utf-8", headers)
        content = orjson.dumps({"errors": refusal.problems})
        await self._send({"type": "http.response.body", "body": content})

    async def _start(self, status: int, media_type: str, headers: Iterable[Header]) -> None:
        sent = [
            (b"content-type", media_type.encode()),
            (b"cache-control", b"no-store, no-transform"),
            (b"x-content-type-options", b"nosniff"),
            (HEADER.lower().encode(), self._caller.request_id.encode()),
            *_cors(self._scope),
            *headers,
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": sent})

    async def _write(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})


# nginx would gather the events into larger pieces.
_STREAM_HEADERS: tuple[Header, ...] = ((b"x-accel-buffering", b"no"),)


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _cors(scope: Scope) -> list[Header]:
    """What lets a page of an allowed origin read the answer; Django answers the preflight request itself."""
    origin = next((value for name, value in scope["headers"] if name == b"origin"), b"")
    headers: list[Header] = [(b"vary", b"Origin, Authorization")]
    if origin.decode("latin-1") in settings.CORS_ALLOWED_ORIGINS:
        headers.append((b"access-control-allow-origin", origin))
        headers.append((b"access-control-expose-headers", b"x-request-id"))
    return headers
