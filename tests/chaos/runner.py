"""`python -m tests.chaos.runner`: jobs over two workers while everything is killed, judged afterwards.

Seeded: the same seed strikes in the same order. Exit status 1 and the violations when an invariant broke.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.chaos.judge import violations
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
    sabotage: str = "",
    deaths: int = 0,
    servers: bool = True,
    freezes: int = 1,
    say: Callable[[str], None] = lambda _text: None,
) -> Result:
    """Order jobs, strike until they are done, then judge.

    `servers` kills Redis and MongoDB too, once each; `deaths` kills that often at each moment of a job.
    """
    chance = random.Random(seed)
    stage = Stage(folder, sabotage, deaths)
    begun = time.monotonic()
    try:
        stage.start()
        _manage(stage, "ensure_indexes")
        for number in range(2):
            stage.start_worker(number)
        ordered = _order(stage, jobs, chance)
        say(f"{len(ordered)} jobs ordered after {time.monotonic() - begun:.0f} s")
        _strike(stage, jobs, chance, servers=servers, freezes=freezes, say=say)
        _await_ends(stage)
        # A quiet moment: what a worker was about to write when the last job ended shows now.
        time.sleep(LEASE_SECONDS)
        with _client(stage) as client:
            broken = violations(client["storycore"], folder / "media", stage.ledger(), ordered)
        return Result(
            broken,
            len(ordered),
            stage.kills + len(list(folder.glob("died-*"))),
            time.monotonic() - begun,
            stage.ledger()["replays"],
        )
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
    servers: bool,
    freezes: int,
    say: Callable[[str], None],
) -> None:
    """Kill a worker every second or so until few jobs are left; Redis and MongoDB once each on the way."""
    begun = time.monotonic()
    acts = (
        ["worker"] * 3 + (["redis", "worker", "mongod"] if servers else []) + ["freeze"] * freezes
    )
    end = time.monotonic() + 240
    while acts or (_open_jobs(stage) > jobs * 0.1 and time.monotonic() < end):
        time.sleep(chance.uniform(0.5, 2.0))
        act = acts.pop(0) if acts else "worker"
        say(f"{time.monotonic() - begun:.0f} s: {act} is struck with {_open_jobs(stage)} jobs left")
        if act == "worker":
            stage.kill_worker(chance.randrange(2))
        elif act == "freeze":
            stage.freeze_worker(chance.randrange(2), LEASE_SECONDS * 3)
        else:
            (stage.kill_redis if act == "redis" else stage.kill_mongod)()


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


def main() -> int:
    """Run once and print what was seen; 1 when an invariant broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sabotage", choices=("", "fence", "key"), default="")
    parser.add_argument("--freezes", type=int, default=2)
    parser.add_argument("--deaths", type=int, default=3, help="at each moment of a job")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storycore-chaos-") as folder:
        result = run(
            Path(folder),
            jobs=told.jobs,
            seed=told.seed,
            sabotage=told.sabotage,
            freezes=told.freezes,
            deaths=told.deaths,
            say=lambda text: print(text, flush=True),
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
