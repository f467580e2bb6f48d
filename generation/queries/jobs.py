"""Which jobs are there? By id, in pages, and counted, each for the eyes of its owner only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from generation.documents import COMPLETED, OPEN, STATUSES, Job
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.mongo.connection import database
from storycore.mongo.reading import (
    Fields,
    Row,
    Sort,
    collection_of,
    count_where,
    find_in,
    find_where,
    grouped,
)
from storycore.mongo.relating import RowBy
from storycore.paging import Page, Window

NEWEST: Sort = (("created_at", -1), ("_id", -1))


def visible(actor: Actor) -> dict[str, Any]:
    """The filter that leaves the actor's own jobs; an admin sees all, nobody sees none."""
    return {} if actor.is_admin else {"owner": actor.user_id or ""}


jobs_by_id = RowBy(Job, where=visible)
"""Jobs that the actor may see."""


def list_jobs(actor: Actor, filters: Mapping[str, Any], page: Page, fields: Fields) -> list[Row]:
    """One page of the jobs that match, newest first. Raises as `matching` does."""
    where = matching(actor, filters)
    return find_where(Job, where, fields, sort=NEWEST, limit=page.limit, offset=page.offset)


def page_of_jobs(
    actor: Actor, filters: Mapping[str, Any], window: Window, fields: Fields
) -> list[Row]:
    """The rows of a connection's window and one more when there is one."""
    where = {"$and": [matching(actor, filters), window.where()]}
    return find_where(Job, where, fields, sort=window.sort(), limit=window.size + 1)


def count_jobs(actor: Actor, filters: Mapping[str, Any]) -> int:
    """How many jobs match."""
    return count_where(Job, matching(actor, filters))


def matching(actor: Actor, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The MongoDB filter for status, kind, scenario, scene, project.

    Raises Unauthenticated, InvalidInput for an unknown status.
    """
    require_login(actor)
    where: dict[str, Any] = dict(visible(actor))
    status = filters.get("status")
    if status is not None:
        if status not in STATUSES:
            raise InvalidInput(f"This is one of {', '.join(STATUSES)}.", field="status")
        where["status"] = status
    for name in ("kind", "scenario", "scene", "project"):
        if filters.get(name) is not None:
            where[name] = filters[name]
    return where


def job_of_asset(actor: Actor, asset: ObjectId, kind: str, fields: Fields) -> Row | None:
    """The actor's job of this kind that made an asset, or None. One command."""
    rows = find_where(
        Job, {**visible(actor), "asset": asset, "kind": kind}, fields, sort=NEWEST, limit=1
    )
    return rows[0] if rows else None


def takes_by_root(
    actor: Actor, roots: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The jobs that repeat each of these, oldest first. One command."""
    rows = find_in(Job, "take_of", roots, fields, where=visible(actor), sort=(("_id", 1),))
    return grouped(rows, by="take_of", keys=roots)


def children_by_parent(
    actor: Actor, parents: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The jobs that each of these waits for, oldest first. One command."""
    rows = find_in(Job, "parent", parents, fields, where=visible(actor), sort=(("_id", 1),))
    return grouped(rows, by="parent", keys=parents)


def open_scene_jobs(scenes: Collection[ObjectId]) -> dict[tuple[ObjectId, str], ObjectId]:
    """Which places of these scenes are being filled, and by which job. One command."""
    rows = find_in(
        Job, "scene", scenes, ("scene", "media_field"), where={"status": {"$in": list(OPEN)}}
    )
    return {(row["scene"], row.get("media_field") or ""): ObjectId(row["_id"]) for row in rows}


def job_stats(actor: Actor) -> Row:
    """How many jobs of the actor wait, are worked on, and were done today (UTC). Two commands."""
    require_login(actor)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    pipeline: list[dict[str, Any]] = [
        {"$match": {**visible(actor), "status": {"$in": list(OPEN)}}},
        {"$group": {"_id": "$status", "count": {"$sum": 1}}},
    ]
    counted = database()[collection_of(Job)].aggregate(pipeline)
    by_status = {row["_id"]: row["count"] for row in counted}
    done = count_where(Job, {**visible(actor), "status": COMPLETED, "finished_at": {"$gte": today}})
    return {
        "queued": by_status.get("queued", 0),
        "processing": by_status.get("processing", 0),
        "completed_today": done,
    }
