"""How long may the commands of one answer take together? The server is told, and ends what takes longer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The server knows milliseconds, and takes none as no limit at all.
LEAST_SECONDS = 0.001

_end: ContextVar[float | None] = ContextVar("storycore_mongo_budget", default=None)


@contextmanager
def time_budget(seconds: float) -> Iterator[None]:
    """Give the reads and transactions of the block (storycore.mongo.reading and writing) so much time together.

    Unlike pymongo.timeout the socket is not told of it: that cost a small read a tenth of its time, for a clock
    that only counts when the server is gone. The driver's own heartbeat ends such a wait
    (storycore.mongo.connection says when).
    """
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def remaining_seconds() -> float | None:
    """What is left of it, LEAST_SECONDS when that is nothing; None when nobody has set a budget."""
    end = _end.get()
    return None if end is None else max(LEAST_SECONDS, end - time.monotonic())
