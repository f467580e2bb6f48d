"""Which jobs are there? By id, in pages, and counted, each for the eyes of its owner only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from generation.documents import COMPLETED, FINAL, OPEN, QUEUED, STATUSES, Job
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.mongo.reading import (
    Fields,
    Row,
    Sort,
    aggregated,
    count_where,
    find_in,
    find_where,
    grouped,
)
from storycore.mongo.relating import RowBy
from storycore.paging import Page, Window

NEWEST: Sort = (("created_at", -1), ("_id", -1))
IN_TURN: Sort = (("priority", 1), ("turn", 1), ("_id", 1))
"""The order in which workers take jobs: the lower number first."""


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


def list_queue(actor: Actor, page: Page, fields: Fields) -> list[Row]:
    """The actor's jobs that are not done, in the order in which workers take them. One command."""
    return find_where(
        Job, _open_jobs(actor), fields, sort=IN_TURN, limit=page.limit, offset=page.offset
    )


def count_queue(actor: Actor) -> int:
    """How many jobs of the actor are not done. One command."""
    return count_where(Job, _open_jobs(actor))


def waiting_neighbour(row: Row, *, earlier: bool) -> Row | None:
    """The owner's waiting job that comes right before this one in its queue, or right after. One command."""
    test = "$lt" if earlier else "$gt"
    here = {"priority": row["priority"], "turn": row["turn"], "_id": row["_id"]}
    beyond = [
        {"priority": {test: here["priority"]}},
        {"priority": here["priority"], "turn": {test: here["turn"]}},
        {"priority": here["priority"], "turn": here["turn"], "_id": {test: here["_id"]}},
    ]
    where = {"owner": row["owner"], "queue": row["queue"], "status": QUEUED, "$or": beyond}
    sort = tuple((name, -1) for name, _ in IN_TURN) if earlier else IN_TURN
    rows = find_where(Job, where, ("priority", "turn"), sort=sort, limit=1)
    return rows[0] if rows else None


def open_project_jobs(actor: Actor, project: str, kind: str, fields: Fields) -> list[Row]:
    """The actor's jobs of this kind for a project that are not done and wait for nobody. One command."""
    owner = require_login(actor)
    where = {"owner": owner, "project": project, "kind": kind, "parent": None}
    open_ones = {**where, "status": {"$in": list(OPEN)}}
    return find_where(Job, open_ones, fields, sort=NEWEST, limit=10)


def job_stats(actor: Actor) -> Row:
    """How many jobs of the actor wait, are worked on, and ended today (UTC). Two commands."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ended = {"status": {"$in": list(FINAL)}, "finished_at": {"$gte": today}}
    waiting, done = (_counted({**visible(actor), **where}) for where in (_open_jobs(actor), ended))
    return {
        "queued": waiting.get("queued", 0),
        "processing": waiting.get("processing", 0),
        "completed_today": done.get(COMPLETED, 0),
        "failed_today": done.get("failed", 0),
        "cancelled_today": done.get("cancelled", 0),
    }


def _open_jobs(actor: Actor) -> dict[str, Any]:
    require_login(actor)
    return {**visible(actor), "status": {"$in": list(OPEN)}}


def _counted(where: Mapping[str, Any]) -> dict[str, int]:
    pipeline: list[dict[str, Any]] = [
        {"$match": where},
        {"$group": {"_id": "$status", "count": {"$sum": 1}}},
    ]
    counted = aggregated(Job, pipeline)
    return {row["_id"]: row["count"] for row in counted}
