"""How many requests may stand and wait without keeping others from being answered?

A web process answers in a few threads. A request that waits for something steps aside: its place among the
running ones is free meanwhile, and only so many may stand aside at once. Outside of a web process (tests,
commands) nobody is kept from anything, so everybody may wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Room:
    """The places of one web process: `running` that work at once, and `aside` that wait at once."""

    def __init__(self, *, running: int, aside: int) -> None:
        self.threads = running + aside
        self._running = threading.BoundedSemaphore(running)
        self._aside = threading.BoundedSemaphore(aside) if aside else None
        self._inside = threading.local()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place among the running ones for the time of the block."""
        with self._running:
            self._inside.taken = True
            try:
                yield
            finally:
                self._inside.taken = False

    @contextmanager
    def stepped_aside(self) -> Iterator[bool]:
        """Give the place back for the time of the block; false when no more may wait."""
        if not getattr(self._inside, "taken", False):
            yield True
            return
        if self._aside is None or not self._aside.acquire(blocking=False):
            yield False
            return
        self._running.release()
        try:
            yield True
        finally:
            self._running.acquire()
            self._aside.release()


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
