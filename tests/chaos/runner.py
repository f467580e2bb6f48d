"""`python -m tests.chaos.runner`: faults strike jobs over two workers, and what holds is judged afterwards.

First the table of faults (`--only a,b` some of it, `--no-rows` none), then `--jobs` jobs while everything is
killed at random. Seeded: the same seed strikes in the same order. With `--sabotage` a safety is taken out and
the rows strike that need it: that run must fail. Exit status 1 and the violations when an invariant broke.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.chaos.acting import Acting
from tests.chaos.brokers import BROKERS
from tests.chaos.faults import ROWS, Row, Scene, struck
from tests.chaos.history import moves
from tests.chaos.judge import orphans, violations
from tests.chaos.stage import LEASE_SECONDS, ROOT, Stage

ENQUEUE = """
import sys, django
django.setup()
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
actor = Actor(user_id="1", name="chaos")
for prompt in sys.stdin.read().splitlines():
    print(order_media(actor, NewMedia("image", prompt)), prompt, flush=True)
"""
FAULTS = ("", "", "", " fault:503*1", " fault:429-bare*1", " fault:truncated*1", " fault:reset*1")


@dataclass(frozen=True)
class Result:
    """What a run showed."""

    broken: list[str]
    jobs: int
    kills: int
    seconds: float
    replays: int


def run(
    folder: Path,
    *,
    jobs: int,
    seed: int,
    deaths: int = 0,
    freezes: int = 1,
    every_seconds: tuple[float, float] = (0.5, 2.0),
    broker: str = "redis",
    say: Callable[[str], None] = lambda _text: None,
) -> Result:
    """Order jobs, strike until they are done, then judge.

    The broker and MongoDB are killed too, once each; `deaths` kills that often at each moment of a job.
    """
    chance = random.Random(seed)
    stage = Stage(folder, deaths=deaths, broker_name=broker)
    begun = time.monotonic()
    try:
        stage.start()
        _manage(stage, "ensure_indexes")
        for number in range(2):
            stage.start_worker(number)
        ordered = _order(stage, jobs, chance)
        say(f"{len(ordered)} jobs ordered after {time.monotonic() - begun:.0f} s")
        _strike(stage, jobs, chance, freezes=freezes, every_seconds=every_seconds, say=say)
        _await_ends(stage)
        # A quiet moment: what a worker was about to write when the last job ended shows now.
        time.sleep(LEASE_SECONDS)
        with _client(stage) as client:
            broken = violations(client["storycore"], folder / "media", stage.ledger(), ordered)
            broken += moves(client)
        return Result(
            broken,
            len(ordered),
            stage.kills + len(list(folder.glob("died-*"))),
            time.monotonic() - begun,
            stage.ledger()["replays"],
        )
    finally:
        stage.stop()


def run_rows(
    folder: Path,
    rows: Sequence[Row] = ROWS,
    *,
    sabotage: str = "",
    is_long: bool = False,
    broker: str = "redis",
    say: Callable[[str], None] = lambda _text: None,
) -> list[str]:
    """Let the faults of the table strike one after the other, then judge; every invariant that broke."""
    stage = Stage(folder, sabotage, broker_name=broker)
    try:
        stage.start()
        _manage(stage, "ensure_indexes")
        for number in range(2):
            stage.start_worker(number)
        act = Acting.start(stage)
        try:
            with _client(stage) as client:
                found = struck(Scene(stage, act, client, is_long), rows, say)
                _await_ends(stage)
                time.sleep(LEASE_SECONDS)
                act.sweep_files()
                found += violations(
                    client["storycore"], folder / "media", stage.ledger(), act.ordered
                )
                found += orphans(client["storycore"], folder / "media")
                return found + moves(client)
        finally:
            act.stop()
    finally:
        stage.stop()


def _order(stage: Stage, jobs: int, chance: random.Random) -> dict[str, str]:
    prompts = [f"picture {number} as bytes{chance.choice(FAULTS)}" for number in range(jobs)]
    done = subprocess.run(
        [sys.executable, "-c", ENQUEUE],
        input="\n".join(prompts),
        cwd=ROOT,
        env=stage.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return dict(lines)


def _strike(
    stage: Stage,
    jobs: int,
    chance: random.Random,
    *,
    freezes: int,
    every_seconds: tuple[float, float],
    say: Callable[[str], None],
) -> None:
    """Kill a worker every few seconds until few jobs are left; the broker and MongoDB once each on the way."""
    begun = time.monotonic()
    acts = ["worker", "freeze", "broker", "worker", "mongod", "worker", "worker"]
    acts += ["freeze"] * (freezes - 1)
    end = time.monotonic() + 240
    while acts or (_open_jobs(stage) > jobs * 0.1 and time.monotonic() < end):
        time.sleep(chance.uniform(*every_seconds))
        act = acts.pop(0) if acts else "worker"
        say(f"{time.monotonic() - begun:.0f} s: {act} is struck with {_open_jobs(stage)} jobs left")
        if act == "worker":
            stage.kill_worker(chance.randrange(2))
        elif act == "freeze":
            stage.freeze_worker(chance.randrange(2), LEASE_SECONDS * 3)
        else:
            (stage.restart_broker if act == "broker" else stage.kill_mongod)()


def _await_ends(stage: Stage, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while _open_jobs(stage) and time.monotonic() < end:
        time.sleep(0.3)


def _open_jobs(stage: Stage) -> int:
    try:
        with _client(stage) as client:
            where = {"status": {"$in": ["queued", "processing"]}}
            return client["storycore"]["jobs"].count_documents(where)
    except PyMongoError:
        return sys.maxsize


def _client(stage: Stage) -> MongoClient[dict[str, Any]]:
    uri = stage.environment()["MONGODB_URI"]
    return MongoClient(uri, tz_aware=True, serverSelectionTimeoutMS=5_000)


def _manage(stage: Stage, command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=stage.environment(),
        check=True,
        capture_output=True,
    )


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Run and print what was seen; 1 when an invariant broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sabotage", choices=("", "fence", "key"), default="")
    parser.add_argument("--freezes", type=int, default=2)
    parser.add_argument("--deaths", type=int, default=3, help="at each moment of a job")
    parser.add_argument("--only", default="", help="rows of the table, with commas; no random run")
    parser.add_argument("--no-rows", action="store_true", help="the random run alone")
    parser.add_argument("--broker", choices=tuple(BROKERS), default="redis")
    told = parser.parse_args()
    names = told.only.split(",") if told.only else []
    if told.sabotage:
        names = names or ["zombie_before_its_call", "zombie_before_its_commit"]
    rows = [row for row in ROWS if not names or row.__name__ in names]
    if not told.no_rows:
        with tempfile.TemporaryDirectory(prefix="storycore-chaos-") as folder:
            broken = run_rows(
                Path(folder),
                rows,
                sabotage=told.sabotage,
                is_long=True,
                broker=told.broker,
                say=_say,
            )
        print("\n".join(broken) or f"{len(rows)} rows of the table of faults: no invariant broke")
        if broken or names:
            return 1 if broken else 0
    with tempfile.TemporaryDirectory(prefix="storycore-chaos-") as folder:
        result = run(
            Path(folder),
            jobs=told.jobs,
            seed=told.seed,
            freezes=told.freezes,
            broker=told.broker,
            deaths=told.deaths,
            # A worker takes some seconds to start: killed sooner, it would never work.
            every_seconds=(3.0, 8.0),
            say=_say,
        )
    print(
        f"seed {told.seed}: {result.jobs} jobs, {result.kills} workers killed, {result.replays} calls repeated "
        f"under their key, {result.seconds:.0f} s"
    )
    print("\n".join(result.broken) or "no invariant broke")
    return 1 if result.broken else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
