"""How far are readers? By id for those who may know, one reader's own, and counted for the author."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from scenarios.documents import Progress, Scene
from scenarios.queries.scenarios import scenarios_by_id
from storycore.access import Actor, require_login, require_owner
from storycore.errors import NotFound
from storycore.mongo.reading import Fields, Row, Sort, aggregated, find_in, find_where
from storycore.mongo.relating import RowBy
from storycore.paging import Page

LATEST: Sort = (("updated_at", -1), ("_id", -1))


def own(actor: Actor) -> dict[str, Any]:
    """The filter that leaves what the actor has read themselves; an admin sees all."""
    return {} if actor.is_admin else {"user": actor.user_id or ""}


progress_by_id = RowBy(Progress, where=own)
"""Progress that the actor may see: their own."""

any_progress_by_id = RowBy(Progress)
"""Progress by id for somebody who has shown that it is theirs."""


def list_own_progress(
    actor: Actor, page: Page, fields: Fields, scenario: ObjectId | None = None
) -> list[Row]:
    """The actor's own plays, the latest first. Raises Unauthenticated."""
    where: dict[str, Any] = {"user": require_login(actor)}
    if scenario is not None:
        where["scenario"] = scenario
    return find_where(Progress, where, fields, sort=LATEST, limit=page.limit, offset=page.offset)


def reader_report(actor: Actor, scenario: ObjectId) -> Row:
    """How many plays of a story there are, how many ended, and how many lost their scene to an edit.

    For its author. `moved` counts plays that were moved already and those that will be when they go on.
    Raises Unauthenticated, NotFound, Forbidden.
    """
    story = scenarios_by_id.find(actor, scenario, ("author",))
    if story is None:
        raise NotFound("There is no such scenario.", field="scenario")
    require_owner(actor, story.get("author"), thing="scenario")
    pipeline: list[dict[str, Any]] = [
        {"$match": {"scenario": scenario}},
        {
            "$group": {
                "_id": "$current_scene",
                "readers": {"$sum": 1},
                "completed": {"$sum": {"$cond": ["$is_completed", 1, 0]}},
                "moved": {"$sum": {"$cond": [{"$gt": ["$moved", 0]}, 1, 0]}},
            }
        },
    ]
    groups = aggregated(Progress, pipeline)
    there = {row["_id"] for row in find_in(Scene, "_id", [one["_id"] for one in groups], ("_id",))}
    stranded = sum(one["readers"] - one["moved"] for one in groups if one["_id"] not in there)
    return {
        "readers": sum(one["readers"] for one in groups),
        "completed": sum(one["completed"] for one in groups),
        "moved": sum(one["moved"] for one in groups) + stranded,
    }
