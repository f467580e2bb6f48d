"""How many requests may stand and wait without keeping others from being answered?

A web process answers in a few threads. A request that waits for something steps aside: its place among the
running ones is free meanwhile, and only so many may stand aside at once. Outside of a web process (tests,
commands) nobody is kept from anything, so everybody may wait.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Room:
    """The places of one web process: `running` that work at once, and `aside` that wait at once.

    Who has no place waits in the loop and holds no thread: a thread that only waits still costs the others
    the way to the interpreter.
    """

    def __init__(self, *, running: int, aside: int) -> None:
        self.threads = running + aside
        # Below zero while somebody who came back works beyond the number of places.
        self._free = running
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._lock = threading.Lock()
        self._aside = threading.BoundedSemaphore(aside) if aside else None
        self._inside = threading.local()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Take a place among the running ones for the time of the block; who comes first is first."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Say, in a thread, that it works in a place that the loop has taken for it."""
        self._inside.taken = True
        try:
            yield
        finally:
            self._inside.taken = False

    @contextmanager
    def stepped_aside(self) -> Iterator[bool]:
        """Give the place back for the time of the block; false when no more may wait.

        Who comes back goes on at once, because what it waited for is there: the next one in waits longer.
        """
        if not getattr(self._inside, "taken", False):
            yield True
            return
        if self._aside is None or not self._aside.acquire(blocking=False):
            yield False
            return
        self._leave()
        try:
            yield True
        finally:
            with self._lock:
                self._free -= 1
            self._aside.release()

    async def _enter(self) -> None:
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # The place came at the same moment: it goes to the next.
                self._leave()
            raise

    def _leave(self) -> None:
        with self._lock:
            turn = self._waiting.popleft() if self._waiting and self._free >= 0 else None
            if turn is None:
                self._free += 1
                return
        try:
            turn.get_loop().call_soon_threadsafe(self._give, turn)
        except RuntimeError:
            # Its loop is closed, and whoever waited there is gone.
            self._leave()

    def _give(self, turn: asyncio.Future[None]) -> None:
        if turn.done():
            self._leave()
        else:
            turn.set_result(None)


_rooms: list[Room] = []


def open_room(*, running: int, aside: int) -> Room:
    """The room of this web process; made once, when the process begins to serve."""
    _rooms[:] = [Room(running=running, aside=aside)]
    return _rooms[0]


@contextmanager
def stepped_aside() -> Iterator[bool]:
    """Wait for something in the block without keeping other requests; false when too many wait already."""
    if not _rooms:
        yield True
        return
    with _rooms[0].stepped_aside() as granted:
        yield granted
