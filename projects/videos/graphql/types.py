"""How do video projects look in GraphQL?"""

from __future__ import annotations

from typing import Any

import graphene

from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id
from projects.videos import documents
from projects.videos.queries.links import LINKS, link_of, picture_link
from projects.videos.queries.projects import image_assets_by_project
from storycore.graphql.connections import connection_type
from storycore.graphql.relations import Column, Many, One
from storycore.graphql.scalars import JSON
from storycore.graphql.types import Node, RowType
from storycore.mongo.reading import Row


class ProjectImage(graphene.ObjectType):
    """A picture of a project."""

    prompt = graphene.String(required=True, description="What it shows, in words.")
    url = graphene.String(description="Where it lies; null until it is made.")
    asset_id = graphene.ID(description="The asset, when it was made or chosen here.")
    error = graphene.String(description="Why it could not be made the last time.")


class ProjectCaption(graphene.ObjectType):
    """A sentence of the narration with its time."""

    text = graphene.String(required=True, description="The words.")
    start = graphene.Float(required=True, description="Seconds from the beginning.")
    end = graphene.Float(required=True, description="Seconds from the beginning.")


class ProjectSection(graphene.ObjectType):
    """A scene of the story that a project tells."""

    title = graphene.String(description="The scene's title: a chapter of the video.")
    text = graphene.String(description="What is narrated.")
    choice = graphene.String(description="The choice that was taken, shown as a card.")


def _images(row: Row) -> list[ProjectImage]:
    return [
        ProjectImage(
            prompt=one.get("prompt") or "",
            url=picture_link(row, one),
            asset_id=one.get("asset"),
            error=one.get("error"),
        )
        for one in row.get("images") or ()
    ]


def _audio(row: Row) -> str | None:
    return link_of(row, "narration_asset", "audio_path")


def _made(name: str, part: str) -> Any:
    def read(row: Row) -> Any:
        return (row.get(name) or {}).get(part)

    return read


def _lists(name: str) -> Any:
    def read(row: Row) -> list[Any]:
        return row.get(name) or []

    return read


class Project(RowType):
    """A video on its way from an idea to a file: script, narration, pictures, rendering."""

    class Meta:
        document = documents.VideoProject
        columns = (
            "key",
            "title",
            "description",
            "language",
            "use_case",
            "status",
            "script_text",
            "script_style",
            "voice_id",
            "audio_speed",
            "audio_pitch",
            "image_style",
            "resolution",
            "fps",
            "video_template_id",
            "background_music",
            "subtitles",
            "revision",
            "created_at",
            "updated_at",
        )
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The project's id.", required=True)
    owner_id = Column(graphene.ID, "owner", description="The id of its owner.", required=True)
    scenario_id = Column(graphene.ID, "scenario", description="The id of the story that it tells.")
    images = Column(
        graphene.List(graphene.NonNull(ProjectImage)),
        "images",
        LINKS,
        read=_images,
        description="The pictures in order.",
        required=True,
    )
    audio_path = Column(
        graphene.String,
        "narration_asset",
        "audio_path",
        LINKS,
        read=_audio,
        description="Where the narration lies; null until there is one.",
    )
    audio_url = Column(
        graphene.String,
        "narration_asset",
        "audio_path",
        LINKS,
        read=_audio,
        description="The same as audioPath.",
    )
    video_url = Column(
        graphene.String,
        "video_asset",
        "video_url",
        LINKS,
        read=lambda row: link_of(row, "video_asset", "video_url"),
        description="Where the video lies; null until there is one.",
    )
    thumbnail = Column(
        graphene.String,
        "thumbnail_asset",
        "thumbnail",
        LINKS,
        read=lambda row: link_of(row, "thumbnail_asset", "thumbnail"),
        description="Where the video's preview picture lies.",
    )
    video_inspirations = Column(
        graphene.List(graphene.NonNull(graphene.String)),
        "video_inspirations",
        read=_lists("video_inspirations"),
        description="Videos to be inspired by.",
        required=True,
    )
    stale = Column(
        graphene.List(graphene.NonNull(graphene.String)),
        "stale",
        read=_lists("stale"),
        description="What was made before its words, voice or pictures changed: narration, video.",
        required=True,
    )
    sections = Column(
        graphene.List(graphene.NonNull(ProjectSection)),
        "sections",
        read=_lists("sections"),
        description="The scenes of the story that it tells, one picture each.",
        required=True,
    )
    captions = Column(
        graphene.List(graphene.NonNull(ProjectCaption)),
        "narration",
        read=lambda row: (row.get("narration") or {}).get("captions") or [],
        description="The sentences of the narration with their times.",
        required=True,
    )
    narration_seconds = Column(
        graphene.Float,
        "narration",
        read=_made("narration", "seconds"),
        description="How long the narration is.",
    )
    duration = Column(
        graphene.Float,
        "video",
        "duration",
        read=lambda row: (row.get("video") or {}).get("seconds") or row.get("duration"),
        description="How long the video is, in seconds.",
    )
    extra = Column(JSON, "extra", description="What REST clients keep with it.")
    image_assets = Many(
        Asset,
        by="_id",
        load=image_assets_by_project,
        description="The pictures that are in the library, in order.",
    )
    narration = One(
        Asset, by="narration_asset", load=assets_by_id, description="The narration that was made."
    )
    video = One(Asset, by="video_asset", load=assets_by_id, description="The video that was made.")
    thumbnail_asset = One(
        Asset, by="thumbnail_asset", load=assets_by_id, description="Its preview picture."
    )


ProjectConnection = connection_type(Project)
