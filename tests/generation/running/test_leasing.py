"""One holder at a time, by the server's clock; turns are fair; a lost holder changes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from generation.documents import Job
from generation.ports import Done
from generation.running.ending import complete
from generation.running.holding import HeldWork
from generation.running.leasing import Hold, LeaseLost, claim_next, due_queues, hold_of
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.writing import stored
from tests.factories import an_actor
from tests.generation.conftest import Run, the_job

MEDIA = ["media"]


def ordered(actor: Actor, count: int, **options: Any) -> list[Any]:
    return [order_media(actor, NewMedia("image", f"picture {n}", **options)) for n in range(count)]


def let_the_lease_run_out(key: Any) -> None:
    stored(Job).update_one({"_id": key}, [{"$set": {"due": {"$subtract": ["$$NOW", 1]}}}])


def test_a_claim_counts_the_attempt_and_raises_the_fence(owner: Actor, mocked: None) -> None:
    (key,) = ordered(owner, 1)

    row = claim_next(MEDIA, "one")

    assert row is not None
    assert (row["_id"], row["status"], row["attempts"], row["fence"]) == (key, "processing", 1, 1)
    assert claim_next(MEDIA, "two") is None


def test_a_job_of_another_queue_is_left(owner: Actor, mocked: None) -> None:
    ordered(owner, 1)

    assert claim_next(["render"], "one") is None


def test_eight_workers_at_once_take_each_job_once(owner: Actor, mocked: None) -> None:
    keys = ordered(owner, 40)
    taken: list[Any] = []

    def take(name: str) -> None:
        while (row := claim_next(MEDIA, name)) is not None:
            taken.append(row["_id"])

    threads = [threading.Thread(target=take, args=(f"worker {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(keys)


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_changes_nothing(
    owner: Actor, mocked: None
) -> None:
    (key,) = ordered(owner, 1)
    first = claim_next(MEDIA, "one")
    assert first is not None
    let_the_lease_run_out(key)

    second = claim_next(MEDIA, "two")

    assert second is not None
    assert (second["attempts"], second["fence"]) == (2, 2)
    with pytest.raises(LeaseLost):
        hold_of(first).write({"message": "mine"})
    assert not hold_of(first).renew()
    assert the_job(key).get("message") != "mine"


def test_the_end_of_a_lost_holder_makes_no_asset(owner: Actor, mocked: None) -> None:
    (key,) = ordered(owner, 1)
    row = claim_next(MEDIA, "one")
    assert row is not None
    let_the_lease_run_out(key)
    claim_next(MEDIA, "two")
    written: list[str] = []

    with HeldWork(row, hold_of(row)) as work, pytest.raises(LeaseLost):
        complete(work, Done({}, "Done.", lambda _session: written.append("asset")))

    assert written == []
    assert the_job(key)["status"] == "processing"


def test_the_same_fence_of_another_worker_does_not_count(owner: Actor, mocked: None) -> None:
    (key,) = ordered(owner, 1)
    claim_next(MEDIA, "one")

    with pytest.raises(LeaseLost):
        Hold(key, "another", 1).write({"message": "mine"})


def test_users_take_turns(owner: Actor, stranger: Actor, mocked: None) -> None:
    ordered(owner, 30)
    ordered(stranger, 5)

    order = [row["owner"] for _ in range(12) if (row := claim_next(MEDIA, "one")) is not None]

    assert order.count(stranger.user_id or "") == 5


def test_who_comes_late_does_not_wait_behind_everything_that_is_queued(
    owner: Actor, mocked: None
) -> None:
    ordered(owner, 30)
    for _ in range(10):
        claim_next(MEDIA, "one")
    late = an_actor("late@example.com")
    ordered(late, 3)

    order = [row["owner"] for _ in range(8) if (row := claim_next(MEDIA, "one")) is not None]

    assert order.count(late.user_id or "") == 3


def test_a_higher_priority_comes_first(owner: Actor, mocked: None) -> None:
    ordered(owner, 3)
    (urgent,) = ordered(owner, 1, priority=1)

    row = claim_next(MEDIA, "one")

    assert row is not None
    assert row["_id"] == urgent


def test_a_job_that_kills_its_workers_ends(owner: Actor, mocked: None, run_jobs: Run) -> None:
    (key,) = ordered(owner, 1)
    for attempt in range(5):
        assert claim_next(MEDIA, f"killed {attempt}") is not None
        let_the_lease_run_out(key)

    run_jobs()

    job = the_job(key)
    assert (job["status"], job["error_code"], job["attempts"]) == ("failed", "WORKER_LOST", 6)


def test_due_jobs_are_counted_by_queue(owner: Actor, mocked: None) -> None:
    ordered(owner, 3)
    claim_next(MEDIA, "one")

    assert due_queues() == [("media", 2)]
