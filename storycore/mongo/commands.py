"""How many commands did this piece of work send to MongoDB? Counted per context, for logs and figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient


@dataclass(slots=True)
class Tally:
    """How many commands were sent so far."""

    commands: int = 0


_current: ContextVar[Tally | None] = ContextVar("storycore_mongo_tally", default=None)


@contextmanager
def counted() -> Iterator[Tally]:
    """Count the commands of the block; a block inside another one counts for both."""
    outer = _current.get()
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)
        if outer is not None:
            outer.commands += tally.commands


class CountingClient(MongoClient[dict[str, Any]]):
    """A client whose commands count in the caller's own thread and context.

    Each command asks once for a server to go to, so that is where they are counted; the parts of a bulk write
    ask together. The driver's listeners are told of commands by an event for each and one for each answer,
    which took a twentieth of a small request; a test counts both ways.
    """

    def _select_server(self, *arguments: Any, **options: Any) -> Any:
        tally = _current.get()
        if tally is not None:
            tally.commands += 1
        return super()._select_server(*arguments, **options)
