"""`/stats`, `/llm/generate`, `/audio/generate`, `/mock/...`: figures, single orders, canned answers."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from django.http import HttpRequest, HttpResponse
from ninja import Router

from generation.queries.jobs import jobs_by_id
from generation.services.orders import FORMATS, NewMedia, order_media
from projects.videos.queries.projects import find_project
from projects.videos.queries.stats import studio_stats
from projects.videos.rest import canned
from projects.videos.rest.documenting import ERRORS, json_of
from projects.videos.rest.job_shapes import JOB_FIELDS, JOB_SCHEMA, job_answers
from projects.videos.rest.requests import actor_of, awaited, failure, is_shared
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput, NotFound
from storycore.limits import check_rate
from storycore.rest.answers import json_answer
from storycore.rest.bodies import object_in

router = Router()
AUDIO_TASKS = {"voice": "speech", "music": "music", "sfx": "effect"}
_WORD: dict[str, Any] = {"type": "string"}
_PLAIN: dict[str, Any] = {"type": ["string", "null"]}
_WHOLE: dict[str, Any] = {"type": "integer"}
_STATS = {
    "type": "object",
    "properties": {
        "total_projects": _WHOLE,
        "total_shots": {**_WHOLE, "description": "Pictures that your projects plan or have."},
        "total_assets": _WHOLE,
        "storage_used_mb": {"type": "number"},
        "active_jobs": _WHOLE,
        "queued_jobs": _WHOLE,
        "processing_jobs": _WHOLE,
        "completed_jobs_today": {**_WHOLE, "description": "Since midnight UTC."},
        "failed_jobs_today": _WHOLE,
        "cancelled_jobs_today": _WHOLE,
    },
}


def _order_of(required: list[str], answer: dict[int, Any], **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": properties}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {**answer, **ERRORS},
    }


@router.api_operation(["HEAD"], "/stats", include_in_schema=False)
@router.get(
    "/stats",
    summary="How much is there?",
    tags=["Operations"],
    openapi_extra={"responses": {200: json_of("Your figures.", _STATS), 401: ERRORS[401]}},
)
def get_stats(request: HttpRequest) -> HttpResponse:
    """Of your own projects, assets and jobs; an admin sees everybody's."""
    return json_answer(request, studio_stats(actor_of(request)))


@router.post(
    "/llm/generate",
    summary="Writes a text",
    tags=["LLM"],
    openapi_extra=_order_of(
        ["prompt"],
        {
            200: json_of(
                "The text.",
                {
                    "type": "object",
                    "required": ["text", "model", "provider", "usage"],
                    "properties": {
                        "text": _WORD,
                        "model": _PLAIN,
                        "provider": _WORD,
                        "usage": {"type": ["object", "null"]},
                    },
                },
            ),
            202: json_of("It goes on: the job to follow.", JOB_SCHEMA),
        },
        prompt={**_WORD, "minLength": 1},
        system=_PLAIN,
        model=_PLAIN,
        max_tokens={"type": ["integer", "null"], "minimum": 1},
    ),
)
def post_llm(request: HttpRequest) -> HttpResponse:
    """Waits for the text as long as the server lets an answer wait; else answers the job."""
    actor = actor_of(request)
    given = object_in(request)
    check_rate("llm", require_login(actor))
    wanted = {name: given.get(name) for name in ("system", "max_tokens")}
    job = order_media(
        actor,
        NewMedia(
            "text",
            _text(given, "prompt") or "",
            {name: value for name, value in wanted.items() if value is not None},
            model=_text(given, "model"),
        ),
    )
    ended = awaited(actor, job)
    if ended is None:
        return _accepted(request, actor, job)
    if ended["status"] != "completed":
        return failure(request, ended)
    row = jobs_by_id.find(actor, job, ("result", "model", "provider", "usage")) or {}
    text = (row.get("result") or {}).get("text")
    told = {name: row.get(name) for name in ("model", "provider", "usage")}
    return json_answer(request, {"text": text, **told, "job_id": str(job)})


@router.post(
    "/audio/generate",
    summary="Makes a sound",
    tags=["Audio"],
    openapi_extra=_order_of(
        [],
        {202: json_of("The job to follow.", JOB_SCHEMA)},
        project_id=_PLAIN,
        text={**_PLAIN, "description": "What is said, or in `prompt` what is heard."},
        prompt=_PLAIN,
        type={"type": "string", "enum": list(AUDIO_TASKS), "default": "voice"},
        voice=_PLAIN,
        format={"type": ["string", "null"], "enum": [*FORMATS, None]},
    ),
)
def post_audio(request: HttpRequest) -> HttpResponse:
    """Answers the job at once; when it is completed, its `result` says where the sound lies."""
    actor = actor_of(request)
    given = object_in(request)
    owner = require_login(actor)
    kind = given.get("type", "voice")
    if not isinstance(kind, str) or kind not in AUDIO_TASKS:
        raise InvalidInput(f"This is one of {', '.join(AUDIO_TASKS)}.", field="type")
    words = _text(given, "text") or _text(given, "prompt")
    if not words:
        raise InvalidInput("Say what is to be heard.", field="text")
    asked = {name: _text(given, name) for name in ("voice", "format")}
    project = _text(given, "project_id")
    check_rate("audio", owner)
    job = order_media(
        actor,
        NewMedia(
            AUDIO_TASKS[kind],  # type: ignore[arg-type]
            words,
            {name: value for name, value in asked.items() if value},
            project=None if project is None else _project(actor, project),
            is_public=is_shared(request),
        ),
    )
    return _accepted(request, actor, job)


@router.get("/mock/generate-sequence", summary="A canned sequence", tags=["Operations"])
def get_mock_sequence(request: HttpRequest) -> HttpResponse:
    """What a sequence looks like when it is done; nothing is made."""
    return json_answer(request, canned.SEQUENCE)


@router.get("/mock/audio-generate", summary="A canned sound", tags=["Operations"])
def get_mock_audio(request: HttpRequest) -> HttpResponse:
    """What a sound looks like when it is done; nothing is made."""
    return json_answer(request, canned.AUDIO)


@router.get("/mock/health", summary="Canned health", tags=["Operations"])
def get_mock_health(request: HttpRequest) -> HttpResponse:
    """What the health of a server looks like; nothing is asked."""
    return json_answer(request, canned.HEALTH)


def _accepted(request: HttpRequest, actor: Actor, job: ObjectId) -> HttpResponse:
    row = jobs_by_id.find(actor, job, JOB_FIELDS)
    if row is None:
        raise NotFound("Job not found")
    return json_answer(request, job_answers(actor, [row])[0], 202)


def _project(actor: Actor, key: str) -> str:
    try:
        return str(find_project(actor, key, ("_id",))["_id"])
    except NotFound as problem:
        raise InvalidInput("There is no such project.", field="project_id") from problem


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInput("This is a text.", field=name)
    return value or None
