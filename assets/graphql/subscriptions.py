"""The root fields of Subscription that assets have."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id
from assets.queries.changes import ASSET_CHANGES, EVERY
from storycore.access import Actor
from storycore.errors import NotFound
from storycore.graphql.relations import Record
from storycore.graphql.subscriptions import LiveField, Opened, record_of
from storycore.ids import find_id


class AssetChangeKind(graphene.Enum):
    """What happened to an asset."""

    class Meta:
        description = "What happened to an asset."

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"

    @property
    def description(self) -> str:
        """What the schema says of each value."""
        return {
            "created": "It was uploaded or made.",
            "updated": "Its record, its file or its publication was changed.",
            "deleted": "It is gone.",
        }[self.value]


class AssetChange(graphene.ObjectType):
    """One change of an asset that you may see."""

    id = graphene.ID(required=True, description="The asset's id.")
    kind = graphene.Field(graphene.NonNull(AssetChangeKind), description="What happened.")
    at = graphene.DateTime(required=True, description="When (UTC).")
    asset = graphene.Field(Asset, description="The asset as it is now; null when it is gone.")

    def resolve_id(self: Any, _info: GraphQLResolveInfo) -> str:
        return str(self.key)

    def resolve_asset(self: Any, _info: GraphQLResolveInfo) -> Record | None:
        return None if self.kind == "deleted" else record_of(self.row)


def _open(actor: Actor, id: str | None = None) -> Opened:
    if id is None:
        return Opened(EVERY)
    hidden = NotFound("There is no such asset.", field="id")
    key = find_id(id)
    if key is None or assets_by_id.find(actor, key, ("_id",)) is None:
        raise hidden
    return Opened(key, hidden=hidden)


class AssetSubscriptions(graphene.ObjectType):
    """Following assets."""

    class Meta:
        abstract = True

    asset_changed = LiveField(
        AssetChange,
        source=ASSET_CHANGES,
        open=_open,
        id=graphene.ID(description="Only this one; without it public assets and your own."),
        description="Every change of an asset that you may see.",
    )
