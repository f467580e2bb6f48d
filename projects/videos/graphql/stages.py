"""The mutations of the stages of video projects: each orders a job and waits for it as long as it may."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.conf import settings

from generation.graphql.mutations.generating import wait_for
from generation.graphql.types import Job
from generation.queries.jobs import jobs_by_id
from projects.videos.graphql.mutations import ProjectImageInput, stored_project
from projects.videos.services import stages
from projects.videos.services.stages import Begun
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import One
from storycore.graphql.types import UserError
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The project's id.")
_WAIT = graphene.Boolean(
    default_value=True,
    description="Wait for the result as long as the server allows; false answers the job at once.",
)
_NOW = "The project as it is now."


def _text(description: str) -> graphene.String:
    return graphene.String(description=f"{description} Without it, as the project says.")


class Stage(Mutation):
    """What the stages share: an order, a wait, and the project as it is then."""

    class Meta:
        abstract = True

    renames: ClassVar = {
        "script_style": "style",
        "image_style": "style",
        "video_template_id": "template",
    }

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
            "project": begun.project.get("_id"),
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
        title = _text("What the video is called.")
        description = _text("What it is about.")
        use_case = _text("What it is for.")
        language = _text("en, fr, es, de, it or pt.")
        style = _text("The tone of the script.")
        wait = _WAIT

    project = stored_project(_NOW)
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True, **given: Any) -> Row:
        return cls.answered(context, stages.begin_script(context.actor, id, given), wait=wait)


class GenerateProjectAudio(Stage):
    """Has the script spoken in the project's voice, language, speed and pitch."""

    class Arguments:
        id = _ID
        script_text = _text("What the narrator says.")
        voice_id = _text("Who narrates.")
        audio_speed = graphene.Float(description="1 is normal; 0.7 to 1.3.")
        audio_pitch = graphene.Float(description="1 is the voice's own; 0.7 to 1.3.")
        language = _text("en, fr, es, de, it or pt.")
        wait = _WAIT

    project = stored_project(_NOW)
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True, **given: Any) -> Row:
        return cls.answered(context, stages.begin_narration(context.actor, id, given), wait=wait)


class GenerateProjectImages(Stage):
    """Has the pictures made that are missing; when none is missing, all of them anew."""

    class Arguments:
        id = _ID
        images = graphene.List(
            graphene.NonNull(ProjectImageInput),
            description="The pictures in order. Without them, those of the project.",
        )
        style = _text("How they look.")
        wait = _WAIT

    project = stored_project(_NOW)
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True, **given: Any) -> Row:
        if given.get("images") is not None:
            given["images"] = [dict(one) for one in given["images"]]
        return cls.answered(context, stages.begin_pictures(context.actor, id, given), wait=wait)


class GenerateProjectImage(Stage):
    """Has one picture made again, with other words when they are given."""

    class Arguments:
        id = _ID
        index = graphene.Int(required=True, description="Its place, from 0.")
        prompt = graphene.String(description="What it shows instead.")
        style = _text("How it looks.")
        wait = _WAIT

    project = stored_project(_NOW)
    job = _job()

    @classmethod
    def perform(
        cls, context: Context, *, id: str, index: int, wait: bool = True, **given: Any
    ) -> Row:
        begun = stages.begin_picture(context.actor, id, index, given)
        return cls.answered(context, begun, wait=wait)


class GenerateProjectVideo(Stage):
    """Has the video rendered from narration and pictures."""

    class Arguments:
        id = _ID
        resolution = _text("720p, 1080p, 1440p or 2160p.")
        fps = graphene.Int(description="24, 30 or 60.")
        template = _text("How one picture follows the other.")
        background_music = _text("The mood of the music, or none.")
        wait = _WAIT

    project = stored_project(_NOW)
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True, **given: Any) -> Row:
        return cls.answered(context, stages.begin_video(context.actor, id, given), wait=wait)


class GenerateProjectAll(Stage):
    """Has everything made that is missing or stale: script, narration, pictures, video."""

    class Arguments:
        id = _ID
        wait = _WAIT

    project = stored_project(_NOW)
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, wait: bool = True) -> Row:
        return cls.answered(context, stages.begin_production(context.actor, id, {}), wait=wait)


class StageMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    generate_project_script = GenerateProjectScript.field()
    generate_project_audio = GenerateProjectAudio.field()
    generate_project_images = GenerateProjectImages.field()
    generate_project_image = GenerateProjectImage.field()
    generate_project_video = GenerateProjectVideo.field()
    generate_project_all = GenerateProjectAll.field()
