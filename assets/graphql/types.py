"""How do assets look in GraphQL?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import graphene

from assets import documents
from assets.queries.addresses import asset_url, full_asset_url, thumbnail_url, thumbnails
from assets.queries.facts import file_name_of, megabytes_of, public_metadata_of
from assets.queries.usages import usages_by_asset
from assets.queries.versions import versions_by_asset
from storycore.access import Actor
from storycore.accounts.graphql.types import User
from storycore.accounts.queries import users_by_id
from storycore.graphql.connections import connection_type
from storycore.graphql.relations import Column, Many, One
from storycore.graphql.scalars import JSON
from storycore.graphql.types import Node, RowType
from storycore.mongo.reading import Row

_FILE = ("file", "is_public")
_THUMBNAILS = ("metadata.thumbnails", "is_public")


def _load_users(_actor: Actor, ids: Collection[str], fields: frozenset[str]) -> Mapping[str, Row]:
    return users_by_id(ids, fields)


def _fact(name: str) -> Callable[[Row], Any]:
    def read(row: Row) -> Any:
        return (row.get("metadata") or {}).get(name)

    return read


def _fact_column(type_: Any, name: str, description: str) -> Column:
    return Column(type_, f"metadata.{name}", read=_fact(name), description=description)


class AssetUsage(RowType):
    """One place that uses an asset, as far as you may see it."""

    scene_id = Column(
        graphene.ID, "scene_id", description="The scene; null where a video project uses it."
    )
    scene_title = Column(graphene.String, "scene_title", description="The scene's title.")
    scenario_id = Column(graphene.ID, "scenario_id", description="The scene's scenario.")
    project_id = Column(
        graphene.ID, "project_id", description="The video project; null where a scene uses it."
    )
    project_title = Column(graphene.String, "project_title", description="The project's title.")
    field = Column(
        graphene.String,
        "field",
        description="image, sound or music; of a project image, narration, video or thumbnail.",
        required=True,
    )


class AssetThumbnail(graphene.ObjectType):
    """A small WebP of a picture, upright and in sRGB; never larger than the picture."""

    width = graphene.Int(required=True, description="Pixels across.")
    height = graphene.Int(required=True, description="Pixels down.")
    url = graphene.String(
        required=True,
        description="Where it is; signed and short-lived when the asset is private.",
    )


class AssetVersion(RowType):
    """An earlier file of an asset, one take of it; for its owner and admins."""

    id = Column(graphene.ID, "id", description="What restoreAssetVersion takes.", required=True)
    url = Column(graphene.String, *_FILE, read=asset_url, description="Where the file is; signed.")
    thumbnail_url = Column(
        graphene.String,
        *_THUMBNAILS,
        read=thumbnail_url,
        description="A preview that fits in 320 pixels; null for sounds.",
    )
    file_size = _fact_column(graphene.Int, "size", "The size in bytes.")
    mime_type = _fact_column(graphene.String, "mimeType", "The media type, read from the bytes.")
    width = _fact_column(graphene.Int, "width", "Pixels across, for pictures.")
    height = _fact_column(graphene.Int, "height", "Pixels down, for pictures.")
    duration = _fact_column(graphene.Float, "duration", "Seconds, for sounds.")
    metadata = Column(
        JSON,
        "metadata",
        read=public_metadata_of,
        description="All facts about the file.",
        required=True,
    )
    replaced_at = Column(
        graphene.DateTime,
        "replaced_at",
        read=lambda row: datetime.fromisoformat(row["replaced_at"]),
        description="When another file took its place (UTC).",
        required=True,
    )


class Asset(RowType):
    """A picture, a sound or a video with what is known about it."""

    class Meta:
        document = documents.Asset
        columns = ("type", "name", "is_public", "folder", "created_at", "updated_at")
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The asset's id.", required=True)
    url = Column(
        graphene.String,
        *_FILE,
        read=asset_url,
        description="Where the file is; signed and short-lived when the asset is private.",
    )
    full_url = Column(
        graphene.String,
        *_FILE,
        read=full_asset_url,
        description="The same with scheme and host.",
    )
    thumbnail_url = Column(
        graphene.String,
        *_THUMBNAILS,
        read=thumbnail_url,
        description="A preview that fits in 320 pixels; null for sounds.",
    )
    thumbnails = Column(
        graphene.List(graphene.NonNull(AssetThumbnail)),
        *_THUMBNAILS,
        read=thumbnails,
        description="Previews that fit in 320 and in 960 pixels, the smaller first; empty for sounds.",
        required=True,
    )
    filename = Column(
        graphene.String, "file", read=file_name_of, description="The stored file's name."
    )
    file_size = _fact_column(graphene.Int, "size", "The size in bytes.")
    file_size_mb = Column(
        graphene.Float, "metadata.size", read=megabytes_of, description="The size in megabytes."
    )
    mime_type = _fact_column(graphene.String, "mimeType", "The media type, read from the bytes.")
    width = _fact_column(graphene.Int, "width", "Pixels across, for pictures.")
    height = _fact_column(graphene.Int, "height", "Pixels down, for pictures.")
    duration = _fact_column(graphene.Float, "duration", "Seconds, for sounds.")
    sample_rate = _fact_column(graphene.Int, "sampleRate", "Samples a second, for sounds.")
    channels = _fact_column(graphene.Int, "channels", "1 is mono, 2 is stereo.")
    dominant_color = _fact_column(
        graphene.String, "dominantColor", "The colour of most of the picture, as #rrggbb."
    )
    placeholder = _fact_column(
        graphene.String, "placeholder", "A tiny blurred picture as a data address."
    )
    peaks = _fact_column(
        graphene.List(graphene.NonNull(graphene.Float)),
        "peaks",
        "The loudness over the sound's length, 0 to 1, for drawing a waveform.",
    )
    metadata = Column(
        JSON,
        "metadata",
        read=public_metadata_of,
        description="All facts about the file.",
        required=True,
    )
    tags = Column(
        graphene.List(graphene.NonNull(graphene.String)),
        "tags",
        read=lambda row: row.get("tags") or [],
        description="Words to find it by.",
        required=True,
    )
    uploaded_by = Column(
        graphene.ID, "uploaded_by", description="The id of its owner.", required=True
    )
    uploader = One(User, by="uploaded_by", load=_load_users, description="Its owner.")
    used_in = Many(AssetUsage, by="_id", load=usages_by_asset, description="Where it is used.")
    versions = Many(
        AssetVersion,
        by="_id",
        load=versions_by_asset,
        description="Earlier takes of it, newest first; empty unless it is yours.",
    )


class UploadField(graphene.ObjectType):
    """One field of a form that sends a file straight to the storage."""

    name = graphene.String(required=True, description="The field's name.")
    value = graphene.String(required=True, description="The field's value.")


class AssetUploadForm(graphene.ObjectType):
    """How to send one file straight to the storage: post the fields in their order, then the file as `file`."""

    id = graphene.ID(required=True, description="What completeAssetUpload takes.")
    url = graphene.String(required=True, description="Where to post multipart/form-data.")
    fields = graphene.List(
        graphene.NonNull(UploadField),
        required=True,
        description="The signed fields that come before the file.",
    )
    expires_at = graphene.DateTime(required=True, description="How long the form holds (UTC).")
    max_bytes = graphene.Int(required=True, description="The largest file that is taken.")


AssetConnection = connection_type(Asset)
