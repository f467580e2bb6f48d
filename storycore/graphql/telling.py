"""What is an operation of a live connection answered? An event once for all who ask the same of it.

Two subscribers get one answer when their operations are equal and either they are the same user, or nobody was
asked about while it was made: no relation was followed, no name hidden. Who may be told at all is asked before,
for each subscriber (storycore/mongo/fanout.py).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from storycore.access import Actor
from storycore.graphql.context import Context, WatchedContext
from storycore.graphql.execution import run as run_operation
from storycore.graphql.metrics import Measurement, record
from storycore.graphql.operations import Operation
from storycore.graphql.plan.keeping import key_of
from storycore.mongo.commands import counted
from storycore.mongo.fanout import Run
from storycore.mongo.sources import Event


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as JSON; `actor` may have it too, or everybody."""

    body: bytes
    actor: Actor | None
    is_everybodys: bool

    def is_for(self, actor: Actor) -> bool:
        """Whether this actor would be answered the same."""
        return self.is_everybodys or (self.actor is not None and self.actor == actor)


class Teller:
    """Answers the events of one subscription; `run` runs blocking work in a thread."""

    def __init__(self, operation: Operation, run: Run) -> None:
        self._operation = operation
        self._run = run
        key = key_of(operation)
        # The same object for all who ask the same.
        self._question = None if key is None else sys.intern(key)

    async def told(self, event: Event, actor: Actor, request_id: str) -> bytes:
        """The answer to an event for this actor."""

        async def make() -> Answered:
            context = WatchedContext(actor, request_id)
            answered: Answered = await self._run(_event_answered, self._operation, context, event)
            return answered

        if self._question is None:
            return (await make()).body
        for key in (self._question, (self._question, actor)):
            answered, is_own = await _once(event.answers, key, make)
            if is_own or answered.is_for(actor):
                return answered.body
        return (await make()).body


async def _once(
    made: dict[Any, asyncio.Task[Answered]], key: Any, make: Callable[[], Awaitable[Answered]]
) -> tuple[Answered, bool]:
    """What is made under the key, by the first who asks, and whether this was us."""
    making = made.get(key)
    is_own = making is None
    if making is None:
        making = made[key] = asyncio.ensure_future(make())
    # Whoever goes away meanwhile takes nothing from the others.
    return await asyncio.shield(making), is_own


def answered(operation: Operation, context: Context) -> bytes:
    """The answer to a query or mutation; blocks. Raises Refusal."""
    return _answered(operation, context, None)[0]


def _event_answered(operation: Operation, context: WatchedContext, event: Event) -> Answered:
    body, is_clean = _answered(operation, context, event)
    if not is_clean:
        # Errors carry the id of the connection that they came up for.
        return Answered(body, None, is_everybodys=False)
    is_personal = context.is_personal
    return Answered(body, context.actor, is_everybodys=not is_personal)


def _answered(operation: Operation, context: Context, event: Event | None) -> tuple[bytes, bool]:
    measured = Measurement(
        context.request_id, name=operation.name, kind=operation.kind, cost=operation.cost
    )
    with counted() as tally:
        answer = run_operation(operation, context, event)
    measured.commands, measured.problems = tally.commands, answer.errors
    if event is None or answer.errors:
        # The events of a subscription are counted, not logged one by one.
        record(measured)
    if answer.errors:
        return orjson.dumps({"errors": answer.errors, "data": answer.data}), False
    return orjson.dumps({"data": answer.data}), True
