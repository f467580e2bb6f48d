"""How near to the driver's floor are reads, and how much do readers save who share an answer?

The product and the floor in turn, in one run; the floor is measured against a server that keeps no answers.
Ratios are what counts: the machine is shared and noisy. It takes a minute and a half.

Run: python -m benchmarks.bench_read_path [seconds per measurement]
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from dataclasses import dataclass

import orjson

from benchmarks.load import Load, Request, measured
from benchmarks.servers import Bench, benched

CONNECTIONS = 16
ROUNDS = 3
SHARED_LEAST = 6.0

OPEN_STORY = """query OpenStory($id: ID!) { scenario(id: $id) { id title scenes { id title text order
image { id name type } sound { id name type } choices { id text toScene { id title } } } } }"""
LIST_ASSETS = "query ListAssets { assets(limit: 50) { id name type createdAt } }"
SCENE = "query Scene($id: ID!) { scene(id: $id) { id title text choices { id text } } }"
CREATE_SCENE = """mutation Create($id: ID!) { createScene(input: {scenarioId: $id, title: "New",
text: "Words."}) { scene { id } } }"""


@dataclass(frozen=True)
class Workload:
    """The same answer by the product and by the floor.

    `least` is the ratio of requests per second to reach, `most_ms` how much longer one answer may take.
    """

    name: str
    query: str
    floor_path: str
    keys: tuple[str, ...]
    least: float
    most_ms: float = math.inf
    token: str = ""

    @property
    def is_read(self) -> bool:
        """Whether the answer is the same each time."""
        return self.query.startswith("query")

    def product(self) -> list[Request]:
        """The requests to the product."""
        headers = (("Authorization", f"Bearer {self.token}"),) if self.token else ()
        bodies = [
            orjson.dumps({"query": self.query, "variables": {"id": key} if key else {}})
            for key in self.keys
        ]
        return [Request("/graphql/", body, headers) for body in bodies]

    def floor(self) -> list[Request]:
        """The requests to the floor."""
        return [Request(self.floor_path, key.encode()) for key in self.keys]


def fill(bench: Bench) -> tuple[str, str, tuple[str, ...], str]:
    """A published story of 60 scenes with 3 choices each, and one to write to for every connection.

    Returns the scenario's id, a scene's id, the ids of the stories to write to, and their owner's token.
    """
    os.environ.update(bench.env)
    import django  # noqa: PLC0415 - settings must be there first

    django.setup()
    from storycore.mongo.connection import database, forget_connection  # noqa: PLC0415 - as above
    from tests.factories import a_scenario, a_story, an_access_token, an_actor  # noqa: PLC0415 - as above

    owner = an_actor("bench@example.com")
    story = a_story(owner, scenes=60, choices=3, is_published=True)
    scene = database()["scenes"].find_one({"scenario": story})
    targets = tuple(str(a_scenario(owner)) for _ in range(CONNECTIONS))
    token = an_access_token(owner)
    forget_connection()
    return str(story), str(scene["_id"] if scene else ""), targets, token


@dataclass(frozen=True)
class Compared:
    """Two servers by the medians of neighbouring measurements; processor time in milliseconds a request."""

    first: Load
    second: Load
    ratio: float
    first_cpu_ms: float
    second_cpu_ms: float

    @property
    def more_ms(self) -> float:
        """How much longer the first server takes for an answer."""
        return self.first.median_ms - self.second.median_ms


def compare(
    bench: Bench,
    one: tuple[int, list[Request]],
    other: tuple[int, list[Request]],
    *,
    seconds: float,
    connections: int,
) -> Compared:
    """The same load on both, in turn, so that the noise of the machine meets both; they get warm before."""
    found: list[list[tuple[Load, float]]] = [[], []]
    for port, requests in (one, other):
        measured(port, requests, connections=connections, seconds=seconds / 2)
    for _ in range(ROUNDS):
        for (port, requests), loads in zip((one, other), found, strict=True):
            before = bench.cpu_seconds(port)
            load = measured(port, requests, connections=connections, seconds=seconds)
            used = bench.cpu_seconds(port) - before
            loads.append((load, used * 1000 / max(1.0, load.per_second * seconds)))
    first, second = found
    pairs = zip(first, second, strict=True)
    ratio = statistics.median(a.per_second / b.per_second for (a, _), (b, _) in pairs)
    return Compared(
        _middle(first),
        _middle(second),
        ratio,
        statistics.median(cpu for _, cpu in first),
        statistics.median(cpu for _, cpu in second),
    )


def _middle(loads: list[tuple[Load, float]]) -> Load:
    return sorted((load for load, _ in loads), key=lambda load: load.per_second)[len(loads) // 2]


def against_floor(bench: Bench, work: Workload, seconds: float) -> list[str]:
    """Print how near the workload comes to the floor; returns what it misses."""
    product, floor = (bench.web_port, work.product()), (bench.floor_port, work.floor())
    many = compare(bench, product, floor, seconds=seconds, connections=CONNECTIONS)
    if work.is_read and many.first.answer != many.second.answer:
        raise SystemExit(
            f"{work.name}: the answers differ\n{many.first.answer[:300]!r}\n{many.second.answer[:300]!r}"
        )
    single = compare(bench, product, floor, seconds=seconds / 3, connections=1)
    print(
        f"{work.name:<14}{many.first.per_second:>10.0f}{many.second.per_second:>9.0f}{many.ratio:>7.2f}"
        f"{work.least:>7.1f}{many.first_cpu_ms:>9.2f}{many.second_cpu_ms:>9.2f}"
        f"{single.first.median_ms:>11.2f}{single.second.median_ms:>10.2f}",
        flush=True,
    )
    missed = [] if many.ratio >= work.least else [f"{work.name}: {many.ratio:.2f} of the floor"]
    if single.more_ms > work.most_ms:
        missed.append(f"{work.name}: {single.more_ms:.2f} ms over the floor")
    return missed


def shared_answers(bench: Bench, work: Workload, seconds: float) -> list[str]:
    """Print how much faster readers are who share an answer; returns what it misses."""
    shared, alone = (bench.shared_port, work.product()), (bench.web_port, work.product())
    found = compare(bench, shared, alone, seconds=seconds, connections=CONNECTIONS)
    if found.first.answer != found.second.answer:
        raise SystemExit("The shared answer is another one.")
    print(
        f"\n{work.name} shared: {found.first.per_second:.0f}/s, {found.first_cpu_ms:.2f} ms of processor;"
        f" made anew: {found.second.per_second:.0f}/s, {found.second_cpu_ms:.2f} ms:"
        f" {found.ratio:.1f} times (at least {SHARED_LEAST:.0f})",
        flush=True,
    )
    return [] if found.ratio >= SHARED_LEAST else [f"shared answers: {found.ratio:.1f} times"]


def main() -> None:
    """Measure, print, and fail when a mark is missed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.5
    missed: list[str] = []
    with benched(shares=True) as bench:
        story, scene, targets, token = fill(bench)
        reading = Workload("open story", OPEN_STORY, "/open_story", (story,), 0.8, most_ms=1.5)
        works = [
            reading,
            Workload("asset list", LIST_ASSETS, "/list_assets", ("",), 0.7),
            Workload("scene by id", SCENE, "/scene_by_id", (scene,), 0.7, most_ms=1.0),
            Workload("create scene", CREATE_SCENE, "/insert_scene", targets, 0.6, token=token),
            # For orientation: the commands that the scene's transaction needs, and an insert of anything.
            Workload("  by hand", CREATE_SCENE, "/add_scene", targets, 0.0, token=token),
            Workload("  unchecked", CREATE_SCENE, "/insert_unchecked", targets, 0.0, token=token),
        ]
        print(
            f"{'workload':<14}{'product/s':>10}{'floor/s':>9}{'ratio':>7}{'least':>7}"
            f"{'cpu ms':>9}{'floor':>9}{'1 conn ms':>11}{'floor':>10}"
        )
        for work in works:
            missed += against_floor(bench, work, seconds)
        missed += shared_answers(bench, reading, seconds)
    if missed:
        raise SystemExit("Below the marks: " + "; ".join(missed))


if __name__ == "__main__":
    main()
