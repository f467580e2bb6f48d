"""Who has kept us waiting for too long? One look now and then serves all who are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

Result = TypeVar("Result")

_LOOK_SECONDS = 1.0


class Patience:
    """Ends waits of the event loop after `seconds`, or up to a second later.

    A timer for each wait, as asyncio.timeout has it, took a twentieth of the time of a small request.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # By when they began, which is the order of the dictionary.
        self._waits: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._is_looking = False

    async def awaited(self, wait: Awaitable[Result]) -> Result:
        """What `wait` returns or raises. Raises TimeoutError when it takes too long."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("Only a task can wait.")
        self._waits[task] = loop.time()
        if not self._is_looking:
            self._look_later(loop)
        try:
            return await wait
        except asyncio.CancelledError:
            # Somebody else may have cancelled it too, and then that counts.
            if task in self._ended and not task.uncancel():
                raise TimeoutError from None
            raise
        finally:
            del self._waits[task]
            self._ended.discard(task)

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_looking = True
        loop.call_later(min(_LOOK_SECONDS, self._seconds / 2), self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        oldest = loop.time() - self._seconds
        for task, began in self._waits.items():
            if began > oldest:
                break
            if task not in self._ended:
                self._ended.add(task)
                task.cancel()
        self._is_looking = False
        if self._waits:
            self._look_later(loop)
