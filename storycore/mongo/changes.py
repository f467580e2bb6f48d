"""What is being written to MongoDB, by whatever process? One change stream a process, for all who want to know.

It is read with the driver's asynchronous client, in the loop that also holds the subscribers' sockets: handing
a change over needs no lock, and stopping is a cancellation. A thread would have to sit out its last read, and
the reads that follow a change run in the web process's threads anyway.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from storycore.errors import Unavailable
from storycore.mongo.reading import Row

logger = logging.getLogger("storycore.changes")

Kind = Literal["created", "updated", "deleted"]
Listener = Callable[[list["Change"]], None]

OPEN_SECONDS = 10.0
# Writes that come this close together are told together: those of one transaction arrive in one answer of the
# server, and a subscriber that reads what changed reads once.
_BURST_SECONDS = 0.005
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
# The server answers an idle stream after this time; a cancellation does not wait for it.
_AWAIT_MILLISECONDS = 5_000
_KINDS: dict[str, Kind] = {
    "insert": "created",
    "update": "updated",
    "replace": "updated",
    "delete": "deleted",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one document.

    `names` are the top-level fields that an update touched (empty for the other kinds), `values` what the
    watched ones hold now as far as the write says, `transaction` is the same for all writes of one transaction
    and None outside of one. `at` is the server's clock.
    """

    collection: str
    key: Any
    kind: Kind
    at: datetime
    values: Row = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    transaction: tuple[bytes, int] | None = None


class ChangeStream:
    """The changes of some collections, told to listeners in the order of the writes.

    `watched` names the fields of each collection that travel; documents may be large, and a key is enough to
    read them. It starts with the first listener and goes on where it was after a lost connection; when that
    is impossible, `on_gap` says that changes were missed.
    """

    def __init__(
        self,
        uri: str,
        name: str,
        watched: Mapping[str, Collection[str]],
        *,
        on_gap: Callable[[], None],
    ) -> None:
        self._uri = uri
        self._name = name
        self._pipeline = _pipeline(watched)
        self._on_gap = on_gap
        self._listeners: list[Listener] = []
        self._burst: list[Change] = []
        self._task: asyncio.Task[None] | None = None
        self._is_open = asyncio.Event()
        self._token: Mapping[str, Any] | None = None

    async def listen(self, listener: Listener) -> None:
        """Tell `listener` of every write from now on; returns when none can be missed any more.

        Raises Unavailable when MongoDB does not answer.
        """
        if listener not in self._listeners:
            self._listeners.append(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="change stream")
            self._task.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._is_open.wait()
        except TimeoutError:
            raise Unavailable("Live updates are not available now; try again later.") from None

    async def close(self) -> None:
        """Stop listening; a listener may come again later."""
        self._listeners.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._is_open.clear()

    async def _follow(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            self._uri,
            tz_aware=True,
            uuidRepresentation="standard",
            appname="storycore-live",
            serverSelectionTimeoutMS=5_000,
            connectTimeoutMS=5_000,
        )
        try:
            while True:
                try:
                    await self._read(client)
                    pause = _FIRST_PAUSE_SECONDS
                except PyMongoError as problem:
                    if self._is_open.is_set():
                        pause = _FIRST_PAUSE_SECONDS
                    self._note(problem)
                self._is_open.clear()
                # Not all processes at once when a server comes back.
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        finally:
            await client.close()

    async def _read(self, client: AsyncMongoClient[dict[str, Any]]) -> None:
        """Hand over changes until the stream ends or fails; remembers the place in either case."""
        stream = await client[self._name].watch(
            self._pipeline,
            # Unlike resumeAfter this also goes on after the event that ends a stream, a dropped database.
            start_after=self._token,
            max_await_time_ms=_AWAIT_MILLISECONDS,
        )
        async with stream:
            try:
                self._is_open.set()
                async for event in stream:
                    self._take(_change(event))
            finally:
                self._token = stream.resume_token or self._token

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nobody may wait for changes that are read by nobody: a fault of ours must not look like silence."""
        if not task.cancelled() and (problem := task.exception()) is not None:
            logger.error("The change stream has failed.", exc_info=problem)
            self._is_open.clear()
            self._on_gap()

    def _note(self, problem: PyMongoError) -> None:
        # The driver goes on by itself after what may be repeated, and other errors of a connection are no
        # answers: a server that answers so does not know our place any more.
        if isinstance(problem, OperationFailure) and self._token is not None:
            logger.warning("The change stream lost its place: changes were missed.")
            self._token = None
            self._on_gap()
        else:
            logger.warning("The change stream is interrupted: %s", type(problem).__name__)

    def _take(self, change: Change) -> None:
        if not self._burst:
            asyncio.get_running_loop().call_later(_BURST_SECONDS, self._hand_over)
        self._burst.append(change)

    def _hand_over(self) -> None:
        changes, self._burst = self._burst, []
        for listener in list(self._listeners):
            listener(changes)


def _pipeline(watched: Mapping[str, Collection[str]]) -> list[dict[str, Any]]:
    """Only these collections, only these fields, and the names of all fields that an update touched."""
    names = sorted({name for names in watched.values() for name in names})
    kept = dict.fromkeys(
        (
            "operationType",
            "ns.coll",
            "documentKey",
            "lsid",
            "txnNumber",
            "clusterTime",
            "wallTime",
            "updateDescription.removedFields",
            *(f"fullDocument.{name}" for name in names),
            *(f"updateDescription.updatedFields.{name}" for name in names),
        ),
        1,
    )
    touched = {"$objectToArray": {"$ifNull": ["$updateDescription.updatedFields", {}]}}
    return [
        {"$match": {"ns.coll": {"$in": sorted(watched)}, "operationType": {"$in": sorted(_KINDS)}}},
        {"$project": kept | {"touched": {"$map": {"input": touched, "in": "$$this.k"}}}},
    ]


def _change(event: Mapping[str, Any]) -> Change:
    update = event.get("updateDescription") or {}
    touched = [*event["touched"], *(update.get("removedFields") or ())]
    session = event.get("lsid")
    return Change(
        collection=event["ns"]["coll"],
        key=event["documentKey"]["_id"],
        kind=_KINDS[event["operationType"]],
        at=event.get("wallTime") or event["clusterTime"].as_datetime(),
        values=event.get("fullDocument") or update.get("updatedFields") or {},
        names=frozenset(name.partition(".")[0] for name in touched),
        transaction=(session["id"].bytes, event["txnNumber"]) if session else None,
    )
