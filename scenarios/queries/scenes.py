"""Which scenes are there? By id, by scenario, and the ones that stories start with."""

from __future__ import annotations

from scenarios.documents import Scene
from scenarios.queries.scenarios import scenarios_by_id
from storycore.access import Actor
from storycore.mongo.reading import Sort
from storycore.mongo.relating import RowBy, RowsBy

STORY_ORDER: Sort = (("order", 1), ("_id", 1))

readable_scenes = RowBy(Scene, guard=("scenario", scenarios_by_id))
"""Scenes by id for anybody: they may be read when their scenario may."""

scenes_by_id = RowBy(Scene)
"""Scenes by id for a reader who came through a scenario that may be read."""

scenes_by_scenario = RowsBy(Scene, "scenario", STORY_ORDER, many=True)
"""The scenes of each scenario in story order."""


def _is_start(_actor: Actor) -> dict[str, bool]:
    return {"is_start_scene": True}


start_scenes_by_scenario = RowBy(Scene, "scenario", where=_is_start)
"""The start scene of each scenario that has one."""
