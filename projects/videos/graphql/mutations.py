"""The mutations of video projects: the documents. Those of their stages are in stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import graphene

from projects.videos.graphql.types import Project
from projects.videos.queries.projects import projects_by_id
from projects.videos.services import projects as services
from projects.videos.services.story_projects import create_project_from_scenario
from projects.videos.services.subtitles import subtitle_settings
from storycore.errors import InvalidInput
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.graphql.scalars import JSON
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The project's id.")
RENAMES = {
    "scenario": "scenarioId",
    "audio_path": "audioPath",
    "video_url": "videoUrl",
}


class ProjectImageInput(graphene.InputObjectType):
    """A picture of a project."""

    prompt = graphene.String(description="What it shows, in words.")
    url = graphene.String(description="Where it lies already; empty to have it made.")


class ProjectSubtitlesInput(graphene.InputObjectType):
    """How captions are shown."""

    burn = graphene.Boolean(
        default_value=True,
        description="Whether they are drawn into the video; as files they can be had either way.",
    )
    style = graphene.String(default_value="boxed", description="plain, boxed or outlined.")
    position = graphene.String(default_value="bottom", description="bottom or top.")


class ProjectInput(graphene.InputObjectType):
    """The fields of a project; what is absent stays as it is."""

    title = graphene.String(description="What the video is called.")
    description = graphene.String(description="What it is about.")
    language = graphene.String(description="en, fr, es, de, it or pt.")
    use_case = graphene.String(
        description="storytelling, youtube_short, explanation, commercial, inspirational, educational or "
        "tutorial."
    )
    status = graphene.String(
        description="draft, script_generated, audio_ready, images_ready, video_ready."
    )
    script_text = graphene.String(description="What the narrator says.")
    script_style = graphene.String(
        description="educational, inspirational, comedic, dramatic, casual or professional."
    )
    voice_id = graphene.String(description="alloy, echo, fable, onyx, nova or shimmer.")
    audio_speed = graphene.Float(description="1 is normal; 0.7 to 1.3.")
    audio_pitch = graphene.Float(description="1 is the voice's own; 0.7 to 1.3.")
    image_style = graphene.String(
        description="realistic, pixar, anime, flat_design, watercolor, oil_painting or sketch."
    )
    images = graphene.List(
        graphene.NonNull(ProjectImageInput), description="The pictures in order."
    )
    resolution = graphene.String(description="720p, 1080p, 1440p or 2160p.")
    fps = graphene.Int(description="24, 30 or 60.")
    video_template_id = graphene.String(
        description="basic_fade, slide_left, slide_right, zoom_in, zoom_out or ken_burns."
    )
    background_music = graphene.String(
        description="none, soft, upbeat, cinematic, corporate or ambient."
    )
    audio_path = graphene.String(description="A narration that is there already: its address.")
    video_url = graphene.String(description="A video that is there already: its address.")
    thumbnail = graphene.String(description="The preview picture of that video.")
    duration = graphene.Float(description="The length of that video in seconds.")
    video_inspirations = graphene.List(
        graphene.NonNull(graphene.String), description="Videos to be inspired by."
    )
    subtitles = graphene.Field(
        ProjectSubtitlesInput, description="How captions are shown in the video."
    )
    extra = JSON(description="Further keys, kept as they come.")


def body_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The input as the service takes it. Raises InvalidInput when `extra` is no object."""
    body = dict(given)
    extra = body.pop("extra", None) or {}
    if not isinstance(extra, dict):
        raise InvalidInput("A JSON object is expected.", field="extra")
    if "images" in body:
        body["images"] = [dict(one) for one in body["images"] or ()]
    if body.get("subtitles") is not None:
        body["subtitles"] = subtitle_settings(body["subtitles"])
    return {**extra, **body}


def stored_project(description: str = "The project as stored.") -> One:
    """The field of a payload that reads the project back."""
    return One(Project, by="project", load=projects_by_id, description=description)


class CreateProject(Mutation):
    """Makes a video project of yours."""

    class Arguments:
        input = ProjectInput(required=True, description="The new project.")

    project = stored_project()

    @classmethod
    def perform(cls, context: Context, *, input: dict[str, Any]) -> Row:
        key = services.create_project(context.actor, body_of(input))
        return {"project": key, "message": "Project created."}


class UpdateProject(Mutation):
    """Changes the named fields of a project; only its owner or an admin may."""

    class Arguments:
        id = _ID
        input = ProjectInput(required=True, description="What changes.")

    project = stored_project()

    @classmethod
    def perform(cls, context: Context, *, id: str, input: dict[str, Any]) -> Row:
        key = services.update_project(context.actor, id, body_of(input))
        return {"project": key, "message": "Project updated."}


class DeleteProject(Mutation):
    """Removes a project; what was made for it stays in the library."""

    class Arguments:
        id = _ID

    deleted_id = Column(graphene.ID, "deleted_id", description="The id of what is gone.")

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        return {
            "deleted_id": services.delete_project(context.actor, id),
            "message": "Project deleted.",
        }


class CreateProjectFromScenario(Mutation):
    """Makes a project that tells one way through a story: words, pictures, the choices taken as cards."""

    class Arguments:
        scenario_id = graphene.ID(required=True, description="The story.")
        path = graphene.List(
            graphene.NonNull(graphene.ID),
            description="The scenes in order; without it, the shortest way to an ending.",
        )
        input = ProjectInput(description="The project's own fields.")

    renames: ClassVar = RENAMES
    project = stored_project()

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        scenario_id: str,
        path: list[str] | None = None,
        input: dict[str, Any] | None = None,
    ) -> Row:
        key = create_project_from_scenario(
            context.actor,
            parse_id(scenario_id, field="scenarioId"),
            [parse_id(one, field=f"path.{number}") for number, one in enumerate(path or ())]
            or None,
            body_of(input or {}),
        )
        return {"project": key, "message": "Project created."}


class ProjectMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    create_project = CreateProject.field()
    update_project = UpdateProject.field()
    delete_project = DeleteProject.field()
    create_project_from_scenario = CreateProjectFromScenario.field()
