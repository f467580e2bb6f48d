"""Reads the stored stories and names every broken invariant; an empty list is what all writers must leave."""

from __future__ import annotations

from collections import Counter

from scenarios.services.access import LAST_ORDER
from storycore.mongo.connection import database


def broken_invariants() -> list[str]:
    """What is wrong with any scenario, scene or choice in the content database."""
    scenarios = {row["_id"]: row for row in database()["scenarios"].find()}
    scenes = {row["_id"]: row for row in database()["scenes"].find()}
    problems = [
        f"scene {key} has no scenario"
        for key, scene in scenes.items()
        if scene["scenario"] not in scenarios
    ]
    starts = Counter(scene["scenario"] for scene in scenes.values() if scene["is_start_scene"])
    problems += [
        f"scenario {key} has {starts[key]} start scenes"
        for key in {scene["scenario"] for scene in scenes.values()}
        if starts[key] != 1
    ]
    for key, scenario in scenarios.items():
        kept = scenario.get(LAST_ORDER)
        last = max((one["order"] for one in scenes.values() if one["scenario"] == key), default=-1)
        if kept is not None and kept != last:
            problems.append(f"scenario {key} takes {kept} for the last order, which is {last}")
    for choice in database()["choices"].find():
        for end in ("from_scene", "to_scene"):
            scene = scenes.get(choice[end])
            if scene is None:
                problems.append(f"choice {choice['_id']} has no {end}")
            elif scene["scenario"] != choice["scenario"]:
                problems.append(f"choice {choice['_id']} leaves its scenario by {end}")
    return problems
