"""Which pictures and sounds do scenes have, and what are they made from?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bson import ObjectId

from scenarios.documents import MEDIA_FIELDS, SCENES_MAX, Scenario, Scene
from storycore.access import Actor, require_owner
from storycore.errors import NotFound
from storycore.mongo.reading import Row, find_in, find_where

_FIELDS = ("scenario", "title", "text", *MEDIA_FIELDS)


def scenes_for_media(
    actor: Actor,
    *,
    scenes: Collection[ObjectId] | None = None,
    scenario: ObjectId | None = None,
    limit: int = SCENES_MAX,
) -> list[Row]:
    """The scenes (named, or all of a scenario, in story order) with words and media, for who may edit them.

    Raises Unauthenticated, NotFound, Forbidden.
    """
    where: dict[str, Any] = (
        {"scenario": scenario} if scenes is None else {"_id": {"$in": list(scenes)}}
    )
    rows = find_where(Scene, where, _FIELDS, sort=(("order", 1), ("_id", 1)), limit=limit)
    stories = {row["scenario"] for row in rows} | ({scenario} if scenario else set())
    authors = find_in(Scenario, "_id", stories, ("author",))
    if len(authors) < len(stories) or not stories:
        raise NotFound(
            "There is no such scene or scenario.", field="scenario" if scenario else "scene"
        )
    for story in authors:
        require_owner(actor, story.get("author"), thing="scenario")
    return rows
