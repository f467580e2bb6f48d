"""How many requests may stand and wait without keeping others from being answered?

A web process answers in a few threads. A request that waits for something steps aside: its place among the
running ones is free meanwhile, and only so many may stand aside at once. Outside of a web process (tests,
commands) nobody is kept from anything, so everybody may wait.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

Job = Callable[[], None]

# From one to three was 585 to 625 new scenes a second, in one run with four places.
_BRIEF_WAITS = 3


class Room:
    """The threads of one web process: `running` jobs are worked on at once, and `aside` more wait at once.

    Beside them three times as many as may run wait for a moment only, for the disk of the database.

    A thread that has ended a job takes the next one itself: that costs neither a turn of the event loop nor a
    change of threads.
    """

    def __init__(self, *, running: int, aside: int) -> None:
        self._handed: SimpleQueue[Job] = SimpleQueue()
        # Below zero while somebody who came back works beyond the number of places.
        self._free = running
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._aside = threading.BoundedSemaphore(aside)
        self._brief = threading.BoundedSemaphore(_BRIEF_WAITS * running)
        self._inside = threading.local()
        # Threads are made when they are needed first. One stands by for each permit of `_idle`.
        self._most_threads = (1 + _BRIEF_WAITS) * running + aside
        self._threads = 0
        self._idle = threading.Semaphore(0)

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What `work` returns or raises; it runs in a thread when its turn comes, first come first.

        Work that nobody waits for any more when its turn comes is not begun.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()

        def job() -> None:
            if answer.cancelled():
                return
            try:
                found, error = work(*arguments), None
            except BaseException as problem:  # noqa: BLE001 - it is the caller's, who waits in the loop
                found, error = None, problem
            try:
                loop.call_soon_threadsafe(_settle, answer, found, error)
            except RuntimeError:
                # The loop is closed, and whoever waited there is gone.
                return

        self._begin(job)
        return await answer

    @contextmanager
    def stepped_aside(self, *, briefly: bool = False) -> Iterator[bool]:
        """Give the place back for the time of the block; false when no more may wait.

        Who comes back goes on at once, because what it waited for is there: the next one in waits longer.
        """
        if not getattr(self._inside, "works", False):
            # Nobody of ours, or aside already.
            yield True
            return
        places = self._brief if briefly else self._aside
        if not places.acquire(blocking=False):
            yield False
            return
        self._inside.works = False
        self._leave()
        try:
            yield True
        finally:
            with self._lock:
                self._free -= 1
            places.release()
            self._inside.works = True

    def _begin(self, job: Job) -> None:
        with self._lock:
            if self._free <= 0:
                self._jobs.append(job)
                return
            self._free -= 1
        self._hand(job)

    def _hand(self, job: Job) -> None:
        """Have a thread begin with the job; there is one, because it has a place."""
        self._handed.put(job)
        if not self._idle.acquire(blocking=False):
            with self._lock:
                if self._threads == self._most_threads:
                    return
                self._threads += 1
                name = f"django_{self._threads}"
            threading.Thread(target=self._stand_by, name=name, daemon=True).start()

    def _stand_by(self) -> None:
        self._inside.works = True
        while True:
            job: Job | None = self._handed.get()
            while job is not None:
                job()
                job = self._next()
            self._idle.release()

    def _next(self) -> Job | None:
        """The job to go on with; without one, or when too many work, the place is free."""
        with self._lock:
            if self._jobs and self._free >= 0:
                return self._jobs.popleft()
            self._free += 1
            return None

    def _leave(self) -> None:
        job = self._next()
        if job is not None:
            self._hand(job)


def _settle(answer: asyncio.Future[Any], found: Any, error: BaseException | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(found)
    else:
        answer.set_exception(error)


_rooms: list[Room] = []


def open_room(*, running: int, aside: int) -> Room:
    """The room of this web process; made once, when the process begins to serve."""
    _rooms[:] = [Room(running=running, aside=aside)]
    return _rooms[0]


@contextmanager
def stepped_aside(*, briefly: bool = False) -> Iterator[bool]:
    """Wait for something in the block without keeping other requests; false when too many wait already.

    `briefly` is for milliseconds: these waits are counted by themselves.
    """
    if not _rooms:
        yield True
        return
    with _rooms[0].stepped_aside(briefly=briefly) as granted:
        yield granted
