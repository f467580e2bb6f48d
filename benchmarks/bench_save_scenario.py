"""How long does a whole story of 500 scenes and 1,500 choices take to save? Fails above three seconds.

Run: python -m benchmarks.bench_save_scenario
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import orjson

from benchmarks.load import Request, once
from benchmarks.servers import Bench, benched

SCENES = 500
CHOICES = 3
MOST_SECONDS = 3.0
SAVE = """mutation Save($id: ID!, $input: SaveScenarioInput!) { saveScenario(id: $id, input: $input) {
revision created updated removed success userErrors { field code message } } }"""


def graph() -> dict[str, Any]:
    """The story as the editor sends it, with client keys."""
    scenes = [
        {
            "id": f"tmp-{number}",
            "title": f"Scene {number}",
            "text": "The path goes on between the trees. " * 10,
            "position": {"x": number % 25 * 200.0, "y": number // 25 * 150.0},
            "choices": [
                {"text": f"Way {way}", "toSceneId": f"tmp-{(number + way) % SCENES}"}
                for way in range(1, CHOICES + 1)
            ],
        }
        for number in range(SCENES)
    ]
    return {"scenes": scenes}


def stories(bench: Bench, count: int) -> tuple[list[str], str]:
    """Empty scenarios and their owner's token."""
    os.environ.update(bench.env)
    import django  # noqa: PLC0415 - settings must be there first

    django.setup()
    from storycore.mongo.connection import forget_connection  # noqa: PLC0415 - as above
    from tests.factories import a_scenario, an_access_token, an_actor  # noqa: PLC0415 - as above

    owner = an_actor("bench@example.com")
    keys = [str(a_scenario(owner)) for _ in range(count)]
    token = an_access_token(owner)
    forget_connection()
    return keys, token


def main() -> None:
    """Save some stories, print the figures, and fail when the median misses its mark."""
    took = []
    with benched() as bench:
        keys, token = stories(bench, 5)
        for key in keys:
            body = orjson.dumps({"query": SAVE, "variables": {"id": key, "input": graph()}})
            request = Request("/graphql/", body, (("Authorization", f"Bearer {token}"),))
            began = time.perf_counter()
            answer = once(bench.web_port, request)
            took.append(time.perf_counter() - began)
            saved = orjson.loads(answer)["data"]["saveScenario"]
            if saved["created"] != SCENES * (1 + CHOICES) or not saved["success"]:
                raise SystemExit(f"Not saved: {answer[:500]!r}")
    median = statistics.median(took)
    print(
        f"{SCENES} scenes, {SCENES * CHOICES} choices, over HTTP: median {median:.2f} s of {len(took)}"
    )
    print(f"least {min(took):.2f} s, most {max(took):.2f} s, allowed {MOST_SECONDS:g} s")
    if median > MOST_SECONDS:
        raise SystemExit("Too slow.")


if __name__ == "__main__":
    main()
