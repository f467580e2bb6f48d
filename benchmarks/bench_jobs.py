"""How quick are jobs? `python -m benchmarks.bench_jobs`.

1,000 jobs are ordered (each below 10 ms) and, while all of them wait, listed and counted over GraphQL (each
below 50 ms). Then a worker makes 50 local pictures: from the request of the mutation until a subscriber has
read that the job is completed, the median below 300 ms.
"""

from __future__ import annotations

import asyncio
import json
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

import httpx
import websockets

from benchmarks.servers import ROOT, Bench, benched
from storycore.embedded.ports import free_port
from storycore.embedded.redis import start_redis

JOBS = 1_000
READS = 30
PICTURES = 50
ENQUEUE_MS, READ_MS, PICTURE_MS = 10.0, 50.0, 300.0
LIST = """{ jobs(limit: 50, status: "queued") { id kind status progress message createdAt } }"""
STATS = """{ jobStats { queued processing completedToday } }"""
ORDER = """mutation($p: String!) { generateImageWithAI(prompt: $p, wait: false) { success job { id } } }"""
FOLLOW = """subscription { jobsUpdated { id status } }"""


def milliseconds(act: Callable[[], Any]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1_000


def ordered(bench: Bench) -> tuple[str, list[float]]:
    """A user's token, and how long each of the orders took."""
    os.environ.update(bench.env)
    import django  # noqa: PLC0415 - settings must be there first

    django.setup()
    from config.celery import app  # noqa: PLC0415 - as above
    from generation.services.orders import NewMedia, order_media  # noqa: PLC0415 - as above
    from storycore.mongo.connection import forget_connection  # noqa: PLC0415 - as above
    from tests import factories  # noqa: PLC0415 - as above

    app.set_default()
    actor = factories.an_actor("painter@example.com")
    order_media(actor, NewMedia("image", "the first one connects"))
    times = [
        milliseconds(lambda n=n: order_media(actor, NewMedia("image", f"picture {n}")))
        for n in range(JOBS)
    ]
    forget_connection()
    return factories.an_access_token(actor), times


def emptied(bench: Bench) -> None:
    """No job waits any more."""
    from pymongo import MongoClient  # noqa: PLC0415 - the bench's own server

    with MongoClient[dict[str, Any]](bench.mongodb_uri) as client:
        client["storycore"]["jobs"].delete_many({})


async def asked(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    answer = (await client.post("/graphql/", json={"query": query, "variables": variables})).json()
    if "errors" in answer:
        raise SystemExit(f"GraphQL refuses: {answer['errors']}")
    return answer["data"]


async def reads(client: httpx.AsyncClient, query: str) -> list[float]:
    """How long each of some equal reads takes."""
    times = []
    for _read in range(READS):
        begun = time.perf_counter()
        await asked(client, query)
        times.append((time.perf_counter() - begun) * 1_000)
    return times[2:]


async def pictures(client: httpx.AsyncClient, url: str, token: str) -> list[float]:
    """From each mutation's request until a subscriber reads `completed`; the first ones warm up."""
    times = []
    async with websockets.connect(
        url, subprotocols=["graphql-transport-ws"], compression=None
    ) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token}}))
        await socket.recv()
        await socket.send(
            json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}})
        )
        await asyncio.sleep(1.0)
        for number in range(PICTURES + 3):
            begun = time.perf_counter()
            data = await asked(client, ORDER, p=f"a lighthouse {number}")
            job = data["generateImageWithAI"]["job"]["id"]
            await asyncio.wait_for(completed(socket, job), 30)
            times.append((time.perf_counter() - begun) * 1_000)
    return times[3:]


async def completed(socket: Any, job: str) -> None:
    """Read until this job's end is told."""
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "ping":
            await socket.send('{"type":"pong"}')
        elif message["type"] == "next":
            row = message["payload"]["data"]["jobsUpdated"]
            if row["id"] == job and row["status"] == "completed":
                return


def start_worker(bench: Bench) -> subprocess.Popen[bytes]:
    """One worker with two processes, in a group of its own."""
    return subprocess.Popen(
        [
            sys.executable, "-m", "celery", "--app", "config.celery", "--quiet", "worker", "--concurrency", "2",
            "--queues", "storycore,media", "--without-mingle", "--without-gossip", "--loglevel", "ERROR",
        ],
        cwd=ROOT,
        env=bench.env,
        start_new_session=True,
    )  # fmt: skip


async def measured(bench: Bench, token: str, enqueue: list[float]) -> int:
    """All figures; 1 when one misses its mark."""
    host = f"127.0.0.1:{bench.web_port}"
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=f"http://{host}", headers=headers, timeout=30, trust_env=False
    ) as client:
        listing, counting = await reads(client, LIST), await reads(client, STATS)
        emptied(bench)
        worker = start_worker(bench)
        try:
            seen = await pictures(client, f"ws://{host}/graphql/", token)
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    return printed(
        ("enqueue one of 1,000", enqueue, ENQUEUE_MS),
        ("list 50 of 1,000 queued", listing, READ_MS),
        ("job stats over 1,000 queued", counting, READ_MS),
        ("picture, mutation to subscriber", seen, PICTURE_MS),
    )


def printed(*rows: tuple[str, list[float], float]) -> int:
    """Print the medians; 1 when one misses its mark."""
    missed = False
    for name, values, most in rows:
        middle = statistics.median(values)
        missed |= middle >= most
        print(
            f"{name:<32} median {middle:7.1f} ms  slowest {max(values):7.1f} ms  (at most {most:g})"
        )
    return 1 if missed else 0


def main() -> int:
    """Measure with servers of its own."""
    with tempfile.TemporaryDirectory(prefix="storycore-bench-") as folder:
        redis = start_redis(Path(folder) / "redis", free_port())
        address = f"redis://127.0.0.1:{redis.port}/0"
        try:
            with benched(
                REDIS_URL=address, CELERY_BROKER_URL=address, RATE_LIMIT_GENERATE=""
            ) as bench:
                return asyncio.run(measured(bench, *ordered(bench)))
        finally:
            redis.stop()


if __name__ == "__main__":
    sys.exit(main())
