"""Which scenes are there? By id, by scenario, and the ones that stories start with."""

from __future__ import annotations

from scenarios.documents import Scenario, Scene
from scenarios.queries.scenarios import NEWEST, scenarios_by_id, visible
from storycore.access import Actor
from storycore.mongo.reading import Fields, Row, Sort, find_where
from storycore.mongo.relating import RowBy, RowsBy
from storycore.paging import Page

_STORIES_MAX = 1_000

STORY_ORDER: Sort = (("order", 1), ("_id", 1))

readable_scenes = RowBy(Scene, guard=("scenario", scenarios_by_id))
"""Scenes by id for anybody: they may be read when their scenario may."""

scenes_by_id = RowBy(Scene)
"""Scenes by id for a reader who came through a scenario that may be read."""

scenes_by_scenario = RowsBy(Scene, "scenario", STORY_ORDER, many=True)
"""The scenes of each scenario in story order."""


def readable_in(actor: Actor, page: Page, fields: Fields, *, sort: Sort) -> list[Row]:
    """One page of the scenes of all scenarios that the actor may read, newest scenario first. Two commands."""
    stories = find_where(Scenario, visible(actor), ("_id",), sort=NEWEST, limit=_STORIES_MAX)
    where = {"scenario": {"$in": [row["_id"] for row in stories]}}
    return find_where(
        Scene, where, fields, sort=(("scenario", -1), *sort), limit=page.limit, offset=page.offset
    )


def _is_start(_actor: Actor) -> dict[str, bool]:
    return {"is_start_scene": True}


start_scenes_by_scenario = RowBy(Scene, "scenario", where=_is_start)
"""The start scene of each scenario that has one."""
