"""`/projects/{key}/generate-...`: the stages. Each is a job; an answer waits for it as long as it may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from projects.videos.rest.documenting import stage_body
from projects.videos.rest.made import picture_answer, video_answer, whole_answer
from projects.videos.rest.requests import (
    actor_of,
    answered,
    awaited,
    failure,
    is_shared,
    processing,
)
from projects.videos.services.stages import (
    Begun,
    begin_narration,
    begin_picture,
    begin_pictures,
    begin_production,
    begin_script,
    begin_video,
)
from storycore.access import Actor
from storycore.errors import InvalidInput
from storycore.rest.answers import json_answer
from storycore.rest.bodies import object_in

router = Router(tags=["Stages"])
_SENT_AS = {"script_style": "style", "image_style": "style", "video_template_id": "template"}


@router.post(
    "/projects/{key}/generate-script",
    summary="Writes the script",
    openapi_extra=stage_body("title", "description", "use_case", "language", "style"),
)
@answered
def generate_script(request: HttpRequest, key: str) -> HttpResponse:
    """What is not given comes from the project; answers the whole project."""
    actor = actor_of(request)
    begun = _begun(request, begin_script, actor, key)
    return _whole(request, actor, begun, "Script")


@router.post(
    "/projects/{key}/generate-audio",
    summary="Speaks the script",
    openapi_extra=stage_body("script_text", "voice_id", "audio_speed", "audio_pitch", "language"),
)
@answered
def generate_audio(request: HttpRequest, key: str) -> HttpResponse:
    """Answers the project with audio_path and audio_url, status audio_generated."""
    actor = actor_of(request)
    begun = _begun(request, begin_narration, actor, key)
    return _whole(request, actor, begun, "Audio")


@router.post(
    "/projects/{key}/generate-images",
    summary="Makes the pictures",
    openapi_extra=stage_body("images", "style"),
)
@answered
def generate_images(request: HttpRequest, key: str) -> HttpResponse:
    """Answers the project with the pictures in order; also takes {prompts: [...], style}."""
    actor = actor_of(request)
    begun = _begun(request, begin_pictures, actor, key)
    return _whole(request, actor, begun, "Image")


@router.post(
    "/projects/{key}/generate-images/{index}",
    summary="Makes one picture again",
    openapi_extra=stage_body("prompt", "style"),
)
@answered
def generate_image(request: HttpRequest, key: str, index: int) -> HttpResponse:
    """Answers {image_url, scene_index}; 404 when there is no such picture."""
    actor = actor_of(request)
    begun = _begun(request, begin_picture, actor, key, index)
    job = awaited(actor, begun.job)
    if job is None:
        return processing(request, "Image", begun.job)
    if job["status"] != "completed":
        return failure(request, job)
    return json_answer(request, picture_answer(actor, job["asset"], index))


@router.post(
    "/projects/{key}/generate-video",
    summary="Renders the video",
    openapi_extra=stage_body("resolution", "fps", "template", "background_music"),
)
@answered
def generate_video(request: HttpRequest, key: str) -> HttpResponse:
    """Answers {video_url, thumbnail, duration, status, updated_at}; 400 without audio or images."""
    actor = actor_of(request)
    begun = _begun(request, begin_video, actor, key)
    return _video(request, actor, begun)


@router.post(
    "/projects/{key}/generate-all",
    summary="Makes everything that is missing",
    openapi_extra=stage_body("resolution", "fps", "template", "background_music"),
)
@answered
def generate_all(request: HttpRequest, key: str) -> HttpResponse:
    """Script, narration, pictures and video, as far as they are missing or stale."""
    actor = actor_of(request)
    return _video(request, actor, _begun(request, begin_production, actor, key))


def _begun(request: HttpRequest, begin: Callable[..., Begun], *arguments: Any) -> Begun:
    """The stage that the body asks for; what is wrong with it is said in the body's own words."""
    given = object_in(request)
    try:
        return begin(*arguments, given, is_public=is_shared(request))
    except InvalidInput as problem:
        problem.field = _sent_as(problem.field, given)
        raise


def _sent_as(field: str | None, given: Mapping[str, Any]) -> str | None:
    if field is None:
        return None
    if _SENT_AS.get(field) in given:
        return _SENT_AS[field]
    if "images" not in given and field.startswith("images."):
        if "prompts" in given:
            return field.replace("images.", "prompts.").removesuffix(".prompt")
        return "prompt" if "prompt" in given else field
    return field


def _whole(request: HttpRequest, actor: Actor, begun: Begun, stage: str) -> HttpResponse:
    job = awaited(actor, begun.job)
    if job is None:
        return processing(request, stage, begun.job)
    if job["status"] != "completed":
        return failure(request, job)
    return json_answer(request, whole_answer(actor, begun.project, job))


def _video(request: HttpRequest, actor: Actor, begun: Begun) -> HttpResponse:
    job = awaited(actor, begun.job)
    if job is None:
        return processing(request, "Video", begun.job)
    if job["status"] != "completed":
        return failure(request, job)
    return json_answer(request, video_answer(actor, begun.project, job))
