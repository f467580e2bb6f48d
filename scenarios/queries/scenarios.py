"""Which scenarios are there? By id for many at once, in pages, and what a story amounts to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bson import ObjectId

from scenarios.documents import Choice, Scenario, Scene
from storycore.access import Actor, is_visible, require_login, visible_to
from storycore.errors import InvalidInput
from storycore.mongo.reading import (
    Fields,
    Row,
    Sort,
    aggregated,
    count_where,
    find_where,
    keyed,
)
from storycore.mongo.relating import RowBy
from storycore.mongo.searching import literal
from storycore.paging import Page, Window

NEWEST: Sort = (("created_at", -1), ("_id", -1))
SEARCH_MAX = 200

STORY_VERSION = ("revision", "asset_changes")
"""What of a scenario changes with every change to the story itself, and to an asset that its scenes use."""


def list_scenarios(
    actor: Actor, filters: Mapping[str, Any], page: Page, fields: Fields
) -> list[Row]:
    """One page of the scenarios that match, newest first. Raises as `matching` does."""
    return find_where(
        Scenario,
        matching(actor, filters),
        fields,
        sort=NEWEST,
        limit=page.limit,
        offset=page.offset,
    )


def page_of_scenarios(
    actor: Actor, filters: Mapping[str, Any], window: Window, fields: Fields
) -> list[Row]:
    """The rows of a connection's window and one more when there is one."""
    where = {"$and": [matching(actor, filters), window.where()]}
    return find_where(Scenario, where, fields, sort=window.sort(), limit=window.size + 1)


def count_scenarios(actor: Actor, filters: Mapping[str, Any]) -> int:
    """How many scenarios match."""
    return count_where(Scenario, matching(actor, filters))


def visible(actor: Actor) -> dict[str, Any]:
    """The filter that leaves the scenarios that the actor may read: published ones and the own."""
    return visible_to(actor, public="is_published", owner="author")


scenarios_by_id = RowBy(Scenario, where=visible)
"""Scenarios that the actor may read."""


def may_read_scenario(actor: Actor, row: Row) -> bool:
    """What `visible` says, for a scenario's row that is at hand."""
    return is_visible(actor, row, public="is_published", owner="author")


def matching(actor: Actor, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The MongoDB filter for `search` (title and description), `published` and `mine`.

    Raises InvalidInput for too long a search, Unauthenticated for `mine` without a login.
    """
    parts = [visible(actor)]
    if filters.get("published") is not None:
        parts.append({"is_published": bool(filters["published"])})
    if filters.get("mine"):
        parts.append({"author": require_login(actor)})
    if filters.get("search"):
        parts.append(_search(filters["search"]))
    return {"$and": parts}


def stats_by_scenario(
    _actor: Actor, ids: Collection[ObjectId], _fields: Fields
) -> dict[ObjectId, Row]:
    """Counts of each scenario: scenes, choices, endings, words, missing pictures and sounds.

    Two commands however many ids; the server counts, no text travels.
    """
    words = {"$size": {"$regexFindAll": {"input": {"$ifNull": ["$text", ""]}, "regex": r"\S+"}}}
    scenes = _grouped_counts(
        Scene,
        ids,
        scenes={"$sum": 1},
        endings={"$sum": {"$cond": ["$is_end_scene", 1, 0]}},
        words={"$sum": words},
        missing_images=_missing("image"),
        missing_sounds=_missing("sound"),
    )
    choices = _grouped_counts(Choice, ids, choices={"$sum": 1})
    return {
        key: _NO_STATS | scenes.get(key, {}) | choices.get(key, {}) | {"_id": key} for key in ids
    }


_NO_STATS: Row = {
    "scenes": 0,
    "choices": 0,
    "endings": 0,
    "words": 0,
    "missing_images": 0,
    "missing_sounds": 0,
}


def _missing(field: str) -> dict[str, Any]:
    return {"$sum": {"$cond": [{"$ifNull": [f"${field}", False]}, 0, 1]}}


def _grouped_counts(document: Any, ids: Collection[ObjectId], **sums: Any) -> dict[ObjectId, Row]:
    pipeline = [
        {"$match": {"scenario": {"$in": list(ids)}}},
        {"$group": {"_id": "$scenario", **sums}},
    ]
    return keyed(aggregated(document, pipeline))


def _search(text: str) -> dict[str, Any]:
    if len(text) > SEARCH_MAX:
        raise InvalidInput(f"A search has at most {SEARCH_MAX} characters.", field="search")
    pattern = {"$regex": literal(text.strip()), "$options": "i"}
    return {"$or": [{"title": pattern}, {"description": pattern}]}
