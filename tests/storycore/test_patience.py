"""Who is waited for gets so long and no longer; who is cancelled by others is cancelled."""

from __future__ import annotations

import asyncio
import time

import pytest

from storycore.patience import Patience


async def test_what_comes_in_time_is_passed_on() -> None:
    patience = Patience(5)

    async def fails() -> None:
        raise LookupError("not here")

    assert await patience.awaited(asyncio.sleep(0, "here")) == "here"
    with pytest.raises(LookupError, match="not here"):
        await patience.awaited(fails())


async def test_what_does_not_come_ends_and_the_others_go_on() -> None:
    patience = Patience(0.5)
    began = time.monotonic()
    late = [asyncio.create_task(patience.awaited(asyncio.sleep(30))) for _ in range(3)]
    # It begins later, so its time is not over when theirs is.
    await asyncio.sleep(0.3)
    in_time = asyncio.create_task(patience.awaited(asyncio.sleep(0.05, "in time")))

    ends = await asyncio.gather(*late, in_time, return_exceptions=True)

    assert [type(end) for end in ends[:3]] == [TimeoutError] * 3
    assert ends[3] == "in time"
    assert 0.5 <= time.monotonic() - began < 5
    # Later waits are looked at again, and who was late once may wait again.
    with pytest.raises(TimeoutError):
        await patience.awaited(asyncio.sleep(30))
    assert await patience.awaited(asyncio.sleep(0.01, "again")) == "again"


async def test_who_is_cancelled_by_others_is_not_late() -> None:
    patience = Patience(5)
    task = asyncio.create_task(patience.awaited(asyncio.sleep(30)))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
