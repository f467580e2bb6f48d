"""How do operations run over a WebSocket? The protocol graphql-transport-ws, as its specification says.

The first message carries the token; cookies count for nothing, so no page can use somebody else's session. What
a client does against the protocol closes the socket with the code of the specification; a document that is
refused ends only its operation, by an `error` message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from django.conf import settings

from storycore.errors import RateLimited, Unauthenticated
from storycore.graphql.body import parameters_of
from storycore.graphql.errors import Refusal, problem
from storycore.graphql.live import ENDED, LiveEdge, caller_of, token_in
from storycore.graphql.socket_protocol import PROTOCOL, Closed, Message, closed, read_message
from storycore.mongo.fanout import ChangesLost, SlowReader
from storycore.serving import Receive, Scope, Send

logger = logging.getLogger("storycore.graphql.live")


async def serve_socket(edge: LiveEdge, scope: Scope, receive: Receive, send: Send) -> None:
    """Hold one socket until it is closed by either side."""
    await receive()
    if PROTOCOL not in scope.get("subprotocols", ()):
        await send({"type": "websocket.accept"})
        await send(
            {"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"}
        )
        return
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
    await Socket(edge, scope, receive, send).serve()


class Socket:
    """One accepted socket: its messages, its operations and its clock."""

    def __init__(self, edge: LiveEdge, scope: Scope, receive: Receive, send: Send) -> None:
        self._edge = edge
        self._receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self._closing: asyncio.Future[Closed | None] = asyncio.get_running_loop().create_future()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._acknowledged = asyncio.Event()
        self._is_initialised = False
        self._heard_at = time.monotonic()
        self._caller = caller_of(scope, lambda why: self._end(closed(why)))
        self._place = contextlib.ExitStack()

    async def serve(self) -> None:
        """Read and answer messages until somebody closes; everything that was begun is ended then."""
        try:
            with self._edge.connected(self._caller, "websocket"), self._place:
                if self._edge.is_full:
                    # Also of those who have not yet said who they are.
                    self._end(closed("full"))
                self._begin(self._read)
                self._begin(self._watch)
                ending = await self._closing
                await self._stop()
                if ending is not None:
                    await self._farewell(ending)
        finally:
            # Only when the server itself gives this coroutine up.
            for task in self._tasks:
                task.cancel()

    def _end(self, ending: Closed | None) -> None:
        if not self._closing.done():
            self._closing.set_result(ending)

    def _begin(
        self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work, arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(
        self, work: Callable[..., Coroutine[Any, Any, None]], arguments: tuple[Any, ...]
    ) -> None:
        try:
            await work(*arguments)
        except Closed as ending:
            self._end(ending)
        except Exception:
            logger.exception("A socket failed", extra={"request_id": self._caller.request_id})
            self._end(closed("failed"))

    async def _stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _farewell(self, ending: Closed) -> None:
        """Send the code; a client that takes nothing any more does not keep us."""
        ENDED.labels(ending.why).inc()
        with contextlib.suppress(TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(settings.LIVE_FAREWELL_SECONDS):
                await self._send(
                    {"type": "websocket.close", "code": ending.code, "reason": ending.reason}
                )

    async def _read(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                self._end(None)
                return
            self._heard_at = time.monotonic()
            await self._answer(read_message(event))

    async def _answer(self, message: Message) -> None:
        if message.type == "ping":
            await self._say("pong", payload=message.payload)
        elif message.type == "connection_init":
            if self._is_initialised:
                raise closed("twice")
            self._is_initialised = True
            self._begin(self._initialise, message.payload or {})
        elif message.type == "subscribe":
            self._subscribe(message)
        elif message.type == "complete":
            task = self._operations.pop(message.id, None)
            if task is not None:
                task.cancel()

    async def _initialise(self, payload: dict[str, Any]) -> None:
        token = token_in(payload)
        if token:
            try:
                self._caller.login = await self._edge.run(self._edge.authenticate, token)
            except Unauthenticated:
                raise closed("forbidden") from None
            self._caller.token = token
        try:
            self._place.enter_context(self._edge.counted_for(self._caller))
        except RateLimited:
            raise closed("many") from None
        self._acknowledged.set()
        await self._say("connection_ack")

    def _subscribe(self, message: Message) -> None:
        if not self._acknowledged.is_set():
            raise closed("early")
        if message.id in self._operations:
            raise Closed("duplicate", 4409, f"Subscriber for {message.id} already exists")
        if len(self._operations) >= settings.LIVE_OPERATIONS_PER_SOCKET:
            self._begin(self._refuse, message.id, [_too_many()])
            return
        self._operations[message.id] = self._begin(self._operate, message)

    async def _operate(self, message: Message) -> None:
        """Run one operation to its end and say so."""
        try:
            parameters, id_ = parameters_of(message.payload), orjson.dumps(message.id)
            operation = await self._edge.prepared(parameters, self._caller)
            async with contextlib.aclosing(self._edge.answers(operation, self._caller)) as answers:
                async for body in answers:
                    await self._write(b'{"type":"next","id":%b,"payload":%b}' % (id_, body))
        except Refusal as refusal:
            self._forget(message.id)
            await self._refuse(message.id, refusal.problems)
        except SlowReader:
            raise closed("slow") from None
        except ChangesLost:
            raise closed("lost") from None
        else:
            # First forgotten, then told: the client may use the id again at once.
            self._forget(message.id)
            await self._say("complete", id=message.id)
        finally:
            self._forget(message.id)

    def _forget(self, id: str) -> None:
        """Free the id of the present task; a client that has completed it may use it anew already."""
        if self._operations.get(id) is asyncio.current_task():
            del self._operations[id]

    async def _refuse(self, id: str, problems: list[dict[str, Any]]) -> None:
        await self._say("error", id=id, payload=problems)

    async def _watch(self) -> None:
        """The clock of the socket: initialisation, the end of the token, signs of life."""
        try:
            async with asyncio.timeout(settings.LIVE_INIT_SECONDS):
                await self._acknowledged.wait()
        except TimeoutError:
            raise closed("init_timeout") from None
        heartbeat = settings.LIVE_HEARTBEAT_SECONDS
        while True:
            expires_at = self._caller.login.expires_at
            left = heartbeat if expires_at is None else expires_at - time.time()
            # Sockets that were opened together would otherwise all ask for their users together, for ever.
            pause = heartbeat * random.uniform(0.8, 1.0)  # noqa: S311 - no secret
            await asyncio.sleep(max(0.0, min(pause, left)))
            if expires_at is not None and time.time() >= expires_at:
                raise closed("expired")
            if time.monotonic() - self._heard_at > 2.5 * heartbeat:
                raise closed("silent")
            await self._recheck()
            await self._say("ping")

    async def _recheck(self) -> None:
        """A user who was switched off or lost a role does not keep a socket that says otherwise."""
        if not self._caller.token:
            return
        try:
            self._caller.login = await self._edge.run(self._edge.authenticate, self._caller.token)
        except Unauthenticated:
            raise closed("forbidden") from None

    async def _say(self, type: str, *, id: str = "", payload: Any = None) -> None:
        message: dict[str, Any] = {"type": type}
        if id:
            message["id"] = id
        if payload is not None:
            message["payload"] = payload
        await self._write(orjson.dumps(message))

    async def _write(self, message: bytes) -> None:
        async with self._sending:
            try:
                await self._send({"type": "websocket.send", "text": message.decode()})
            except (OSError, RuntimeError):
                # How servers say that the client is gone; there is nobody to tell of it.
                self._end(None)


def _too_many() -> dict[str, Any]:
    limit = settings.LIVE_OPERATIONS_PER_SOCKET
    return problem(
        f"A socket carries {limit} operations at once.",
        "RATE_LIMITED",
        reason="TOO_MANY_OPERATIONS",
        retryAfter=1,
    )
