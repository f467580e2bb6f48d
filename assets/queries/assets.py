"""Which assets are there? By id for many at once, and in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assets.documents import TYPES, Asset
from assets.ports import HOLDERS
from storycore.access import Actor, is_visible, require_login, visible_to
from storycore.errors import InvalidInput
from storycore.mongo.reading import Fields, Row, Sort, aggregated, count_where, find_where
from storycore.mongo.relating import RowBy
from storycore.mongo.searching import literal
from storycore.paging import Page, Window

NEWEST: Sort = (("created_at", -1), ("_id", -1))
SEARCH_MAX = 200


def list_assets(actor: Actor, filters: Mapping[str, Any], page: Page, fields: Fields) -> list[Row]:
    """One page of the assets that match, newest first. Raises as `matching` does."""
    return find_where(
        Asset, matching(actor, filters), fields, sort=NEWEST, limit=page.limit, offset=page.offset
    )


def page_of_assets(
    actor: Actor, filters: Mapping[str, Any], window: Window, fields: Fields
) -> list[Row]:
    """The rows of a connection's window and one more when there is one."""
    where = {"$and": [matching(actor, filters), window.where()]}
    return find_where(Asset, where, fields, sort=window.sort(), limit=window.size + 1)


def count_assets(actor: Actor, filters: Mapping[str, Any]) -> int:
    """How many assets match."""
    return count_where(Asset, matching(actor, filters))


def matching(actor: Actor, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The MongoDB filter for what a list was asked for; every filter narrows the others.

    `search` looks at name and tags, `folder` takes those below it too. Raises InvalidInput for an unknown
    type or too long a text, Unauthenticated for `mine` and `unused` without a login.
    """
    parts = [_visible(actor)]
    parts += [_FILTERS[name](actor, value) for name, value in filters.items() if _is_given(value)]
    return {"$and": parts}


def _is_given(value: Any) -> bool:
    """An empty text and null ask for nothing; false is an answer."""
    return value is not None and value != ""


def _of_type(_actor: Actor, type_: str) -> dict[str, Any]:
    if type_ not in TYPES:
        raise InvalidInput(f"type is one of {', '.join(TYPES)}.", field="type")
    return {"type": type_}


def _mine(actor: Actor, wanted: bool) -> dict[str, Any]:  # noqa: FBT001 - a filter's value
    return {"uploaded_by": require_login(actor)} if wanted else {}


def _of_owner(_actor: Actor, owner: str) -> dict[str, Any]:
    return {"uploaded_by": owner}


def _tagged(_actor: Actor, tag: str) -> dict[str, Any]:
    return {"tags": _bounded(tag, "tag").strip()}


def _in_folder(_actor: Actor, folder: str) -> dict[str, Any]:
    path = "/".join(part.strip() for part in _bounded(folder, "folder").split("/") if part.strip())
    return {"folder": {"$regex": f"^/*{literal(path)}(/|$)"}}


def _made_by_ai(_actor: Actor, wanted: bool) -> dict[str, Any]:  # noqa: FBT001 - a filter's value
    return {"metadata.aiGenerated": True if wanted else {"$ne": True}}


def _unused(actor: Actor, wanted: bool) -> dict[str, Any]:  # noqa: FBT001 - a filter's value
    """Among the actor's own: whether somebody else's private story uses an asset is not theirs to learn."""
    own = {"uploaded_by": require_login(actor)}
    ids = [row["_id"] for row in find_where(Asset, own, ("_id",), sort=NEWEST, limit=None)]
    used = {key for holder in HOLDERS for key in holder.used_ids(ids)}
    return own | {"_id": {"$nin" if wanted else "$in": list(used)}}


def _visible(actor: Actor) -> dict[str, Any]:
    seen = visible_to(actor, public="is_public", owner="uploaded_by")
    return {"$and": [{"deleting": {"$ne": True}}, seen]}


def _search(_actor: Actor, text: str) -> dict[str, Any]:
    pattern = {"$regex": literal(_bounded(text, "search").strip()), "$options": "i"}
    return {"$or": [{"name": pattern}, {"tags": pattern}]}


def _bounded(text: str, field: str) -> str:
    if len(text) > SEARCH_MAX:
        raise InvalidInput(f"This has at most {SEARCH_MAX} characters.", field=field)
    return text


_FILTERS: dict[str, Callable[[Actor, Any], dict[str, Any]]] = {
    "type": _of_type,
    "search": _search,
    "mine": _mine,
    "owner": _of_owner,
    "tag": _tagged,
    "folder": _in_folder,
    "ai_generated": _made_by_ai,
    "unused": _unused,
}

assets_by_id = RowBy(Asset, where=_visible)
"""Assets that the actor may see."""

any_asset_by_id = RowBy(Asset)
"""Assets whoever asks, marked ones too: for telling of changes, where `may_see_asset` decides."""


def may_see_asset(actor: Actor, row: Row) -> bool:
    """Whether the actor may know of an asset, or, when it is marked for removal, might have known of it."""
    return is_visible(actor, row, public="is_public", owner="uploaded_by")


def storage_used(actor: Actor) -> Row:
    """How many assets the actor has (an admin: all there are), and the bytes of their files. One command."""
    owner = require_login(actor)
    where = {} if actor.is_admin else {"uploaded_by": owner}
    total = {"_id": None, "count": {"$sum": 1}, "bytes": {"$sum": "$metadata.size"}}
    rows = aggregated(Asset, [{"$match": where}, {"$group": total}])
    return (
        {"count": rows[0]["count"], "bytes": rows[0]["bytes"]} if rows else {"count": 0, "bytes": 0}
    )
