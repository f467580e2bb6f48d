"""Nobody is left behind as present, at whatever moment they go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async

from scenarios.documents import Presence
from scenarios.graphql.attending import Attendants
from storycore.access import NOBODY, Actor
from storycore.mongo.fanout import Fanout
from storycore.mongo.writing import stored
from tests.factories import a_scenario


@dataclass
class SlowThreads:
    """Runs work in threads; the end of what stands in `held` is kept back until `released`."""

    held: set[str] = field(default_factory=set)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        answer = await asyncio.to_thread(work, *arguments)
        if getattr(work, "func", work).__name__ in self.held:
            self.done.set()
            await self.released.wait()
        return answer


async def present() -> int:
    return int(await sync_to_async(stored(Presence).count_documents)({}))


async def nobody_is_present() -> None:
    async with asyncio.timeout(5):
        while await present():  # noqa: ASYNC110 - it is the database that changes
            await asyncio.sleep(0.01)


@pytest.fixture
async def scenario(content: None) -> Any:
    return await sync_to_async(a_scenario)(Actor(user_id="1", name="Ada"))


async def test_who_goes_while_the_arrival_is_noted_is_gone(scenario: Any) -> None:
    threads = SlowThreads(held={"arrive"})
    attendants = Attendants(cast("Fanout", threads))

    async def attend() -> None:
        async with attendants.attending(NOBODY, scenario):
            await asyncio.sleep(60)

    subscription = asyncio.create_task(attend())
    await threads.done.wait()
    assert await present() == 1
    subscription.cancel()
    threads.released.set()

    with suppress(asyncio.CancelledError):
        await subscription
    await nobody_is_present()


async def test_who_goes_while_the_present_are_renewed_is_gone(scenario: Any, settings: Any) -> None:
    settings.LIVE_HEARTBEAT_SECONDS = 0.01
    threads = SlowThreads(held={"leave"})
    attendants = Attendants(cast("Fanout", threads))

    async def attend() -> None:
        async with attendants.attending(NOBODY, scenario):
            await asyncio.sleep(0.05)

    subscriptions = [asyncio.create_task(attend()) for _ in range(5)]
    threads.released.set()
    await asyncio.gather(*subscriptions)

    await nobody_is_present()
