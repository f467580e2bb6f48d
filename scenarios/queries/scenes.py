"""Which scenes are there? By id, by scenario, and the ones that stories start with."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId

from scenarios.documents import Scenario, Scene
from scenarios.queries.scenarios import visible
from storycore.access import Actor
from storycore.mongo.reading import Fields, Row, Sort, find_in, find_one, grouped, keyed

STORY_ORDER: Sort = (("order", 1), ("_id", 1))


def scenes_by_scenario(
    _actor: Actor, scenarios: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The scenes of each scenario in story order. One command; who may read the scenario may read them."""
    rows = find_in(Scene, "scenario", scenarios, fields, sort=STORY_ORDER)
    return grouped(rows, by="scenario", keys=scenarios)


def start_scenes_by_scenario(
    _actor: Actor, scenarios: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, Row]:
    """The start scene of each scenario that has one. One command."""
    rows = find_in(Scene, "scenario", scenarios, fields, where={"is_start_scene": True})
    return keyed(rows, by="scenario")


def scenes_by_id(_actor: Actor, ids: Collection[ObjectId], fields: Fields) -> dict[ObjectId, Row]:
    """The scenes among `ids`, for a reader who came through a scenario that may be read. One command."""
    return keyed(find_in(Scene, "_id", ids, fields))


def find_scene(actor: Actor, scene: ObjectId, fields: Fields) -> Row | None:
    """The scene, or None when there is none that the actor may read. Two commands."""
    row = find_one(Scene, {"_id": scene}, None if fields is None else {*fields, "scenario"})
    return row if row and is_readable(actor, row["scenario"]) else None


def is_readable(actor: Actor, scenario: ObjectId) -> bool:
    """Whether the actor may read a scenario. One command."""
    return find_one(Scenario, {"$and": [{"_id": scenario}, visible(actor)]}, ("_id",)) is not None
