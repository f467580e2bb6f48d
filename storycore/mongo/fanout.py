"""Who is told of a change? The subscribers of one process, each with a bounded box of what is still untold."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from storycore.access import Actor
from storycore.errors import NotFound
from storycore.mongo.changes import Change, ChangeStream
from storycore.mongo.sources import Channel, Event, Source

logger = logging.getLogger("storycore.changes")

# More changes than this waiting for their reads: the database is in trouble, and subscribers read anew.
_MOST_PENDING = 20_000


class Run(Protocol):
    """Runs a blocking function in a thread of the web process."""

    def __call__(self, work: Callable[..., Any], *arguments: Any) -> Awaitable[Any]: ...


class SlowReader(Exception):
    """A subscriber takes what it is told more slowly than it happens."""


class ChangesLost(Exception):
    """Changes were missed: whoever waits has to read anew."""


class Mailbox:
    """What one subscription still has to be told, at most `size` events.

    `who` says whom it is for, which may change while it is up. `hidden` is what ends a subscription to one
    thing when its subscriber may no longer see it; one to many things has none, and passes over what its
    subscriber may not see. `on_slow` is called when the box runs over: its reader may be stuck in a send.
    """

    def __init__(
        self,
        who: Callable[[], Actor],
        *,
        size: int,
        on_slow: Callable[[], None],
        hidden: NotFound | None = None,
    ) -> None:
        self._who = who
        self._size = size
        self._on_slow = on_slow
        self._hidden = hidden
        self._events: deque[Event] = deque()
        self._end: Exception | None = None
        self._ring = asyncio.Event()

    def offer(self, source: Source, event: Event) -> None:
        """Put the event in, when its subscriber may see it."""
        if self._end is not None:
            return
        if not source.may_see(self._who(), event):
            if self._hidden is not None:
                self.end(self._hidden)
            return
        for place, waiting in enumerate(self._events):
            if event.state is not None and waiting.state == event.state:
                self._events[place] = event
                return
        if len(self._events) >= self._size:
            self._events.clear()
            self.end(SlowReader())
            self._on_slow()
            return
        self._events.append(event)
        if event.is_last and self._hidden is not None:
            self.end(StopAsyncIteration())
        self._ring.set()

    def end(self, reason: Exception) -> None:
        """Let the subscription end with this, after what is in the box."""
        self._end = self._end or reason
        self._ring.set()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while not self._events:
            if self._end is not None:
                raise self._end
            self._ring.clear()
            await self._ring.wait()
        return self._events.popleft()


class Fanout:
    """All subscriptions of one process, fed by its change stream; lives in one event loop.

    `memory` keeps what an application has to have once a process, `run` is for its blocking work.
    """

    def __init__(self, uri: str, name: str, sources: Iterable[Source], run: Run) -> None:
        self.run = run
        self.memory: dict[Any, Any] = {}
        self._boxes: dict[Source, dict[Channel, set[Mailbox]]] = {one: {} for one in sources}
        self._stream = ChangeStream(uri, name, _watched(self._boxes), on_gap=self.lose)
        self._pending: list[Change] = []
        self._worker: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def following(
        self, source: Source, channel: Channel, box: Mailbox
    ) -> AsyncIterator[Mailbox]:
        """Fill the box with the events of a channel as long as the block lasts, from its very begin.

        Raises Unavailable.
        """
        boxes = self._boxes[source].setdefault(channel, set())
        boxes.add(box)
        try:
            await self._stream.listen(self._heard)
            yield box
        finally:
            boxes.discard(box)
            if not boxes and self._boxes[source].get(channel) is boxes:
                del self._boxes[source][channel]

    def lose(self) -> None:
        """End all subscriptions, because changes were missed."""
        self._pending.clear()
        for channels in self._boxes.values():
            _lose(channels)

    async def close(self) -> None:
        """Stop everything; what subscriptions are left hear of nothing any more."""
        await self._stream.close()
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker

    def _heard(self, changes: list[Change]) -> None:
        self._pending.extend(changes)
        if len(self._pending) > _MOST_PENDING:
            logger.error("Changes come faster than they can be read; subscribers begin anew.")
            self.lose()
        elif self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._tell(), name="fan-out")

    async def _tell(self) -> None:
        """Read and deliver what is pending; one source after the other, so that each keeps its order."""
        while self._pending:
            changes, self._pending = self._pending, []
            for source, channels in self._boxes.items():
                watched = source.watched
                relevant = [one for one in changes if one.collection in watched]
                if relevant and channels:
                    await self._tell_of(source, channels, relevant)

    async def _tell_of(
        self, source: Source, channels: dict[Channel, set[Mailbox]], changes: list[Change]
    ) -> None:
        try:
            events: Iterable[Event] = await self.run(source.events, changes, frozenset(channels))
        except Exception:
            logger.exception("Changes could not be read; their subscribers begin anew.")
            _lose(channels)
            return
        for event in events:
            boxes = {box for channel in event.channels for box in channels.get(channel, ())}
            for box in boxes:
                box.offer(source, event)


def _lose(channels: Mapping[Channel, Collection[Mailbox]]) -> None:
    for box in [box for boxes in channels.values() for box in boxes]:
        box.end(ChangesLost())


def _watched(sources: Iterable[Source]) -> dict[str, set[str]]:
    watched: dict[str, set[str]] = {}
    for source in sources:
        for collection, names in source.watched.items():
            watched.setdefault(collection, set()).update(names)
    return watched
