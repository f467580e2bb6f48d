"""Which projects are there? By id or key, in pages, and as JSON Server's lists; each for its owner only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bson import ObjectId

from assets.queries.assets import assets_by_id
from projects.videos.choices import AUDIO_GENERATED, NARRATED, STATUSES
from projects.videos.documents import VideoProject
from projects.videos.queries.links import LinkedRows, add_links, stored_fields
from storycore.access import Actor, is_owner, require_login
from storycore.errors import InvalidInput, NotFound
from storycore.ids import find_id
from storycore.mongo.lists import Condition, Listed, ListPlace, ListQuery, read_list
from storycore.mongo.reading import Fields, Row, Sort, count_where, find_in, find_one, find_where
from storycore.mongo.searching import literal
from storycore.mongo.sources import RowSource
from storycore.paging import Page, Window

NEWEST: Sort = (("created_at", -1), ("_id", -1))
LIST_MAX = 1_000
ASSET_PLACES = ("images.asset", "narration_asset", "video_asset", "thumbnail_asset")
"""Where a project names assets."""

# Under their stored names; everything else a client asks for lies in `extra`.
_FIELDS = frozenset(VideoProject._fields) - {
    "id", "key", "owner", "extra", "narration", "narration_asset", "video", "video_asset", "thumbnail_asset",
    "sections", "stale", "search_text", "revision",
    "scenario", "subtitles",
}  # fmt: skip
_RENAMED = {
    "id": "key",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "audio_url": "audio_path",
}
_KNOWN = _FIELDS | frozenset(_RENAMED)
# Fields with a list of values; none of them is the empty text.
_CHOSEN = frozenset({
    "language", "use_case", "status", "script_style", "voice_id", "image_style", "resolution", "fps",
    "video_template_id", "background_music",
})  # fmt: skip


def visible(actor: Actor) -> dict[str, Any]:
    """The filter that leaves the actor's own projects; an admin sees all, nobody sees none."""
    return {} if actor.is_admin else {"owner": actor.user_id or ""}


projects_by_id = LinkedRows(VideoProject, where=visible)
"""Projects that the actor may see."""

PROJECT_CHANGES = RowSource(
    rows=LinkedRows(VideoProject), may_read=lambda actor, row: is_owner(actor, row.get("owner"))
)
"""Changed projects, by id."""


def find_project(actor: Actor, key: str, fields: Fields = None) -> Row:
    """The actor's project of this key, or any that they may see by its own id.

    Raises Unauthenticated, NotFound.
    """
    owner = require_login(actor)
    row = find_one(VideoProject, {"owner": owner, "key": key}, fields)
    own_id = find_id(key)
    if row is None and own_id is not None:
        row = find_one(VideoProject, {"_id": own_id, **visible(actor)}, fields)
    if row is None:
        raise NotFound("There is no such project.", field="id")
    return row


def find_number(actor: Actor, key: str) -> ObjectId | None:
    """The document's id of the project that the actor calls so, or None. One command."""
    if not actor.is_authenticated or not key.isprintable():
        return None
    row = find_one(VideoProject, {"owner": actor.user_id, "key": key}, ("_id",))
    return None if row is None else ObjectId(row["_id"])


def list_as_json_server(actor: Actor, query: ListQuery) -> Listed:
    """The actor's own projects as JSON Server would list them. At most three commands.

    `status=audio_ready` also finds what the narration stage has left at audio_generated; `status=` all.
    """
    owner = require_login(actor)
    place = ListPlace(
        document=VideoProject,
        where={"owner": owner},
        path_of=_path_of,
        known=_KNOWN,
        search_path="search_text",
        most=LIST_MAX,
    )
    conditions = tuple(_with_both_spellings(one) for one in query.conditions if not _is_open(one))
    return read_list(place, replace(query, conditions=conditions))


def _is_open(condition: Condition) -> bool:
    """Whether a form was sent with nothing chosen: `status=` is no wish for projects without a status."""
    is_choice = condition.name in _CHOSEN and condition.test == "is"
    return is_choice and not any(condition.values)


def _with_both_spellings(condition: Condition) -> Condition:
    if condition.name != "status" or condition.test != "is" or NARRATED not in condition.values:
        return condition
    return Condition("status", "is", (*condition.values, AUDIO_GENERATED))


def _path_of(name: str) -> str | None:
    parts = name.split(".")
    if len(parts) > 8 or any(not part or part.startswith("$") or "\0" in part for part in parts):
        return None
    head = _RENAMED.get(parts[0], parts[0])
    if head in _FIELDS or parts[0] in _RENAMED:
        return ".".join([head, *parts[1:]])
    return f"extra.{name}"


def list_projects(
    actor: Actor, filters: Mapping[str, Any], page: Page, fields: Fields
) -> list[Row]:
    """One page of the projects that match, newest first."""
    where = matching(actor, filters)
    rows = find_where(
        VideoProject,
        where,
        stored_fields(fields),
        sort=NEWEST,
        limit=page.limit,
        offset=page.offset,
    )
    add_links(actor, rows, fields)
    return rows


def page_of_projects(
    actor: Actor, filters: Mapping[str, Any], window: Window, fields: Fields
) -> list[Row]:
    """The rows of a connection's window and one more when there is one."""
    where = {"$and": [matching(actor, filters), window.where()]}
    read = stored_fields(fields)
    rows = find_where(VideoProject, where, read, sort=window.sort(), limit=window.size + 1)
    add_links(actor, rows, fields)
    return rows


def count_projects(actor: Actor, filters: Mapping[str, Any]) -> int:
    """How many projects match."""
    return count_where(VideoProject, matching(actor, filters))


def matching(actor: Actor, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The MongoDB filter for status and search.

    Raises Unauthenticated, InvalidInput for an unknown status.
    """
    require_login(actor)
    where: dict[str, Any] = dict(visible(actor))
    status = filters.get("status")
    if status is not None:
        if status not in STATUSES:
            raise InvalidInput(f"This is one of {', '.join(STATUSES)}.", field="status")
        where["status"] = {"$in": [NARRATED, AUDIO_GENERATED] if status == NARRATED else [status]}
    for word in (filters.get("search") or "").lower().split()[:10]:
        where.setdefault("$and", []).append({"search_text": {"$regex": literal(word)}})
    return where


def projects_using(assets: list[ObjectId]) -> list[Row]:
    """The projects, whoever's, that hold one of these assets."""
    where = {"$or": [{place: {"$in": assets}} for place in ASSET_PLACES]}
    return find_where(
        VideoProject,
        where,
        ("owner", "title", *ASSET_PLACES),
        sort=(("_id", 1),),
        limit=LIST_MAX,
    )


def image_assets_by_project(
    actor: Actor, projects: Collection[ObjectId], fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The pictures of each project that are assets the actor may see, in order. Two commands."""
    rows = find_in(VideoProject, "_id", projects, ("images.asset",), where=visible(actor))
    named = {
        row["_id"]: [one["asset"] for one in row.get("images") or () if one.get("asset")]
        for row in rows
    }
    assets = assets_by_id(actor, list({key for keys in named.values() for key in keys}), fields)
    return {
        project: [assets[key] for key in named.get(project, ()) if key in assets]
        for project in projects
    }
