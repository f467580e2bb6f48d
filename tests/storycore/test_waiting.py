"""Places of a web process: so many work at once, who waits gives its place back, nobody is forgotten."""

from __future__ import annotations

import asyncio
import threading

import pytest

from storycore.waiting import Room


class Work:
    """Work in the threads of a room; `go` lets it end."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.begun: list[str] = []
        self.go = threading.Event()

    def work(self, name: str, aside: bool) -> bool:
        self.begun.append(name)
        if not aside:
            return self.go.wait(5)
        with self.room.stepped_aside() as granted:
            return granted and self.go.wait(5)

    async def asked(self, name: str, *, aside: bool = False) -> bool:
        return bool(await self.room.run(self.work, name, aside))


async def settled() -> None:
    await asyncio.sleep(0.05)


async def test_so_many_work_at_once_and_the_others_follow_in_order() -> None:
    work = Work(Room(running=2, aside=0))
    tasks = [asyncio.create_task(work.asked(name)) for name in "abcd"]
    await settled()
    assert sorted(work.begun) == ["a", "b"]

    work.go.set()

    assert await asyncio.gather(*tasks) == [True] * 4
    assert [sorted(work.begun[:2]), sorted(work.begun[2:])] == [["a", "b"], ["c", "d"]]


async def test_who_steps_aside_lets_another_one_work() -> None:
    work = Work(Room(running=1, aside=1))
    first = asyncio.create_task(work.asked("waiter", aside=True))
    await settled()
    second = asyncio.create_task(work.asked("worker"))
    await settled()
    assert work.begun == ["waiter", "worker"]
    # Only one may stand aside: the next waiter is told so, when its turn comes.
    third = asyncio.create_task(work.asked("too many", aside=True))
    await settled()
    work.go.set()

    assert await asyncio.gather(first, second) == [True, True]
    await third
    # All places are back: as many as in the beginning work at once.
    work.go.clear()
    last = [asyncio.create_task(work.asked(name)) for name in "xy"]
    await settled()
    assert work.begun[3:] == ["x"]
    work.go.set()
    await asyncio.gather(*last)


async def test_who_gives_up_waiting_takes_no_place() -> None:
    work = Work(Room(running=1, aside=0))
    first = asyncio.create_task(work.asked("a"))
    await settled()
    gone, last = asyncio.create_task(work.asked("b")), asyncio.create_task(work.asked("c"))
    await settled()
    gone.cancel()
    work.go.set()

    assert await asyncio.gather(first, last) == [True, True]
    assert work.begun == ["a", "c"]


async def test_who_comes_back_keeps_the_next_one_out() -> None:
    room = Room(running=1, aside=1)
    begun: list[str] = []
    go = {name: threading.Event() for name in ("wait", "back", "a", "b")}

    def waits() -> None:
        with room.stepped_aside():
            go["wait"].wait(5)
        begun.append("back")
        go["back"].wait(5)

    def works(name: str) -> None:
        begun.append(name)
        go[name].wait(5)

    tasks = [asyncio.create_task(room.run(waits))]
    await settled()
    tasks += [asyncio.create_task(room.run(works, name)) for name in "ab"]
    await settled()
    go["wait"].set()
    await settled()
    assert begun == ["a", "back"]

    # Two work where one may: the first to end takes nobody in.
    go["a"].set()
    await settled()
    assert begun == ["a", "back"]

    go["back"].set()
    await settled()
    assert begun == ["a", "back", "b"]
    go["b"].set()
    await asyncio.gather(*tasks)


async def test_a_brief_wait_takes_no_place_of_the_long_ones() -> None:
    room = Room(running=1, aside=1)
    begun: list[str] = []
    go = threading.Event()

    def waits(name: str, *, briefly: bool) -> bool:
        begun.append(name)
        # Who is aside already does not step aside once more.
        with (
            room.stepped_aside(briefly=briefly) as granted,
            room.stepped_aside(briefly=briefly) as inner,
        ):
            return granted and inner and go.wait(5)

    brief = asyncio.create_task(room.run(lambda: waits("brief", briefly=True)))
    await settled()
    long = asyncio.create_task(room.run(lambda: waits("long", briefly=False)))
    await settled()
    worker = asyncio.create_task(room.run(begun.append, "worker"))
    await settled()
    assert begun == ["brief", "long", "worker"]
    # No more than three for each place: the next one keeps its own and goes on in it.
    others = [
        asyncio.create_task(room.run(lambda: waits("another", briefly=True))) for _ in range(2)
    ]
    await settled()
    assert await room.run(lambda: waits("one too many", briefly=True)) is False
    go.set()

    assert await asyncio.gather(brief, long, worker, *others) == [True, True, None, True, True]


async def test_threads_are_made_when_they_are_needed_and_used_again() -> None:
    room = Room(running=8, aside=8)
    names = {await room.run(lambda: threading.current_thread().name) for _ in range(20)}

    assert len(names) <= 2


async def test_what_the_work_raises_reaches_who_asked() -> None:
    room = Room(running=1, aside=0)

    def fails() -> None:
        raise LookupError("not here")

    with pytest.raises(LookupError, match="not here"):
        await room.run(fails)
    assert await room.run(max, 1, 2) == 2


async def test_outside_of_a_place_everybody_may_wait() -> None:
    with Room(running=1, aside=0).stepped_aside() as granted:
        assert granted
