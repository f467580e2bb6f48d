"""`/projects/{key}/generate-...`: the stages. Each is a job; an answer waits for it as long as it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from django.http import HttpRequest, HttpResponse
from ninja import Router

from projects.videos.choices import AUDIO_GENERATED, PICTURED, RENDERED, SCRIPTED
from projects.videos.queries.answers import image_answers, media_urls, project_answer, text_of
from projects.videos.queries.projects import projects_by_id
from projects.videos.rest.documenting import stage_body
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
from storycore.ids import find_id
from storycore.mongo.documents import now
from storycore.mongo.reading import Row
from storycore.rest.answers import json_answer
from storycore.rest.bodies import object_in

router = Router(tags=["Stages"])


@router.post(
    "/projects/{key}/generate-script",
    summary="Writes the script",
    openapi_extra=stage_body("title", "description", "use_case", "language", "style"),
)
@answered
def generate_script(request: HttpRequest, key: str) -> HttpResponse:
    """What is not given comes from the project; answers the whole project."""
    actor = actor_of(request)
    begun = begin_script(actor, key, object_in(request), is_public=is_shared(request))
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
    begun = begin_narration(actor, key, object_in(request), is_public=is_shared(request))
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
    begun = begin_pictures(actor, key, object_in(request), is_public=is_shared(request))
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
    begun = begin_picture(actor, key, index, object_in(request), is_public=is_shared(request))
    job = awaited(actor, begun.job)
    if job is None:
        return processing(request, "Image", begun.job)
    if job["status"] != "completed":
        return failure(request, job)
    urls = media_urls(actor, [job["asset"]])
    return json_answer(request, {"image_url": urls.get(job["asset"]), "scene_index": index})


@router.post(
    "/projects/{key}/generate-video",
    summary="Renders the video",
    openapi_extra=stage_body("resolution", "fps", "template", "background_music"),
)
@answered
def generate_video(request: HttpRequest, key: str) -> HttpResponse:
    """Answers {video_url, thumbnail, duration, status, updated_at}; 400 without audio or images."""
    actor = actor_of(request)
    begun = begin_video(actor, key, object_in(request), is_public=is_shared(request))
    return _video(request, actor, begun)


@router.post(
    "/projects/{key}/generate-all",
    summary="Makes everything that is missing",
    openapi_extra=stage_body(),
)
@answered
def generate_all(request: HttpRequest, key: str) -> HttpResponse:
    """Script, narration, pictures and video, as far as they are missing or stale."""
    actor = actor_of(request)
    return _video(request, actor, begin_production(actor, key, is_public=is_shared(request)))


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
    names = ("video_url", "thumbnail", "duration", "status", "updated_at")
    whole = whole_answer(actor, begun.project, job)
    return json_answer(request, {name: whole[name] for name in names})


def whole_answer(actor: Actor, project: Row, job: Row) -> dict[str, Any]:
    """The project as the stage left it; for `temp`, what was given and what was made of it."""
    number = project.get("_id")
    row = projects_by_id.find(actor, number, None) if number is not None else None
    if row is not None:
        return project_answer(actor, row)
    return {**project_answer(actor, {"key": "temp", **project}), **_made(actor, project, job)}


def _made(actor: Actor, project: Row, job: Row) -> dict[str, Any]:
    result: Mapping[str, Any] = job.get("result") or {}
    moment = {"updated_at": text_of(now()), "updatedAt": text_of(now())}
    if job["kind"] == "script":
        return {"script_text": result["text"], "status": SCRIPTED, **moment}
    if job["kind"] == "narration":
        url = media_urls(actor, [job["asset"]]).get(job["asset"])
        return {"audio_path": url, "audio_url": url, "status": AUDIO_GENERATED, **moment}
    if job["kind"] == "pictures":
        return {**_pictures(actor, project, result), "status": PICTURED, **moment}
    thumbnail = find_id(result.get("thumbnail"))
    urls = media_urls(actor, [one for one in (job["asset"], thumbnail) if one])
    return {
        "video_url": urls.get(job["asset"]),
        "thumbnail": urls.get(thumbnail) if thumbnail else None,
        "duration": result.get("seconds"),
        "status": RENDERED,
        **moment,
    }


def _pictures(actor: Actor, project: Row, result: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: ObjectId(asset) for key, asset in (result.get("pictures") or {}).items()}
    images = [{**one, "asset": made.get(one["id"], one.get("asset"))} for one in project["images"]]
    urls = media_urls(actor, [one["asset"] for one in images if one["asset"]])
    return {"images": image_answers(images, urls)}
