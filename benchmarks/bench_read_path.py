"""How near to the driver's floor are reads? The product and the floor in turn, in one run.

Ratios are what counts: the machine is shared and noisy.

Run: python -m benchmarks.bench_read_path [seconds per measurement]
"""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass

import orjson

from benchmarks.load import Load, Request, measured
from benchmarks.servers import Bench, benched

CONNECTIONS = 16
ROUNDS = 3

OPEN_STORY = """query OpenStory($id: ID!) { scenario(id: $id) { id title scenes { id title text order
image { id name type } sound { id name type } choices { id text toScene { id title } } } } }"""
LIST_ASSETS = "query ListAssets { assets(limit: 50) { id name type createdAt } }"
SCENE = "query Scene($id: ID!) { scene(id: $id) { id title text choices { id text } } }"
CREATE_SCENE = """mutation Create($id: ID!) { createScene(input: {scenarioId: $id, title: "New",
text: "Words."}) { scene { id } } }"""


@dataclass(frozen=True)
class Workload:
    """The same answer by the product and by the floor; `least` is the ratio of requests per second to reach."""

    name: str
    query: str
    floor_path: str
    keys: tuple[str, ...]
    least: float
    token: str = ""

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


def compare(
    bench: Bench, work: Workload, seconds: float, connections: int
) -> tuple[Load, Load, float]:
    """Median product load, median floor load, and the median ratio of neighbouring measurements."""
    pairs = []
    for _ in range(ROUNDS):
        product = measured(bench.web_port, work.product(), connections=connections, seconds=seconds)
        floor = measured(bench.floor_port, work.floor(), connections=connections, seconds=seconds)
        pairs.append((product, floor))
    ratio = statistics.median(one.per_second / other.per_second for one, other in pairs)
    pairs.sort(key=lambda pair: pair[0].per_second / pair[1].per_second)
    product, floor = pairs[len(pairs) // 2]
    return product, floor, ratio


def main() -> None:
    """Measure, print, and fail when a ratio is missed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    missed = []
    with benched() as bench:
        story, scene, targets, token = fill(bench)
        works = [
            Workload("open story", OPEN_STORY, "/open_story", (story,), 0.8),
            Workload("asset list", LIST_ASSETS, "/list_assets", ("",), 0.7),
            Workload("scene by id", SCENE, "/scene_by_id", (scene,), 0.7),
            Workload("create scene", CREATE_SCENE, "/insert_scene", targets, 0.6, token),
        ]
        print(
            f"{'workload':<14}{'product/s':>10}{'floor/s':>9}{'ratio':>7}{'least':>7}"
            f"{'1 conn ms':>11}{'floor ms':>10}"
        )
        for work in works:
            product, floor, ratio = compare(bench, work, seconds, CONNECTIONS)
            if product.answer != floor.answer and work.least > 0.6:
                raise SystemExit(
                    f"{work.name}: the answers differ\n{product.answer[:300]!r}\n{floor.answer[:300]!r}"
                )
            single, single_floor, _ = compare(bench, work, seconds / 3, 1)
            print(
                f"{work.name:<14}{product.per_second:>10.0f}{floor.per_second:>9.0f}{ratio:>7.2f}"
                f"{work.least:>7.1f}{single.median_ms:>11.2f}{single_floor.median_ms:>10.2f}",
                flush=True,
            )
            if ratio < work.least:
                missed.append(work.name)
    if missed:
        raise SystemExit(f"Below the floor's share: {', '.join(missed)}")


if __name__ == "__main__":
    main()
