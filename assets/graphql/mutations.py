"""The mutations of assets."""

from __future__ import annotations

from typing import Any

import graphene
from graphene.utils.str_converters import to_snake_case

from assets.errors import AssetInUse
from assets.graphql.types import Asset, AssetUsage
from assets.queries.assets import assets_by_id
from assets.services.deletion import delete_asset
from assets.services.editing import update_asset
from assets.services.uploads import NewAsset, upload_asset
from storycore.errors import StoryCoreError
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One, Siblings
from storycore.graphql.uploads import Upload
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The asset's id.")


def _asset() -> One:
    return One(Asset, by="asset", load=assets_by_id, description="The asset as stored.")


class UploadAsset(Mutation):
    """Checks a file by its bytes and stores it as an asset that belongs to you."""

    class Arguments:
        file = Upload(required=True, description="The file, a part of a multipart request.")
        type = graphene.String(required=True, description="image or sound.")
        name = graphene.String(description="The name that people see; the file's own by default.")
        is_public = graphene.Boolean(description="Whether everybody may see it; false by default.")
        folder = graphene.String(description="A folder path such as chapter-1/rooms.")
        tags = graphene.List(graphene.NonNull(graphene.String), description="Words to find it by.")

    asset = _asset()

    @classmethod
    def perform(cls, context: Context, *, file: Any, type: str, **given: Any) -> Row:
        new = NewAsset(
            type=type,
            file_name=file.name or "",
            mime_type=file.content_type,
            name=given.get("name"),
            is_public=bool(given.get("is_public")),
            folder=given.get("folder"),
            tags=tuple(given.get("tags") or ()),
        )
        return {"asset": upload_asset(context.actor, file, new), "message": "Asset uploaded."}


class UpdateAssetInput(graphene.InputObjectType):
    """Changes to an asset; what is left out stays."""

    name = graphene.String(description="The name that people see.")
    is_public = graphene.Boolean(description="Whether everybody may see it.")
    folder = graphene.String(description="A folder path; null for none.")
    tags = graphene.List(graphene.NonNull(graphene.String), description="Words to find it by.")


class UpdateAsset(Mutation):
    """Renames an asset, files it, or changes who may see it; only its owner or an admin may."""

    class Arguments:
        id = _ID
        input = UpdateAssetInput(required=True, description="What changes.")

    asset = _asset()

    @classmethod
    def perform(cls, context: Context, *, id: str, input: Any) -> Row:
        key = parse_id(id)
        update_asset(context.actor, key, input)
        return {"asset": key, "message": "Asset updated."}


class DeleteAsset(Mutation):
    """Removes an asset. One in use is refused with ASSET_IN_USE, unless force clears the references."""

    class Arguments:
        id = _ID
        force = graphene.Boolean(description="Clear the references to it and delete it anyway.")

    deleted_id = Column(graphene.ID, "deleted_id", description="The id of what is gone.")
    cleared_references = Column(
        graphene.Int, "cleared_references", description="How many references were cleared."
    )
    used_in = Column(
        graphene.List(graphene.NonNull(AssetUsage)),
        "used_in",
        description="Where it is used, after a refusal, as far as you may see it.",
    )

    @classmethod
    def perform(cls, context: Context, *, id: str, force: bool = False) -> Row:
        key = parse_id(id)
        gone = delete_asset(context.actor, key, force=bool(force))
        return {
            "deleted_id": key,
            "cleared_references": gone.cleared_references,
            "message": "Asset deleted.",
        }

    @classmethod
    def refused(cls, problem: StoryCoreError) -> Row:
        row = super().refused(problem)
        if isinstance(problem, AssetInUse):
            places = problem.details["usedIn"]
            row["used_in"] = Siblings.records(
                {to_snake_case(name): value for name, value in place.items()} for place in places
            )
        return row


class AssetMutations(graphene.ObjectType):
    """Writing assets."""

    class Meta:
        abstract = True

    upload_asset = UploadAsset.field()
    update_asset = UpdateAsset.field()
    delete_asset = DeleteAsset.field()
