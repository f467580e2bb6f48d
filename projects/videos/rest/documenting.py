"""How is the studio described to machines? The parts of the OpenAPI document that views do not say."""

from __future__ import annotations

from typing import Any

from projects.videos import choices

Schema = dict[str, Any]


def _choice(values: tuple[Any, ...]) -> Schema:
    return {"type": ["string", "null"], "enum": [*values, None]}


_TEXT: Schema = {"type": ["string", "null"]}
_SOUND: Schema = {"type": ["number", "null"], "minimum": 0.7, "maximum": 1.3}
_WRITABLE: dict[str, Schema] = {
    "title": {**_TEXT, "maxLength": 300},
    "description": {**_TEXT, "maxLength": 5_000},
    "language": _choice(choices.LANGUAGES),
    "use_case": _choice(choices.USE_CASES),
    "status": _choice(choices.STATUSES),
    "script_text": {**_TEXT, "maxLength": choices.SCRIPT_MAX},
    "script_style": _choice(choices.SCRIPT_STYLES),
    "voice_id": _choice(choices.VOICES),
    "audio_speed": _SOUND,
    "audio_pitch": _SOUND,
    "audio_path": _TEXT,
    "image_style": _choice(choices.IMAGE_STYLES),
    "images": {
        "type": ["array", "null"],
        "maxItems": choices.IMAGES_MAX,
        "items": {"type": "object", "properties": {"prompt": {"type": "string"}, "url": _TEXT}},
    },
    "resolution": _choice(choices.RESOLUTIONS),
    "fps": {"type": ["integer", "null"], "enum": [*choices.FRAME_RATES, None]},
    "video_template_id": _choice(choices.TEMPLATES),
    "background_music": _choice(choices.MUSIC),
    "video_url": _TEXT,
    "thumbnail": _TEXT,
    "duration": {"type": ["number", "null"], "minimum": 0},
    "video_inspirations": {"type": ["array", "null"], "items": {"type": "string"}},
}
_READ: dict[str, Schema] = {
    "id": {"type": "string"},
    **_WRITABLE,
    "audio_url": _TEXT,
    "stale": {"type": "array", "items": {"type": "string", "enum": ["narration", "video"]}},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
    "createdAt": {"type": "string", "format": "date-time"},
    "updatedAt": {"type": "string", "format": "date-time"},
}
PROJECT_SCHEMA: Schema = {"type": "object", "properties": _READ, "additionalProperties": True}
_ERROR: Schema = {
    "type": "object",
    "properties": {
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": "string"},
    },
}
PROCESSING: Schema = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "status": {"type": "string", "const": "processing"},
        "job_id": {"type": "string"},
    },
}

_JOB: Schema = {
    "type": "object",
    "properties": {
        "job_id": {"type": "string"},
        "status": {"type": "string", "enum": ["processing", "completed", "failed", "cancelled"]},
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "step": _TEXT,
        "message": _TEXT,
        "result": {
            "type": ["object", "null"],
            "description": "What the stage answers when it ends in time.",
        },
        "detail": _TEXT,
        "code": _TEXT,
    },
}


def json_of(description: str, schema: Schema) -> Schema:
    """An answer of the OpenAPI document."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


ERRORS: dict[int, Schema] = {
    400: json_of("The body is no JSON, or something is missing first.", _ERROR),
    401: json_of("A login is needed.", _ERROR),
    404: json_of("There is no such project: {}.", {"type": "object"}),
    422: json_of("A value is wrong; `field` names it.", _ERROR),
}
FOLLOWED: Schema = {"responses": {200: json_of("How far it is.", _JOB), **ERRORS}}
PROJECT: Schema = {"responses": {200: json_of("The project.", PROJECT_SCHEMA), **ERRORS}}
_LIST: Schema = {"type": "array", "items": PROJECT_SCHEMA}
_ENVELOPE: Schema = {
    "type": "object",
    "required": ["projects", "total"],
    "properties": {"projects": _LIST, "total": {"type": "integer"}},
}
CAPTIONS: Schema = {
    "responses": {
        200: json_of(
            "Where the captions lie.",
            {
                "type": "object",
                "properties": {"success": {"type": "boolean"}, "subtitle_path": {"type": "string"}},
            },
        ),
        **ERRORS,
    }
}
LIST_PARAMETERS: Schema = {
    "parameters": [
        {"in": "query", "name": name, "schema": {"type": kind}, "description": text}
        for name, kind, text in (
            ("q", "string", "Words anywhere in a project; `search` is the same."),
            ("status", "string", "Any field filters: a value, or several by repeating it."),
            ("_page", "integer", "Which page, from 1; `page` is the same."),
            ("_limit", "integer", "How many on a page, 10 by default; `limit` is the same."),
            ("_start", "integer", "The first that is answered, from 0."),
            ("_end", "integer", "The first that is not."),
            ("_sort", "string", "Fields, separated by commas."),
            ("_order", "string", "asc or desc for each of them."),
            ("envelope", "boolean", "{projects, total} instead of the bare array."),
        )
    ],
    "responses": {
        200: json_of("The projects.", {"oneOf": [_LIST, _ENVELOPE]}),
        401: json_of("A login is needed.", _ERROR),
    },
}


def project_body(status: int) -> Schema:
    """A call that sends fields of a project and answers all of it."""
    return body_of({"type": "object", "properties": _WRITABLE}, status)


def body_of(schema: Schema, status: int = 200) -> Schema:
    """A call that sends this and answers the project."""
    return {
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {status: json_of("The project.", PROJECT_SCHEMA), **ERRORS},
    }


def stage_body(*names: str, answer: Schema | None = None) -> Schema:
    """A stage that takes these fields; the answer is the project, this, or that it still goes on."""
    aliases = {"style": _TEXT, "template": _choice(choices.TEMPLATES), "prompt": _TEXT}
    properties = {name: aliases.get(name) or _WRITABLE[name] for name in names}
    found = {"oneOf": [answer or PROJECT_SCHEMA, PROCESSING]}
    return {
        "requestBody": {
            "content": {
                "application/json": {"schema": {"type": "object", "properties": properties}}
            }
        },
        "responses": {200: json_of("What was made, or that it goes on.", found), **ERRORS},
    }
