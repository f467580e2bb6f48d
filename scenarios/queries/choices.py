"""Which choices are there? The ones that leave scenes, and the ones that lead to them."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId

from scenarios.documents import Choice
from scenarios.queries.scenes import STORY_ORDER, is_readable
from storycore.access import Actor
from storycore.mongo.reading import Fields, Row, find_in, find_one, grouped, keyed


def choices_by_scene(
    _actor: Actor, scenes: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The choices that leave each scene, in order. One command."""
    rows = find_in(Choice, "from_scene", scenes, fields, sort=STORY_ORDER)
    return grouped(rows, by="from_scene", keys=scenes)


def incoming_choices_by_scene(
    _actor: Actor, scenes: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The choices that lead to each scene. One command."""
    rows = find_in(Choice, "to_scene", scenes, fields, sort=(("_id", 1),))
    return grouped(rows, by="to_scene", keys=scenes)


def choices_by_id(_actor: Actor, ids: Collection[ObjectId], fields: Fields) -> dict[ObjectId, Row]:
    """The choices among `ids`, for a reader who came through a scenario that may be read. One command."""
    return keyed(find_in(Choice, "_id", ids, fields))


def find_choice(actor: Actor, choice: ObjectId, fields: Fields) -> Row | None:
    """The choice, or None when there is none that the actor may read. Two commands."""
    row = find_one(Choice, {"_id": choice}, None if fields is None else {*fields, "scenario"})
    return row if row and is_readable(actor, row["scenario"]) else None
