"""The second family of addresses of the same studio: /scripts, /audios, /images, /video, /subtitles."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Router

from generation.engines.captions import srt_of, vtt_of
from projects.videos.choices import DRAFT, LANGUAGES, SUBTITLE_POSITIONS, SUBTITLE_STYLES, TEMPLATES
from projects.videos.queries.answers import project_answer
from projects.videos.queries.projects import find_project, projects_by_id
from projects.videos.rest import stages
from projects.videos.rest.documenting import CAPTIONS, ERRORS, body_of, json_of, stage_body
from projects.videos.rest.made import description_answer
from projects.videos.rest.requests import (
    actor_of,
    answered,
    awaited,
    failure,
    is_shared,
    processing,
)
from projects.videos.services.describing import order_description
from projects.videos.services.stages import TEMPORARY
from projects.videos.services.subtitles import (
    Captions,
    captions_of,
    captions_of_sound,
    set_subtitles,
    subtitle_settings,
)
from storycore.access import Actor, require_login
from storycore.rest.answers import json_answer
from storycore.rest.bodies import object_in

router = Router(tags=["Studio"])
_FORMATS = {"srt": (srt_of, "application/x-subrip"), "vtt": (vtt_of, "text/vtt")}
_TEMPLATE_NAMES = {
    "basic_fade": ("Fade", "Each picture dissolves into the next."),
    "slide_left": ("Slide left", "The next picture pushes in from the right."),
    "slide_right": ("Slide right", "The next picture pushes in from the left."),
    "zoom_in": ("Zoom in", "Each picture slowly comes nearer."),
    "zoom_out": ("Zoom out", "Each picture slowly goes away."),
    "ken_burns": ("Ken Burns", "Each picture is wandered over."),
}


@router.post(
    "/scripts/description/generate",
    summary="Writes a description",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["contextual_description"],
                        "properties": {
                            "contextual_description": {"type": "string", "minLength": 1},
                            "language": {"enum": [*LANGUAGES, None]},
                        },
                    }
                }
            }
        },
        "responses": {
            200: json_of(
                "The text.", {"type": "object", "properties": {"description": {"type": "string"}}}
            ),
            **ERRORS,
        },
    },
)
@answered
def generate_description(request: HttpRequest) -> HttpResponse:
    """A description of what {contextual_description} hints at."""
    actor = actor_of(request)
    job = order_description(actor, object_in(request), is_public=is_shared(request))
    row = awaited(actor, job)
    if row is None:
        return processing(request, "Description", job)
    if row["status"] != "completed":
        return failure(request, row)
    return json_answer(request, description_answer(row))


@router.post(
    "/scripts/{key}", summary="Writes the script", openapi_extra=stage_body("title", "description")
)
def scripts(request: HttpRequest, key: str) -> HttpResponse:
    """As /projects/{key}/generate-script."""
    return _same(stages.generate_script, request, key)


# Before /audios/{key}, which would take its name for a key.
@router.get("/audios/generate-subtitle", summary="Captions of a narration", openapi_extra=CAPTIONS)
@answered
def generate_subtitle(
    request: HttpRequest, project_id: str, audio_path: str | None = None
) -> HttpResponse:
    """{success, subtitle_path}: where the captions of a narration can be fetched.

    Of the project's narration; for an unsaved project (`temp`), of the one that `audio_path` leads to.
    """
    actor = actor_of(request)
    _captions(actor, project_id, audio_path)
    return json_answer(
        request, {"success": True, "subtitle_path": _subtitle_path(request, project_id, audio_path)}
    )


@router.post(
    "/audios/{key}",
    summary="Speaks the script",
    openapi_extra=stage_body("script_text", "voice_id"),
)
def audios(request: HttpRequest, key: str) -> HttpResponse:
    """As /projects/{key}/generate-audio."""
    return _same(stages.generate_audio, request, key)


@router.post(
    "/images/{key}", summary="Makes the pictures", openapi_extra=stage_body("images", "style")
)
def images(request: HttpRequest, key: str) -> HttpResponse:
    """As /projects/{key}/generate-images."""
    return _same(stages.generate_images, request, key)


@router.post(
    "/images/{key}/{index}", summary="Makes one picture again", openapi_extra=stage_body("prompt")
)
def image(request: HttpRequest, key: str, index: int) -> HttpResponse:
    """As /projects/{key}/generate-images/{index}."""
    return _same(stages.generate_image, request, key, index)


@router.post(
    "/video/{key}", summary="Renders the video", openapi_extra=stage_body("resolution", "fps")
)
def video(request: HttpRequest, key: str) -> HttpResponse:
    """As /projects/{key}/generate-video."""
    return _same(stages.generate_video, request, key)


@router.get("/subtitles/styles", summary="How captions can look")
def subtitle_styles(request: HttpRequest) -> HttpResponse:
    """A list of {id, name}."""
    return json_answer(request, [{"id": one, "name": one.capitalize()} for one in SUBTITLE_STYLES])


@router.get("/subtitles/positions", summary="Where captions can stand")
def subtitle_positions(request: HttpRequest) -> HttpResponse:
    """A list of {id, name}."""
    return json_answer(
        request, [{"id": one, "name": one.capitalize()} for one in SUBTITLE_POSITIONS]
    )


@router.post(
    "/subtitles/{key}",
    summary="Sets the captions of the video",
    openapi_extra=body_of(
        {
            "type": "object",
            "properties": {
                "burn": {"type": "boolean"},
                "style": {"enum": list(SUBTITLE_STYLES)},
                "position": {"enum": list(SUBTITLE_POSITIONS)},
            },
        }
    ),
)
@answered
def subtitles(request: HttpRequest, key: str) -> HttpResponse:
    """Whether captions are drawn into the video, how and where; the files can be fetched either way."""
    actor, given = actor_of(request), object_in(request)
    if key == TEMPORARY:
        require_login(actor)
        wanted = subtitle_settings(given)
        whole = project_answer(actor, {"key": key, "status": DRAFT, "subtitles": wanted})
    else:
        number = set_subtitles(actor, key, given)
        whole = project_answer(actor, projects_by_id.find(actor, number, None) or {"key": key})
    return json_answer(
        request, {**whole, "success": True, "subtitle_path": _subtitle_path(request, key)}
    )


@router.get("/projects/{key}/subtitles.{ending}", summary="The captions as a file")
@answered
def subtitle_file(
    request: HttpRequest, key: str, ending: str, audio_path: str | None = None
) -> HttpResponse:
    """SubRip (srt) or WebVTT (vtt), with the times of the narration."""
    actor = actor_of(request)
    if ending not in _FORMATS:
        return json_answer(request, {}, 404)
    captions = _captions(actor, key, audio_path)
    write, media_type = _FORMATS[ending]
    answer = HttpResponse(write(captions), content_type=f"{media_type}; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="subtitles.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@router.get("/video-template", summary="How pictures follow each other")
def video_templates(request: HttpRequest) -> HttpResponse:
    """A list of {id, name, description}."""
    named = [(one, *_TEMPLATE_NAMES[one]) for one in TEMPLATES]
    return json_answer(
        request, [{"id": one, "name": name, "description": text} for one, name, text in named]
    )


def _same(view: Any, request: HttpRequest, *arguments: Any) -> HttpResponse:
    answer: HttpResponse = view(request, *arguments)
    return answer


def _captions(actor: Actor, key: str, audio_path: str | None) -> Captions:
    require_login(actor)
    if key == TEMPORARY:
        return captions_of_sound(actor, audio_path)
    return captions_of(actor, find_project(actor, key))


def _subtitle_path(request: HttpRequest, key: str, audio_path: str | None = None) -> str:
    # Of an unsaved project nothing is known but its narration.
    narration = (
        f"?{urlencode({'audio_path': audio_path})}" if key == TEMPORARY and audio_path else ""
    )
    return request.build_absolute_uri(f"/api/projects/{quote(key)}/subtitles.srt{narration}")
