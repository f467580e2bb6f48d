"""Who gets which event: channels, permission, states, full boxes, and changes that could not be read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from storycore.access import NOBODY, Actor
from storycore.errors import NotFound
from storycore.mongo.changes import Change
from storycore.mongo.fanout import ChangesLost, Fanout, Mailbox, SlowReader
from storycore.mongo.sources import Channel, Event

ADA = Actor(user_id="1", name="Ada")
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class Letters:
    """Tells the key of each change; capitals are for Ada only."""

    asked: list[frozenset[Channel]] = field(default_factory=list)

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        return {"letters": ()}

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        self.asked.append(frozenset(wanted))
        return [
            Event((one.key.lower(), "all"), one.key)
            for one in changes
            if one.key != "broken" or 1 / 0
        ]

    def may_see(self, actor: Actor, event: Event) -> bool:
        return event.value.islower() or actor == ADA


def a_box(actor: Actor = NOBODY, *, size: int = 3, **options: Any) -> Mailbox:
    options.setdefault("on_slow", lambda: None)
    return Mailbox(lambda: actor, size=size, **options)


async def values(box: Mailbox, count: int) -> list[Any]:
    async with asyncio.timeout(5):
        return [(await anext(box)).value for _ in range(count)]


def written(*keys: str, collection: str = "letters") -> list[Change]:
    return [Change(collection, key, "created", MOMENT) for key in keys]


async def in_thread(work: Any, *arguments: Any) -> Any:
    return await asyncio.to_thread(work, *arguments)


async def test_events_reach_their_channels_and_only_who_may_see_them(mongod: Any) -> None:
    letters = Letters()
    fanout = Fanout(mongod.uri, "fanout", [letters], in_thread)
    mine, all_of_mine, all_of_others = a_box(ADA), a_box(ADA), a_box()
    async with (
        fanout.following(letters, "a", mine),
        fanout.following(letters, "all", all_of_mine),
        fanout.following(letters, "all", all_of_others),
    ):
        fanout._heard(written("a", "B"))
        fanout._heard(written("c") + written("x", collection="numbers"))

        assert await values(mine, 1) == ["a"]
        assert await values(all_of_mine, 3) == ["a", "B", "c"]
        assert await values(all_of_others, 2) == ["a", "c"]
    # Nobody waits any more: nothing is read.
    asked = len(letters.asked)
    fanout._heard(written("d"))
    await asyncio.sleep(0.05)
    assert len(letters.asked) == asked
    assert letters.asked[0] == {"a", "all"}
    await fanout.close()


async def test_changes_that_cannot_be_read_end_their_subscriptions(mongod: Any) -> None:
    letters, numbers = Letters(), Letters()
    fanout = Fanout(mongod.uri, "fanout", [letters, numbers], in_thread)
    box = a_box()
    async with fanout.following(letters, "all", box):
        fanout._heard(written("a", "broken"))
        with pytest.raises(ChangesLost):
            await values(box, 1)
        # The process goes on: who comes anew is told.
        fresh = a_box()
        async with fanout.following(letters, "all", fresh):
            fanout._heard(written("b"))
            assert await values(fresh, 1) == ["b"]
    await fanout.close()


async def test_a_box_that_runs_over_ends_with_a_call() -> None:
    calls: list[str] = []
    box = a_box(size=2, on_slow=lambda: calls.append("slow"))
    for key in "abcd":
        box.offer(Letters(), Event(("all",), key))

    assert calls == ["slow"]
    with pytest.raises(SlowReader):
        await anext(box)


async def test_a_newer_state_takes_the_place_of_an_untold_one() -> None:
    box = a_box(size=2)
    for value in ("a", "b", "a again", "c is one too many otherwise"):
        box.offer(Letters(), Event(("all",), value, state="c" if value[0] == "c" else value[0]))

    with pytest.raises(SlowReader):
        await anext(box)
    roomy = a_box(size=2)
    for value in ("a", "b", "a again", "b again"):
        roomy.offer(Letters(), Event(("all",), value, state=value[0]))
    assert await values(roomy, 2) == ["a again", "b again"]


async def test_the_last_event_ends_a_subscription_to_one_thing_only() -> None:
    one, many = a_box(hidden=NotFound("gone")), a_box()
    for box in (one, many):
        box.offer(Letters(), Event(("a",), "a", is_last=True))
        box.offer(Letters(), Event(("a",), "after"))

    assert [event.value async for event in one] == ["a"]
    assert await values(many, 2) == ["a", "after"]


async def test_what_may_no_longer_be_seen_ends_a_subscription_to_it() -> None:
    hidden = NotFound("There is no such letter.")
    one, many = a_box(hidden=hidden), a_box()
    for box in (one, many):
        box.offer(Letters(), Event(("a",), "a"))
        box.offer(Letters(), Event(("a",), "A"))
        box.offer(Letters(), Event(("a",), "b"))

    assert await values(one, 1) == ["a"]
    with pytest.raises(NotFound) as ended:
        await anext(one)
    assert ended.value is hidden
    assert await values(many, 2) == ["a", "b"]
