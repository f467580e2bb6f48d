"""How many commands did this piece of work send to MongoDB? Counted per context, for logs and figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)


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


class CommandCounter(CommandListener):
    """The client's listener; the synchronous driver calls it in the caller's own thread and context."""

    def started(self, event: CommandStartedEvent) -> None:  # noqa: ARG002 - the driver's interface
        tally = _current.get()
        if tally is not None:
            tally.commands += 1

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to do: a command counts when it is sent."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to do: a command counts when it is sent."""
