"""What is kept stays within its room and its time, here and in Redis."""

from __future__ import annotations

import time
from typing import Any

from bson import ObjectId

from storycore.embedded.ports import free_port
from storycore.graphql.plan.keeping import Keeper
from storycore.graphql.sharing import Kept


def an_answer(size_bytes: int = 10) -> Kept:
    versions = {ObjectId(): (3, None)}
    return Kept(b"x" * size_bytes, versions, {"User": {"1": {"name": "Ada"}, "2": None}}, True)


def found(keeper: Keeper, key: str) -> Kept | None:
    return next(keeper.candidates(key), None)


def test_the_least_used_go_first_and_a_huge_one_is_not_kept() -> None:
    keeper = Keeper(1_000, 60, "")
    for name in "abcdefghij":
        keeper.put(name, an_answer(110))
        found(keeper, "a")

    assert found(keeper, "a") is not None
    assert found(keeper, "b") is None
    assert found(keeper, "j") is not None
    keeper.put("huge", an_answer(126))
    assert found(keeper, "huge") is None


def test_it_ends_with_its_time() -> None:
    keeper = Keeper(1_000, 0.05, "")
    keeper.put("a", an_answer())
    assert found(keeper, "a") is not None

    time.sleep(0.06)

    assert found(keeper, "a") is None


def test_another_process_finds_it_in_redis(redis_server: Any) -> None:
    one, other = Keeper(1_000, 60, redis_server.uri), Keeper(1_000, 60, redis_server.uri)
    kept = an_answer()

    one.put("shared key", kept)

    assert found(other, "shared key") == kept


def test_what_is_broken_in_redis_is_not_there(redis_server: Any) -> None:
    one, other = Keeper(1_000, 60, redis_server.uri), Keeper(1_000, 60, redis_server.uri)
    one.put("broken", an_answer())
    client = one._redis
    assert client is not None
    for key in client.scan_iter("storycore:answer:*"):
        client.set(key, b"no bson")

    assert found(other, "broken") is None


def test_a_redis_that_is_away_costs_no_answer_and_no_time() -> None:
    keeper = Keeper(1_000, 60, f"redis://127.0.0.1:{free_port()}/0")
    started = time.monotonic()
    for number in range(100):
        keeper.put(str(number), an_answer())

    assert found(keeper, "99") is not None
    assert time.monotonic() - started < 2


def test_redis_is_filled_no_further_than_a_process_keeps(redis_server: Any) -> None:
    one, other = Keeper(1_000, 60, redis_server.uri), Keeper(1_000, 60, redis_server.uri)
    for number in range(20):
        one.put(f"flood {number}", an_answer(100))

    there = [number for number in range(20) if found(other, f"flood {number}") is not None]
    assert there == list(range(10))
