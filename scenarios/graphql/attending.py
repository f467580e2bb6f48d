"""Who is noted as having a story open? Whoever is subscribed to it, by the process that serves them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from pymongo.errors import PyMongoError

from scenarios.services.presence import Body, arrive, leave, stay
from storycore.access import Actor
from storycore.mongo.fanout import Fanout

logger = logging.getLogger("storycore.presence")

Noted = TypeVar("Noted")


class Attendants:
    """The people whom one process serves; it says for all of them at once that they are still there."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._present: dict[str, Body] = {}
        self._task: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    @property
    def lasting(self) -> timedelta:
        """How long a presence counts without a sign of life: two of them may be missed."""
        return timedelta(seconds=3 * settings.LIVE_HEARTBEAT_SECONDS)

    @asynccontextmanager
    async def attending(self, actor: Actor, scenario: Any) -> AsyncIterator[None]:
        """The actor has the story open as long as the block lasts."""
        # A subscription may be ended while its arrival is being noted, and the thread that notes it goes on:
        # both run to their end, the departure always after the arrival.
        arrival = self._begun(self._arrived(actor, scenario))
        try:
            await asyncio.shield(arrival)
            yield
        finally:
            await asyncio.shield(self._begun(self._left(arrival)))

    def _begun(self, work: Coroutine[Any, Any, Noted]) -> asyncio.Task[Noted]:
        task = asyncio.create_task(work, name="presence of one")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _arrived(self, actor: Actor, scenario: Any) -> Body:
        body: Body = await self._fanout.run(partial(arrive, actor, scenario, lasting=self.lasting))
        self._present[body["_id"]] = body
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name="presence")
        return body

    async def _left(self, arrival: asyncio.Task[Body]) -> None:
        await asyncio.wait((arrival,))
        if arrival.cancelled() or arrival.exception() is not None:
            return
        body = arrival.result()
        del self._present[body["_id"]]
        try:
            await self._fanout.run(leave, body)
        except PyMongoError:
            # It runs out by itself.
            logger.warning("A departure could not be noted.")

    async def _keep(self) -> None:
        while self._present:
            await asyncio.sleep(settings.LIVE_HEARTBEAT_SECONDS)
            records = list(self._present.values())
            try:
                await self._fanout.run(partial(stay, records, lasting=self.lasting))
                for record in records:
                    if record["_id"] not in self._present:
                        # They left while that was written, which may have brought them back.
                        await self._fanout.run(leave, record)
            except PyMongoError:
                logger.warning("Presences could not be renewed.")


@asynccontextmanager
async def attending(fanout: Fanout, actor: Actor, scenario: Any) -> AsyncIterator[None]:
    """Note the actor as present in a story as long as the block lasts."""
    attendants: Attendants = fanout.memory.setdefault(Attendants, Attendants(fanout))
    async with attendants.attending(actor, scenario):
        yield
