"""The root fields of assets."""

from __future__ import annotations

from typing import Any

import graphene

from assets.graphql.deprecated import DeprecatedAssetQueries
from assets.graphql.types import Asset, AssetConnection
from assets.queries.assets import assets_by_id, count_assets, list_assets, page_of_assets
from storycore.access import Actor
from storycore.graphql.connections import Listing, connection_field
from storycore.graphql.reads import LIMIT, ReadMany, ReadOne
from storycore.mongo.reading import Row
from storycore.paging import parse_page


def _filters() -> dict[str, Any]:
    return {
        "type": graphene.String(description="Only image, sound or video."),
        "search": graphene.String(description="Words in the name or the tags."),
        "mine": graphene.Boolean(description="Only your own."),
        "owner": graphene.ID(description="Only those of the user with this id."),
        "tag": graphene.String(description="Only those with this very tag."),
        "folder": graphene.String(description="Only those in this folder or below it."),
        "ai_generated": graphene.Boolean(
            description="Only those made by an AI, or only the others."
        ),
        "unused": graphene.Boolean(
            description="Only your own that nothing uses, or only those that something uses."
        ),
    }


def _list_assets(
    actor: Actor,
    fields: frozenset[str],
    *,
    limit: int | None = None,
    offset: int | None = None,
    **filters: Any,
) -> list[Row]:
    return list_assets(actor, filters, parse_page(limit, offset), fields)


class AssetQueries(DeprecatedAssetQueries):
    """Reading assets."""

    class Meta:
        abstract = True

    asset = ReadOne(Asset, rows=assets_by_id, noun="asset")
    assets = ReadMany(
        Asset,
        fetch=_list_assets,
        **_filters(),
        **LIMIT,
        description="Public assets and your own, newest first.",
    )
    assets_connection = connection_field(
        AssetConnection,
        Listing(page=page_of_assets, count=count_assets),
        **_filters(),
        description="The same list with cursors, for reading all of it.",
    )


NODES = {Asset: assets_by_id}
"""Where `node(id)` looks for the types of this app."""
