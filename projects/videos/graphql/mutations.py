"""The mutations of video projects: the documents, and the stages that make something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import graphene
from django.conf import settings

from generation.graphql.mutations.generating import wait_for
from generation.graphql.types import Job
from generation.queries.jobs import jobs_by_id
from projects.videos.graphql.types import Project
from projects.videos.queries.projects import projects_by_id
from projects.videos.services import projects as services
from projects.videos.services import stages
from projects.videos.services.stages import Begun
from projects.videos.services.story_projects import create_project_from_scenario
from storycore.errors import InvalidInput
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.graphql.scalars import JSON
from storycore.graphql.types import UserError
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The project's id.")
_WAIT = graphene.Boolean(
    default_value=True,
    description="Wait for the result as long as the server allows; false answers the job at once.",
)
RENAMES = {
    "scenario": "scenarioId",
    "audio_path": "audioPath",
    "video_url": "videoUrl",
}


class ProjectImageInput(graphene.InputObjectType):
    """A picture of a project."""

    prompt = graphene.String(description="What it shows, in words.")
    url = graphene.String(description="Where it lies already; empty to have it made.")


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
    video_inspirations = graphene.List(
        graphene.NonNull(graphene.String), description="Videos to be inspired by."
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
    return {**extra, **body}


def _project(description: str = "The project as stored.") -> One:
    return One(Project, by="project", load=projects_by_id, description=description)


class CreateProject(Mutation):
    """Makes a video project of yours."""

    class Arguments:
        input = ProjectInput(required=True, description="The new project.")

    project = _project()

    @classmethod
    def perform(cls, context: Context, *, input: dict[str, Any]) -> Row:
        key = services.create_project(context.actor, body_of(input))
        return {"project": key, "message": "Project created."}


class UpdateProject(Mutation):
    """Changes the named fields of a project; only its owner or an admin may."""

    class Arguments:
        id = _ID
        input = ProjectInput(required=True, description="What changes.")

    project = _project()

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
    project = _project()

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


class Stage(Mutation):
    """What the stages share: an order, a wait, and the project as it is then."""

    class Meta:
        abstract = True

    @classmethod
    def waiting_seconds(cls) -> float:
        return float(settings.GENERATION_WAIT_SECONDS)

    @classmethod
    def answered(cls, context: Context, begun: Begun, *, wait: bool) -> Row:
        """The payload when the job has ended, or goes on."""
        if wait:
            wait_for(context, begun.job)
        fields = ("status", "message", "error_code", "error_message")
        row = jobs_by_id.find(context.actor, begun.job, fields) or {}
        payload: Row = {
            "project": begun.project["_id"],
            "job": begun.job,
            "message": row.get("message"),
        }
        if row.get("status") in ("failed", "cancelled"):
            text = row.get("error_message") or row.get("message") or "It was cancelled."
            code = row.get("error_code") or "CANCELLED"
            problem = UserError(field=None, code=code, message=text)
            payload |= {"success": False, "message": text, "user_errors": [problem]}
        return payload


def _job() -> One:
    return One(Job, by="job", load=jobs_by_id, description="The job that does it.")


class GenerateProjectScript(Stage):
    """Has the script written from title, description, use case, language and style."""

    class Arguments:
        id = _ID
        wait = _WAIT

    project = _project("The project as it is now.")
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True) -> Row:
        return cls.answered(context, stages.begin_script(context.actor, id, {}), wait=wait)


class GenerateProjectAudio(Stage):
    """Has the script spoken in the project's voice, language, speed and pitch."""

    class Arguments:
        id = _ID
        wait = _WAIT

    project = _project("The project as it is now.")
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True) -> Row:
        return cls.answered(context, stages.begin_narration(context.actor, id, {}), wait=wait)


class GenerateProjectImages(Stage):
    """Has the pictures made that are missing; when none is missing, all of them anew."""

    class Arguments:
        id = _ID
        wait = _WAIT

    project = _project("The project as it is now.")
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True) -> Row:
        return cls.answered(context, stages.begin_pictures(context.actor, id, {}), wait=wait)


class GenerateProjectImage(Stage):
    """Has one picture made again, with other words when they are given."""

    class Arguments:
        id = _ID
        index = graphene.Int(required=True, description="Its place, from 0.")
        prompt = graphene.String(description="What it shows instead.")
        wait = _WAIT

    project = _project("The project as it is now.")
    job = _job()

    @classmethod
    def perform(
        cls, context: Context, *, id: str, index: int, prompt: str | None = None, wait: bool = True
    ) -> Row:
        begun = stages.begin_picture(context.actor, id, index, {"prompt": prompt})
        return cls.answered(context, begun, wait=wait)


class GenerateProjectVideo(Stage):
    """Has the video rendered from narration and pictures."""

    class Arguments:
        id = _ID
        wait = _WAIT

    project = _project("The project as it is now.")
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True) -> Row:
        return cls.answered(context, stages.begin_video(context.actor, id, {}), wait=wait)


class GenerateProjectAll(Stage):
    """Has everything made that is missing or stale: script, narration, pictures, video."""

    class Arguments:
        id = _ID
        wait = _WAIT

    project = _project("The project as it is now.")
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True) -> Row:
        return cls.answered(context, stages.begin_production(context.actor, id, {}), wait=wait)


class ProjectMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    create_project = CreateProject.field()
    update_project = UpdateProject.field()
    delete_project = DeleteProject.field()
    create_project_from_scenario = CreateProjectFromScenario.field()
    generate_project_script = GenerateProjectScript.field()
    generate_project_audio = GenerateProjectAudio.field()
    generate_project_images = GenerateProjectImages.field()
    generate_project_image = GenerateProjectImage.field()
    generate_project_video = GenerateProjectVideo.field()
    generate_project_all = GenerateProjectAll.field()
