"""The old names of this app's root fields, kept for clients that send them."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from assets.graphql.mutations import new_asset
from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id, list_assets
from assets.services.uploads import upload_asset
from storycore.access import Actor
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.reads import LIMIT, ReadMany
from storycore.graphql.relations import One
from storycore.graphql.uploads import Upload
from storycore.mongo.reading import Row
from storycore.paging import parse_page


def _listed(
    actor: Actor,
    fields: frozenset[str],
    *,
    type: str | None = None,
    limit: int | None = None,
    offset: int | None = None,
    **filters: Any,
) -> list[Row]:
    return list_assets(actor, {"type": type, **filters}, parse_page(limit, offset), fields)


def _public(actor: Actor, fields: frozenset[str], **given: Any) -> list[Row]:
    rows = _listed(actor, fields | {"is_public"}, **given)
    return [row for row in rows if row.get("is_public")]


def _mine(actor: Actor, fields: frozenset[str], **given: Any) -> list[Row]:
    return _listed(actor, fields, mine=True, **given)


class DeprecatedAssetQueries(graphene.ObjectType):
    """Old names of reads."""

    class Meta:
        abstract = True

    public_assets = ReadMany(
        Asset,
        fetch=_public,
        type=graphene.String(description="Only image, sound or video; typeFilter is read as this."),
        **LIMIT,
        description="Assets that everybody may see.",
        deprecation_reason="Use assets.",
    )
    my_assets = ReadMany(
        Asset,
        fetch=_mine,
        type=graphene.String(description="Only image, sound or video; typeFilter is read as this."),
        **LIMIT,
        description="Your own assets.",
        deprecation_reason="Use assets(mine: true).",
    )


class CreateAssetInput(graphene.InputObjectType):
    """A file with its words."""

    file = Upload(required=True, description="The file, a part of a multipart request.")
    type = graphene.String(required=True, description="image or sound.")
    name = graphene.String(description="The name that people see.")
    is_public = graphene.Boolean(description="Whether everybody may see it; false by default.")


class CreateAsset(Mutation):
    """Checks a file by its bytes and stores it as an asset that belongs to you."""

    class Arguments:
        input = CreateAssetInput(required=True, description="The file with its words.")

    renames: ClassVar = {}
    asset = One(Asset, by="asset", load=assets_by_id, description="The asset as stored.")

    @classmethod
    def perform(cls, context: Context, *, input: Any) -> Row:
        given = dict(input)
        new = new_asset(given.pop("file"), given.pop("type"), given)
        return {
            "asset": upload_asset(context.actor, input["file"], new),
            "message": "Asset uploaded.",
        }


class DeprecatedAssetMutations(graphene.ObjectType):
    """Old names of writes."""

    class Meta:
        abstract = True

    create_asset = CreateAsset.field(deprecation_reason="Use uploadAsset.")
