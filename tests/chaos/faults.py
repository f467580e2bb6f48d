"""The table of faults, row by row: each strikes at a chosen moment and says what did not hold afterwards.

What holds whatever strikes (nothing lost, doubled, paid twice or moved after its end) is judged after all rows
by tests/chaos/judge.py; a row adds what it alone can see: attempts, calls, how long an order took.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson import ObjectId
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.chaos.acting import Acting, until
from tests.chaos.stage import LEASE_SECONDS, Stage

FINAL = ("completed", "failed", "cancelled")
MOMENTS = ("claimed", "calling", "answered", "staged", "storing", "stored")
END_SECONDS = 90.0
# A worker that looks for the moment has lost at most this: its lease, a sweep, a second try.
TAKEOVER_SECONDS = LEASE_SECONDS + 15.0


@dataclass
class Scene:
    """What a row may use."""

    stage: Stage
    act: Acting
    client: MongoClient[dict[str, Any]]
    is_long: bool = False

    def job(self, key: str) -> dict[str, Any]:
        """A job as it is stored; empty while MongoDB is away."""
        with suppress(PyMongoError):
            return self.client["storycore"]["jobs"].find_one({"_id": ObjectId(key)}) or {}
        return {}

    def await_end(self, *keys: str) -> list[dict[str, Any]]:
        """The jobs, once all of them are at their end. Raises TimeoutError."""

        def ended() -> list[dict[str, Any]]:
            rows = [self.job(key) for key in keys]
            return rows if all(row.get("status") in FINAL for row in rows) else []

        found: list[dict[str, Any]] = until(END_SECONDS, "the end of every job", ended)
        return found

    def worker_pid(self, key: str) -> int:
        """The process that works on a job now. Raises TimeoutError."""

        def pid() -> int | None:
            row = self.job(key)
            is_held = row.get("status") == "processing" and row.get("step") == "calling"
            return int(row["worker"].split(":")[1]) if is_held and not row.get("yielded") else None

        found: int = until(TAKEOVER_SECONDS, "a worker that holds the job", pid)
        return found

    def hold(self, moment: str) -> Path:
        """Let the next job that comes to this moment stay there, until the file is removed."""
        for old in self.stage.folder.glob(f"held-{moment}-*"):
            old.unlink()
        gate = self.stage.folder / f"hold-{moment}"
        gate.touch()
        return gate

    def held(self, moment: str) -> int:
        """The process that stays at this moment. Raises TimeoutError."""
        folder = self.stage.folder
        mark: Path = until(
            TAKEOVER_SECONDS,
            f"a job at {moment}",
            lambda: next(folder.glob(f"held-{moment}-*"), None),
        )
        return int(mark.name.rpartition("-")[2])

    def signal_workers(self, number: signal.Signals) -> None:
        """Stop both workers, or let them go on."""
        for worker in self.stage.workers:
            os.killpg(worker.pid, number)

    def calls(self, words: str) -> int:
        """How often the provider was asked for an order with these words."""
        requests = self.stage.ledger()["requests"]
        return sum(1 for one in requests if (one["body"] or {}).get("prompt") == words)


def compared(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """One line for each value that is another one."""
    return [
        f"{found['_id']}: {name} is {found.get(name)!r}, not {value!r}"
        for name, value in wanted.items()
        if found.get(name) != value
    ]


def pool_child_killed(scene: Scene) -> list[str]:
    """kill -9 of the process that works, not of its parent: taken up once more."""
    (key,) = scene.act.order("a pool child as bytes fault:pause*1")
    os.kill(scene.worker_pid(key), signal.SIGKILL)

    (row,) = scene.await_end(key)
    return compared(row, {"status": "completed", "attempts": 2})


def worker_told_to_end(scene: Scene) -> list[str]:
    """SIGTERM during work: it finishes what it holds, and no attempt is burned."""
    (key,) = scene.act.order("a terminated worker as bytes fault:pause*1")
    worker = scene.stage.worker_of(scene.worker_pid(key))
    worker.send_signal(signal.SIGTERM)
    worker.wait(timeout=30)
    scene.stage.start_worker(scene.stage.workers.index(worker))

    (row,) = scene.await_end(key)
    return compared(row, {"status": "completed", "attempts": 1, "retry_count": 0})


def mongod_killed(scene: Scene) -> list[str]:
    """kill -9 of MongoDB for a while: nothing acknowledged is lost, and no worker ends."""
    found: list[str] = []
    for seconds in (1, 10, 40) if scene.is_long else (1,):
        keys = scene.act.order(
            *(f"mongod {seconds} {n} as bytes fault:pause*1" for n in range(4)),
            *(f"mongod {seconds} {n} as bytes" for n in range(4, 12)),
        )
        scene.worker_pid(keys[0])
        scene.stage.kill_mongod(seconds)
        rows = scene.await_end(*keys)
        found += [line for row in rows for line in compared(row, {"status": "completed"})]
        found += [
            f"a worker ended while MongoDB was away for {seconds} s"
            for worker in scene.stage.workers
            if worker.poll() is not None
        ]
    return found


def broker_killed(scene: Scene) -> list[str]:
    """Orders are taken while the broker is away, within a second, and done when it is back."""
    (first,) = scene.act.order("a broker as bytes fault:pause*1")
    scene.worker_pid(first)
    scene.stage.broker.kill()
    keys = []
    found = []
    for number in range(5):
        keys += scene.act.order(f"without a broker {number} as bytes")
        if scene.act.seconds > 1.0:
            found.append(f"I12 an order took {scene.act.seconds:.1f} s without a broker")
    scene.stage.broker.start()

    rows = scene.await_end(first, *keys)
    return found + [line for row in rows for line in compared(row, {"status": "completed"})]


def broker_wiped(scene: Scene) -> list[str]:
    """FLUSHALL, or its like: every message is gone, no job is."""
    keys = scene.act.order(*(f"a wiped broker {number} as bytes" for number in range(20)))
    scene.stage.broker.wipe()

    rows = scene.await_end(*keys)
    return [line for row in rows for line in compared(row, {"status": "completed"})]


def store_fails(scene: Scene) -> list[str]:
    """The store refuses what was paid for: only the store step is tried again."""
    images = scene.stage.folder / "media" / "image"
    images.parent.mkdir(exist_ok=True)
    aside = images.with_name("aside")
    if images.exists():
        images.rename(aside)
    images.write_bytes(b"")
    words = "a store that fails as bytes"
    (key,) = scene.act.order(words)
    until(TAKEOVER_SECONDS, "a second try", lambda: scene.job(key).get("retry_count", 0) >= 1)
    images.unlink()
    if aside.exists():
        aside.rename(images)

    (row,) = scene.await_end(key)
    found = compared(row, {"status": "completed", "attempts": 1})
    calls = scene.calls(words)
    return found + ([f"{key}: the provider was asked {calls} times"] if calls != 1 else [])


def delivered_ten_times(scene: Scene) -> list[str]:
    """The same message ten times at once: one claim, nine no-ops."""
    words = "ten messages as bytes fault:pause*1"
    (key,) = scene.act.order(words)
    scene.act.wake(10)

    (row,) = scene.await_end(key)
    found = compared(row, {"status": "completed", "attempts": 1, "fence": 1})
    calls = scene.calls(words)
    return found + ([f"{key}: the provider was asked {calls} times"] if calls != 1 else [])


def zombie(scene: Scene, moment: str) -> list[str]:
    """A worker is frozen at a moment for longer than its lease; another finishes; then it goes on."""
    gate = scene.hold(moment)
    (key,) = scene.act.order(f"a worker frozen at {moment} as bytes")
    frozen = scene.stage.worker_of(scene.held(moment))
    os.killpg(frozen.pid, signal.SIGSTOP)
    gate.unlink()
    try:
        (row,) = scene.await_end(key)
    finally:
        os.killpg(frozen.pid, signal.SIGCONT)
    # Long enough for what it was about to do: a call, a store, a commit.
    time.sleep(2.0)

    before = {name: row.get(name) for name in ("status", "asset", "finished_at", "fence", "worker")}
    return compared(scene.job(key), before) + compared(row, {"status": "completed", "attempts": 2})


def zombie_before_its_call(scene: Scene) -> list[str]:
    """Frozen before it asks the provider."""
    return zombie(scene, "calling")


def zombie_before_its_commit(scene: Scene) -> list[str]:
    """Frozen when the file is stored and the end is not yet written."""
    return zombie(scene, "stored")


def clocks_wrong(scene: Scene) -> list[str]:
    """One worker's clock is five minutes ahead, the other's five behind: no live lease is stolen."""
    stage = scene.stage
    for number, skew in enumerate((300.0, -300.0)):
        stage.kill_worker(number, skew_seconds=skew)
    keys = scene.act.order(*(f"a wrong clock {n} as bytes fault:pause*1" for n in range(4)))

    rows = scene.await_end(*keys)
    for number in range(2):
        stage.kill_worker(number)
    return [line for row in rows for line in compared(row, {"status": "completed", "attempts": 1})]


def cancelled_in_each_state(scene: Scene) -> list[str]:
    """Cancelled while it waits, at each moment of the work, and after it: never cancelled and completed."""
    found: list[str] = []
    scene.signal_workers(signal.SIGSTOP)
    (waiting,) = scene.act.order("cancelled while it waits as bytes")
    found += _refused(waiting, scene.act.cancel(waiting), "cancelled")
    scene.signal_workers(signal.SIGCONT)
    for moment in MOMENTS:
        gate = scene.hold(moment)
        (key,) = scene.act.order(f"cancelled at {moment} as bytes")
        scene.held(moment)
        found += _refused(key, scene.act.cancel(key), "cancelled")
        gate.unlink()
        found += compared(scene.job(key), {"status": "cancelled", "asset": None})
    (done,) = scene.act.order("cancelled too late as bytes")
    scene.await_end(done)
    found += _refused(done, scene.act.cancel(done), "JOB_FINISHED")
    return found + compared(scene.job(done), {"status": "completed"})


def _refused(key: str, answer: str, wanted: str) -> list[str]:
    return [] if answer == wanted else [f"{key}: cancelling answers {answer}, not {wanted}"]


def one_orders_much(scene: Scene) -> list[str]:
    """One user orders 990, then another 10: the other's are done before the first one's 200th."""
    much, few, mark = (990, 10, 200) if scene.is_long else (60, 5, 20)
    scene.signal_workers(signal.SIGSTOP)
    first = scene.act.order(*(f"much {n} as bytes" for n in range(much)))
    second = scene.act.order(*(f"few {n} as bytes" for n in range(few)), owner="2")
    scene.signal_workers(signal.SIGCONT)
    until(
        600.0 if scene.is_long else END_SECONDS,
        "the end of all that was ordered",
        lambda: all(scene.job(key).get("status") in FINAL for key in (*second, *reversed(first))),
    )
    ends = sorted(scene.job(key)["finished_at"] for key in first)
    last = max(scene.job(key)["finished_at"] for key in second)
    done = sum(1 for end in ends if end < last)
    return [f"{done} of the first user's were done before the other's last"] if done > mark else []


Row = Callable[[Scene], list[str]]
ROWS: tuple[Row, ...] = (
    pool_child_killed,
    worker_told_to_end,
    mongod_killed,
    broker_killed,
    broker_wiped,
    store_fails,
    delivered_ten_times,
    zombie_before_its_call,
    zombie_before_its_commit,
    clocks_wrong,
    cancelled_in_each_state,
    one_orders_much,
)


def struck(scene: Scene, rows: Iterable[Row], say: Callable[[str], None]) -> list[str]:
    """Let each row strike; what did not hold, with the row's name."""
    found: list[str] = []
    for row in rows:
        begun = time.monotonic()
        try:
            lines = row(scene)
        except TimeoutError as problem:
            lines = [str(problem)]
        finally:
            for gate in scene.stage.folder.glob("hold-*"):
                gate.unlink()
        found += [f"{row.__name__}: {line}" for line in lines]
        say(f"{row.__name__}: {'; '.join(lines) or 'holds'} ({time.monotonic() - begun:.0f} s)")
    return found
