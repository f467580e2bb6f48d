"""Subscriptions to stories that are surely under way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async

from scenarios.documents import Presence
from storycore.mongo.writing import stored
from tests.live_web import Client

CHANGES = """subscription($id: ID!) { scenarioChanged(id: $id) {
  scenarioId revision byId by { name } isWhole scenario { title }
  edits { kind thing id scene { title } choice { text } }
} }"""


async def present(count: int, seconds: float = 5.0) -> None:
    """Wait until so many people are noted as present in any story."""
    await _until(lambda: stored(Presence).count_documents({}) == count, seconds)


async def followed(client: Client, key: str, query: str, scenario: Any) -> None:
    """Subscribe, and return when nothing can be missed: the presence is noted after the listening has begun."""
    before = set(await sync_to_async(stored(Presence).distinct)("_id"))
    await client.subscribe(key, query, id=str(scenario))
    await _until(lambda: set(stored(Presence).distinct("_id")) - before != set(), 5)


async def _until(met: Callable[[], bool], seconds: float) -> None:
    """Look again and again: it is the database of another process."""
    end = time.monotonic() + seconds
    while not await sync_to_async(met)():
        assert time.monotonic() < end, "it did not come to that"
        await asyncio.sleep(0.01)
