"""How quick are jobs? `python -m benchmarks.bench_jobs`.

Writes 1,000 jobs (each below 10 ms), lists and counts them (each below 50 ms), with servers of its own; then a
real worker makes 50 local pictures, each from the order to its end (median below 300 ms).
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storycore.embedded.mongod import start_mongod
from storycore.embedded.ports import free_port
from storycore.embedded.redis import start_redis

ROOT = Path(__file__).resolve().parents[1]
JOBS = 1_000
PICTURES = 50
ENQUEUE_MS, LIST_MS, PICTURE_MS = 10.0, 50.0, 300.0


def milliseconds(act: Callable[[], Any]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1_000


def main() -> int:
    """Measure, print, and 1 when a mark is missed."""
    with tempfile.TemporaryDirectory(prefix="storycore-bench-") as folder:
        mongod = start_mongod(Path(folder) / "mongo", free_port())
        redis = start_redis(Path(folder) / "redis", free_port())
        address = f"redis://127.0.0.1:{redis.port}/0"
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings.local",
            SECRET_KEY="a key for a benchmark that nobody else ever sees, long enough",
            MONGODB_URI=mongod.uri,
            REDIS_URL=address,
            CELERY_BROKER_URL=address,
            STORYCORE_DATA=folder,
            LOG_LEVEL="WARNING",
        )
        try:
            return measured()
        finally:
            redis.stop()
            mongod.stop()


def measured() -> int:  # noqa: PLR0915 - the imports have to wait for the settings
    """All figures over the servers of the environment."""
    import django  # noqa: PLC0415 - settings must be there first

    django.setup()
    from config.celery import app  # noqa: PLC0415 - as above
    from generation.queries.awaiting import await_end  # noqa: PLC0415 - as above
    from generation.queries.jobs import job_stats, list_jobs  # noqa: PLC0415 - as above
    from generation.services.orders import NewMedia, order_media  # noqa: PLC0415 - as above
    from storycore.access import Actor  # noqa: PLC0415 - as above
    from storycore.mongo.connection import database, forget_connection  # noqa: PLC0415 - as above
    from storycore.mongo.indexes import ensure_indexes  # noqa: PLC0415 - as above
    from storycore.paging import Page  # noqa: PLC0415 - as above

    app.set_default()
    ensure_indexes()
    actor = Actor(user_id="1", name="bench")
    fields = ("kind", "status", "progress", "message", "created_at")
    order_media(actor, NewMedia("image", "the first one connects"))
    enqueue = [
        milliseconds(lambda n=n: order_media(actor, NewMedia("image", f"picture {n}")))
        for n in range(JOBS)
    ]
    listing = [milliseconds(lambda: list_jobs(actor, {}, Page(50, 0), fields)) for _ in range(30)]
    counting = [milliseconds(lambda: job_stats(actor)) for _ in range(30)]
    database()["jobs"].delete_many({})
    worker = start_worker()
    try:
        await_end(order_media(actor, NewMedia("image", "warm")), 60)

        def picture(number: int) -> None:
            if not await_end(order_media(actor, NewMedia("image", f"a lighthouse {number}")), 30):
                raise SystemExit("a picture was not made in time")

        pictures = [milliseconds(lambda n=n: picture(n)) for n in range(PICTURES)]
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        forget_connection()
    return printed(
        ("enqueue one of 1,000", enqueue, ENQUEUE_MS),
        ("list 50 of 1,000", listing, LIST_MS),
        ("job stats", counting, LIST_MS),
        ("local picture, order to end", pictures, PICTURE_MS),
    )


def printed(*rows: tuple[str, list[float], float]) -> int:
    """Print the medians; 1 when one misses its mark."""
    missed = False
    for name, values, most in rows:
        middle = statistics.median(values)
        missed |= middle >= most
        print(
            f"{name:<30} median {middle:7.1f} ms  slowest {max(values):7.1f} ms  (at most {most:g})"
        )
    return 1 if missed else 0


def start_worker() -> subprocess.Popen[bytes]:
    """One worker with two processes, in a group of its own."""
    return subprocess.Popen(
        [
            sys.executable, "-m", "celery", "--app", "config.celery", "--quiet", "worker", "--concurrency", "2",
            "--queues", "storycore,media", "--without-mingle", "--without-gossip", "--loglevel", "ERROR",
        ],
        cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
