"""How fast does an edit reach 200 subscribers, and does memory stay flat? `python -m benchmarks.bench_live`.

200 WebSockets to one web process follow one story with the fields that an editor reads; one author edits a
scene twice a second for five minutes (LIVE_SECONDS for another time). What counts: the time from the request of
an edit until the last subscriber has read it, below 250 ms for every edit, and the growth of the web process
after its first edits, below 10 MB. The subscribers live in this process, beside the server's: it reads frames
without a library, so that it takes little of what it measures, and decodes and counts each message.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.bench_uploads import resident_megabytes
from benchmarks.light_socket import light_socket
from benchmarks.servers import Bench, benched

SUBSCRIBERS = 200
USERS = 10
EDITS_PER_SECOND = 2
SECONDS = float(os.environ.get("LIVE_SECONDS", "300"))
MOST_MILLISECONDS = 250
MOST_GROWTH_MEGABYTES = 10
FOLLOW = """subscription Follow($id: ID!) { scenarioChanged(id: $id) {
  revision byId edits { kind thing id scene { id title text } choice { id text } }
} }"""
EDIT = """mutation Edit($id: ID!, $title: String!) {
  updateScene(id: $id, input: {title: $title}) { success }
}"""


@dataclass
class Told:
    """When each revision had reached how many."""

    counts: dict[int, int] = field(default_factory=dict)
    complete: dict[int, asyncio.Future[float]] = field(default_factory=dict)

    def one(self, revision: int) -> None:
        """Count a subscriber that has read of this revision."""
        self.counts[revision] = self.counts.get(revision, 0) + 1
        if self.counts[revision] == SUBSCRIBERS:
            self.whole(revision).set_result(time.perf_counter())

    def whole(self, revision: int) -> asyncio.Future[float]:
        """The moment at which all had read of it."""
        return self.complete.setdefault(revision, asyncio.get_running_loop().create_future())


def prepared(bench: Bench) -> tuple[list[str], str, str]:
    """Tokens of some users, and the ids of a public story of the first of them and of a scene in it."""
    os.environ.update(bench.env)
    import django  # noqa: PLC0415 - settings must be there first

    django.setup()
    from storycore.mongo.connection import forget_connection  # noqa: PLC0415 - as above
    from tests import factories  # noqa: PLC0415 - as above

    people = [factories.an_actor(f"reader{number}@example.com") for number in range(USERS)]
    scenario = factories.a_story(people[0], scenes=60, choices=2, is_published=True)
    scene = factories.a_scene(people[0], scenario)
    tokens = [factories.an_access_token(person) for person in people]
    forget_connection()
    return tokens, str(scenario), str(scene)


async def follow(port: int, token: str, scenario: str, told: Told) -> None:
    """One subscriber, for as long as this process lives."""

    def heard(message: dict[str, Any]) -> None:
        if message["type"] != "next":
            raise SystemExit(f"A subscription ended: {message}")
        told.one(message["payload"]["data"]["scenarioChanged"]["revision"])

    socket = await light_socket(port, token, heard)
    socket.say(type="subscribe", id="1", payload={"query": FOLLOW, "variables": {"id": scenario}})


async def edited(client: httpx.AsyncClient, told: Told, scene: str, revision: int) -> float:
    """Edit once; milliseconds until the last subscriber has read of it."""
    began = time.perf_counter()
    body = {"query": EDIT, "variables": {"id": scene, "title": f"Room {revision}"}}
    answer = (await client.post("/graphql/", json=body)).json()
    if not answer["data"]["updateScene"]["success"]:
        raise SystemExit(f"The edit was refused: {answer}")
    async with asyncio.timeout(10):
        return (await told.whole(revision) - began) * 1000


async def measured(bench: Bench, tokens: list[str], scenario: str, scene: str) -> tuple[Any, ...]:
    """The milliseconds of every edit, and the megabytes of the web process at the begin and at the end."""
    told = Told()
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{bench.web_port}",
        headers={"Authorization": f"Bearer {tokens[0]}"},
    ) as client:
        for number in range(SUBSCRIBERS):
            await follow(bench.web_port, tokens[number % USERS], scenario, told)
        # Subscribing takes two reads and a write each; the protocol does not say when it is done.
        await asyncio.sleep(3)
        query = {
            "query": "query($id: ID!) { scenario(id: $id) { revision } }",
            "variables": {"id": scenario},
        }
        revision = (await client.post("/graphql/", json=query)).json()["data"]["scenario"][
            "revision"
        ]
        times: list[float] = []
        warm = EDITS_PER_SECOND * 10
        before = highest = 0.0
        for number in range(warm + int(SECONDS * EDITS_PER_SECOND)):
            began = time.perf_counter()
            revision += 1
            took = await edited(client, told, scene, revision)
            if number >= warm:
                times.append(took)
                highest = max(highest, resident_megabytes(bench.web_pids()))
            elif number == warm - 1:
                before = highest = resident_megabytes(bench.web_pids())
            await asyncio.sleep(max(0.0, began + 1 / EDITS_PER_SECOND - time.perf_counter()))
        after = resident_megabytes(bench.web_pids())
    return times, before, after, highest


def main() -> int:
    """Measure, print the figures; 1 when one is missed."""
    # The tokens have to last as long as the run.
    with benched(ACCESS_TOKEN_MINUTES="60") as bench:
        times, before, after, highest = asyncio.run(measured(bench, *prepared(bench)))
    ordered = sorted(times)
    p99 = ordered[int(len(ordered) * 0.99)]
    print(f"{SUBSCRIBERS} subscribers, {len(times)} edits in {SECONDS:g} s")
    print(
        f"until the last has read it: median {statistics.median(ordered):.0f} ms, "
        f"99 % {p99:.0f} ms, slowest {ordered[-1]:.0f} ms (at most {MOST_MILLISECONDS} ms)"
    )
    print(f"web memory: {before:.1f} MB, at the end {after:.1f} MB, at most {highest:.1f} MB")
    is_fast = ordered[-1] < MOST_MILLISECONDS
    return 0 if is_fast and after - before < MOST_GROWTH_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
