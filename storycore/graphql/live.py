"""Who may hold a live connection, and what does an operation answer over it, by WebSocket or by events?"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from django.conf import settings
from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    create_source_event_stream,
)
from prometheus_client import Counter as Total
from prometheus_client import Gauge

from storycore.access import NOBODY, Actor
from storycore.errors import RateLimited, StoryCoreError
from storycore.graphql.body import Parameters
from storycore.graphql.context import Context, Live
from storycore.graphql.errors import Refusal, presented
from storycore.graphql.metrics import Measurement, record
from storycore.graphql.operations import Operation, Operations
from storycore.graphql.subscriptions import sources_of
from storycore.graphql.telling import Teller, answered
from storycore.mongo.fanout import Fanout, Run
from storycore.requests import address_behind_proxies, request_id_from
from storycore.serving import Scope

CONNECTIONS = Gauge(
    "storycore_live_connections",
    "Open WebSockets and event streams.",
    ("transport",),
    multiprocess_mode="livesum",
)
ENDED = Total(
    "storycore_live_ended_total", "Live connections that we ended, by reason.", ("reason",)
)
TOLD = Total("storycore_live_events_total", "Events told to subscribers.")


@dataclass(frozen=True, slots=True)
class Login:
    """Whom a token speaks for, and until when (Unix seconds; None is for ever)."""

    actor: Actor = NOBODY
    expires_at: float | None = None


class Authenticate(Protocol):
    """Reads a token. Raises Unauthenticated. Blocks: it asks the database whether its user is active."""

    def __call__(self, token: str) -> Login: ...


@dataclass(eq=False)
class Caller:
    """One live connection: who is at its other end, and how it is told that it must go."""

    client: str
    request_id: str
    end: Callable[[str], None]
    login: Login = field(default_factory=Login)
    token: str = ""

    @property
    def key(self) -> str:
        """What its connections are counted by: its user, or its address."""
        user = self.login.actor.user_id
        return f"user {user}" if user is not None else f"address {self.client}"


class LiveEdge:
    """The live side of one schema in one web process; everything here happens in one event loop.

    `run` runs blocking work in a thread. `operations` are the ones of the HTTP edge: a document is parsed once,
    whatever way it comes by.
    """

    def __init__(self, operations: Operations, run: Run, authenticate: Authenticate) -> None:
        self.operations = operations
        self.run = run
        self.authenticate = authenticate
        self.callers: set[Caller] = set()
        self._is_empty = asyncio.Event()
        self._places: Counter[str] = Counter()
        self._fanout: Fanout | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def fanout(self) -> Fanout:
        """Who tells of changes; made by the first who asks."""
        if self._fanout is None:
            sources = sources_of(self.operations.schema)
            self._fanout = Fanout(settings.MONGODB_URI, settings.MONGODB_NAME, sources, self.run)
        return self._fanout

    def on_first(self, before_stop: Callable[[Callable[[], Awaitable[None]]], None]) -> None:
        """With the first connection of a loop, see to it that a stop of the server says farewell first."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._fanout = None
            before_stop(self.close)

    @contextmanager
    def connected(self, caller: Caller, transport: str) -> Iterator[None]:
        """Hold the connection's place as long as the block lasts."""
        self.callers.add(caller)
        self._is_empty.clear()
        gauge = CONNECTIONS.labels(transport)
        gauge.inc()
        try:
            yield
        finally:
            gauge.dec()
            self.callers.discard(caller)
            if not self.callers:
                self._is_empty.set()

    @property
    def is_full(self) -> bool:
        """Whether this process has more connections than it takes."""
        return len(self.callers) > settings.LIVE_CONNECTIONS_MAX

    @contextmanager
    def counted_for(self, caller: Caller) -> Iterator[None]:
        """Count the connection for its user. Raises RateLimited when they, or all, have too many already."""
        if self.is_full:
            raise RateLimited("The server has too many live connections.", retry_after=60)
        key = caller.key
        if self._places[key] >= settings.LIVE_CONNECTIONS_PER_USER:
            raise RateLimited("There are too many live connections of yours.", retry_after=60)
        self._places[key] += 1
        try:
            yield
        finally:
            self._places[key] -= 1
            if not self._places[key]:
                del self._places[key]

    async def close(self) -> None:
        """Send everybody away, as a server does that stops; returns when they are gone or time is up."""
        for caller in list(self.callers):
            caller.end("restart")
        if self.callers:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(settings.LIVE_FAREWELL_SECONDS):
                    await self._is_empty.wait()
        if self._fanout is not None:
            await self._fanout.close()

    async def prepared(
        self, parameters: Parameters, caller: Caller, *, only_queries: bool = False
    ) -> Operation:
        """The operation that a connection asks for. Raises Refusal."""

        def prepare() -> Operation:
            try:
                return self.operations.prepared(
                    parameters, caller.login.actor, only_queries=only_queries, is_live=True
                )
            except Refusal as refusal:
                record(Measurement(caller.request_id, problems=refusal.problems, is_refused=True))
                raise

        operation: Operation = await self.run(prepare)
        return operation

    async def answers(self, operation: Operation, caller: Caller) -> AsyncGenerator[bytes, None]:
        """The answers of an operation as JSON: one, or those of a subscription until it ends.

        Raises Refusal when it cannot begin or may not go on, SlowReader and ChangesLost.
        """
        if operation.kind != "subscription":
            yield await self.run(answered, operation, self._context(caller))
            return
        begun = await create_source_event_stream(
            operation.schema,
            operation.document.ast,
            context_value=self._context(caller),
            variable_values=operation.variables,
            operation_name=operation.name,
        )
        if isinstance(begun, ExecutionResult):
            raise Refusal(presented(begun.errors or [], caller.request_id))
        record(
            Measurement(
                caller.request_id, name=operation.name, kind="subscription", cost=operation.cost
            )
        )
        teller = Teller(operation, self.run)
        try:
            async with aclosing(cast("AsyncGenerator[Any, None]", begun)) as events:
                async for event in events:
                    yield await teller.told(event, caller.login.actor, caller.request_id)
                    TOLD.inc()
        except StoryCoreError as problem:
            raise Refusal(presented([_located(problem, operation)], caller.request_id)) from None

    def _context(self, caller: Caller) -> Context:
        return Context(
            actor=caller.login.actor,
            request_id=caller.request_id,
            client=caller.client,
            live=Live(self.fanout, lambda: caller.end("slow"), lambda: caller.login.actor),
        )


