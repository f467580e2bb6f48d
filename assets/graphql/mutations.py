"""The mutations of assets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import graphene
from bson import ObjectId
from graphene.utils.str_converters import to_snake_case

from assets.errors import AssetInUse
from assets.graphql.types import Asset, AssetUploadForm, AssetUsage, UploadField
from assets.ports import Usage
from assets.queries.assets import assets_by_id
from assets.services.deletion import delete_asset
from assets.services.direct_uploads import complete_upload, request_upload
from assets.services.editing import update_asset
from assets.services.replacing import NewFile, replace_file, restore_version
from assets.services.uploads import NewAsset, upload_asset
from storycore.access import Actor
from storycore.errors import StoryCoreError, Unauthenticated
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, Many, One, Siblings
from storycore.graphql.types import UserError
from storycore.graphql.uploads import Upload
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The asset's id.")
_FILE = Upload(required=True, description="The file, a part of a multipart request.")
_NAME = graphene.String(description="The name that people see; the file's own by default.")
_IS_PUBLIC = graphene.Boolean(description="Whether everybody may see it; false by default.")
_FOLDER = graphene.String(description="A folder path such as chapter-1/rooms.")
_TAGS = graphene.List(graphene.NonNull(graphene.String), description="Words to find it by.")


def _asset() -> One:
    return One(Asset, by="asset", load=assets_by_id, description="The asset as stored.")


def _load_lists(
    actor: Actor, lists: Collection[tuple[ObjectId, ...]], fields: frozenset[str]
) -> dict[tuple[ObjectId, ...], list[Row]]:
    rows = assets_by_id(actor, [key for one in lists for key in one], fields)
    return {one: [rows[key] for key in one if key in rows] for one in lists}


def new_asset(file: Any, type_: str, given: Mapping[str, Any]) -> NewAsset:
    """What the sender of an upload says of it."""
    return NewAsset(
        type=type_,
        file_name=file.name or "",
        mime_type=file.content_type,
        name=given.get("name"),
        is_public=bool(given.get("is_public")),
        folder=given.get("folder"),
        tags=tuple(given.get("tags") or ()),
    )


class UploadAsset(Mutation):
    """Checks a file by its bytes and stores it as an asset that belongs to you."""

    class Arguments:
        file = _FILE
        type = graphene.String(required=True, description="image or sound.")
        name = _NAME
        is_public = _IS_PUBLIC
        folder = _FOLDER
        tags = _TAGS

    asset = _asset()

    @classmethod
    def perform(cls, context: Context, *, file: Any, type: str, **given: Any) -> Row:
        new = new_asset(file, type, given)
        return {"asset": upload_asset(context.actor, file, new), "message": "Asset uploaded."}


class UploadAssets(Mutation):
    """Checks several files of one type; those that pass are stored, userErrors names the others."""

    class Arguments:
        files = graphene.List(
            graphene.NonNull(Upload),
            required=True,
            description="The files, parts of a multipart request.",
        )
        type = graphene.String(required=True, description="image or sound.")
        is_public = _IS_PUBLIC
        folder = _FOLDER
        tags = _TAGS

    assets = Many(
        Asset, by="assets", load=_load_lists, description="The assets as stored, in their order."
    )

    @classmethod
    def perform(cls, context: Context, *, files: list[Any], type: str, **given: Any) -> Row:
        stored, problems = [], []
        for number, file in enumerate(files):
            try:
                stored.append(upload_asset(context.actor, file, new_asset(file, type, given)))
            except Unauthenticated:
                raise
            except StoryCoreError as problem:
                problems.append(UserError.of(problem, f"files.{number}"))
        return {
            "assets": tuple(stored),
            "success": not problems,
            "message": f"{len(stored)} of {len(files)} files were stored.",
            "user_errors": problems,
        }


class ReplaceAssetFile(Mutation):
    """Gives an asset other bytes of the same type under the same id; the earlier file stays as a version."""

    class Arguments:
        id = _ID
        file = _FILE

    asset = _asset()

    @classmethod
    def perform(cls, context: Context, *, id: str, file: Any) -> Row:
        key = parse_id(id)
        new = NewFile(file_name=file.name or "", mime_type=file.content_type)
        changed = replace_file(context.actor, key, file, new)
        message = "File replaced." if changed else "The asset has this very file already."
        return {"asset": key, "message": message}


class RestoreAssetVersion(Mutation):
    """Makes an earlier version the asset's file again; the present one becomes a version."""

    class Arguments:
        id = _ID
        version = graphene.ID(required=True, description="The version's id.")

    asset = _asset()

    @classmethod
    def perform(cls, context: Context, *, id: str, version: str) -> Row:
        key = parse_id(id)
        restore_version(context.actor, key, version)
        return {"asset": key, "message": "Version restored."}


class RequestAssetUploadInput(graphene.InputObjectType):
    """What is going to be sent straight to the storage."""

    type = graphene.String(required=True, description="image or sound.")
    file_name = graphene.String(required=True, description="The file's own name.")
    mime_type = graphene.String(required=True, description="Its media type, such as image/png.")
    name = _NAME
    is_public = _IS_PUBLIC
    folder = _FOLDER
    tags = _TAGS


class RequestAssetUpload(Mutation):
    """Asks for a form that sends one file straight to the storage, where that is possible (S3)."""

    class Arguments:
        input = RequestAssetUploadInput(required=True, description="What is going to be sent.")

    upload = Column(AssetUploadForm, "upload", description="Where and how to send it.")

    @classmethod
    def perform(cls, context: Context, *, input: Any) -> Row:
        form = request_upload(
            context.actor,
            NewAsset(
                **input
                | {
                    "tags": tuple(input.get("tags") or ()),
                    "is_public": bool(input.get("is_public")),
                }
            ),
        )
        upload = AssetUploadForm(
            id=form.ticket,
            url=form.url,
            fields=[UploadField(name=name, value=value) for name, value in form.fields.items()],
            expires_at=form.expires_at,
            max_bytes=form.max_bytes,
        )
        return {"upload": upload, "message": "Post the fields and the file, then complete it."}


class CompleteAssetUpload(Mutation):
    """Checks what was sent to the storage and makes it an asset; calling it again answers the same asset."""

    class Arguments:
        upload_id = graphene.ID(required=True, description="The id of the form.")

    asset = _asset()

    @classmethod
    def perform(cls, context: Context, *, upload_id: str) -> Row:
        return {"asset": complete_upload(context.actor, upload_id), "message": "Asset uploaded."}


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


_PLACE = tuple(item.name for item in fields(Usage))


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
                {
                    **dict.fromkeys(_PLACE),
                    **{to_snake_case(name): value for name, value in place.items()},
                }
                for place in places
            )
        return row


class AssetMutations(graphene.ObjectType):
    """Writing assets."""

    class Meta:
        abstract = True

    upload_asset = UploadAsset.field()
    upload_assets = UploadAssets.field()
    replace_asset_file = ReplaceAssetFile.field()
    restore_asset_version = RestoreAssetVersion.field()
    request_asset_upload = RequestAssetUpload.field()
    complete_asset_upload = CompleteAssetUpload.field()
    update_asset = UpdateAsset.field()
    delete_asset = DeleteAsset.field()
