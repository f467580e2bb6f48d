"""Where lie the files that a project names? Rows of projects with the links of all their assets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from assets.queries.addresses import full_asset_url
from assets.queries.assets import assets_by_id
from storycore.access import Actor
from storycore.mongo.reading import Fields, Row
from storycore.mongo.relating import Lookup, RowBy, RowsBy

LINKS = "__links"
"""The name under which a reader asks for the links, and finds them: a mapping from assets to addresses."""

Links = Mapping[ObjectId, str | None]
_PLACES = ("narration_asset", "video_asset", "thumbnail_asset")
_NEEDED = frozenset({"images", *_PLACES})


@dataclass(frozen=True)
class LinkedRows(RowBy):
    """Projects with the links of their files when a reader asks for LINKS or for all; one command more."""

    def __call__(self, actor: Actor, values: Collection[Any], fields: Fields) -> dict[Any, Row]:
        """The rows by the value of `key`."""
        rows = super().__call__(actor, values, stored_fields(fields))
        add_links(actor, rows.values(), fields)
        return rows

    def find_with(
        self,
        actor: Actor,
        key: ObjectId,
        fields: Fields,
        lookups: Mapping[str, Lookup] | None = None,
        children: tuple[RowsBy, Fields] | None = None,
    ) -> tuple[Row, list[Row]] | None:
        """One row by its id, and its children."""
        found = super().find_with(actor, key, stored_fields(fields), lookups, children)
        if found is not None:
            add_links(actor, [found[0]], fields)
        return found


def stored_fields(fields: Fields) -> Fields:
    """What is read from the database for a reader of these fields."""
    if fields is None or LINKS not in fields:
        return fields
    return (frozenset(fields) | _NEEDED) - {LINKS}


def add_links(actor: Actor, rows: Iterable[Row], fields: Fields) -> None:
    """Put the links of all their files into rows whose reader asks for them. One command, none for no files."""
    if fields is not None and LINKS not in fields:
        return
    listed = list(rows)
    links = media_urls(actor, (asset for row in listed for asset in assets_of(row)))
    for row in listed:
        row[LINKS] = links


def media_urls(actor: Actor, assets: Iterable[ObjectId]) -> dict[ObjectId, str | None]:
    """The links of assets that the actor may see. One command, none for no assets."""
    rows = assets_by_id(actor, list(dict.fromkeys(assets)), ("file", "is_public"))
    return {key: full_asset_url(row) for key, row in rows.items()}


def assets_of(row: Row) -> Iterable[ObjectId]:
    """Every asset that a project names."""
    for image in row.get("images") or ():
        if image.get("asset"):
            yield image["asset"]
    for name in _PLACES:
        if row.get(name):
            yield row[name]


def link_of(row: Row, place: str, other: str) -> str | None:
    """The link of the file in one place, else the address that a client gave: field `other`."""
    asset = row.get(place)
    made = None if asset is None else (row.get(LINKS) or {}).get(asset)
    found: str | None = made or row.get(other)
    return found


def picture_link(row: Row, image: Mapping[str, Any]) -> str | None:
    """The link of one picture of a project."""
    asset = image.get("asset")
    found: str | None = (row.get(LINKS) or {}).get(asset) if asset else image.get("url")
    return found
