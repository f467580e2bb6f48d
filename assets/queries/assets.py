"""Which assets are there? By id for many at once, and in pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assets.documents import TYPES, Asset
from storycore.access import Actor, require_login, visible_to
from storycore.errors import InvalidInput
from storycore.mongo.reading import Fields, Row, Sort, count_where, find_where
from storycore.mongo.relating import RowBy
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
    """The MongoDB filter for `type`, `search` (name and tags) and `mine`.

    Raises InvalidInput for an unknown type or too long a search, Unauthenticated for `mine` without a login.
    """
    parts = [_visible(actor)]
    if filters.get("type"):
        if filters["type"] not in TYPES:
            raise InvalidInput(f"type is one of {', '.join(TYPES)}.", field="type")
        parts.append({"type": filters["type"]})
    if filters.get("mine"):
        parts.append({"uploaded_by": require_login(actor)})
    if filters.get("search"):
        parts.append(_search(filters["search"]))
    return {"$and": parts}


def _visible(actor: Actor) -> dict[str, Any]:
    seen = visible_to(actor, public="is_public", owner="uploaded_by")
    return {"$and": [{"deleting": {"$ne": True}}, seen]}


def _search(text: str) -> dict[str, Any]:
    if len(text) > SEARCH_MAX:
        raise InvalidInput(f"A search has at most {SEARCH_MAX} characters.", field="search")
    pattern = {"$regex": re.escape(text.strip()), "$options": "i"}
    return {"$or": [{"name": pattern}, {"tags": pattern}]}


assets_by_id = RowBy(Asset, where=_visible)
"""Assets that the actor may see."""