def _located(problem: StoryCoreError, operation: Operation) -> GraphQLError:
    """The error at the field that it ends, as the executor words it."""
    root: Any = operation.node.selection_set.selections[0]
    while not isinstance(root, FieldNode):
        is_spread = isinstance(root, FragmentSpreadNode)
        inner = operation.document.fragments[root.name.value] if is_spread else root
        root = inner.selection_set.selections[0]
    path = [(root.alias or root.name).value]
    return GraphQLError(problem.message, [root], path=path, original_error=problem)


def caller_of(scope: Scope, end: Callable[[str], None]) -> Caller:
    """The other end of an ASGI connection, named as an HTTP request would be."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    peer = (scope.get("client") or ("",))[0]
    return Caller(
        client=address_behind_proxies(peer, headers.get("x-forwarded-for", "")),
        request_id=request_id_from(headers.get("x-request-id")),
        end=end,
    )


def token_in(payload: Mapping[str, Any]) -> str:
    """The token in what a client sends when it connects; empty when there is none.

    Clients have several habits: `Authorization: Bearer <token>` at the top or in `headers`, a bare `token`,
    `authToken` or `accessToken`.
    """
    lowered = {str(name).lower(): value for name, value in payload.items()}
    inner = lowered.get("headers")
    if isinstance(inner, dict):
        lowered = {str(name).lower(): value for name, value in inner.items()} | lowered
    for name in ("authorization", "token", "authtoken", "accesstoken"):
        value = lowered.get(name)
        if isinstance(value, str) and value.strip():
            scheme, _, rest = value.strip().partition(" ")
            return rest.strip() if scheme.lower() in {"bearer", "jwt"} else value.strip()
    return ""
