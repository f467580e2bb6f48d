"""How do jobs look in REST, to clients and in the OpenAPI document?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assets.queries.addresses import full_asset_url
from assets.queries.assets import assets_by_id
from assets.queries.facts import file_name_of
from projects.videos.queries.answers import text_of
from projects.videos.rest.documenting import json_of
from storycore.access import Actor
from storycore.mongo.documents import now
from storycore.mongo.reading import Row

Answer = dict[str, Any]
JOB_FIELDS = (
    "kind", "status", "progress", "step", "message", "priority", "queue", "provider", "model", "prompt", "seed",
    "project", "scenario", "scene", "attempts", "retry_count", "next_attempt_at", "error_code", "error_message",
    "result", "asset", "started_at", "finished_at", "created_at", "updated_at",
)  # fmt: skip


AUDIO_TYPES = {"speech": "voice", "narration": "voice", "music": "music", "effect": "sfx"}


ASSET_FIELDS = ("type", "file", "metadata", "is_public")


def job_answers(actor: Actor, rows: Sequence[Row]) -> list[Answer]:
    """Jobs of any kind, with the facts of what they made. At most one command."""
    wanted = [row["asset"] for row in rows if row.get("asset")]
    made = assets_by_id(actor, wanted, ASSET_FIELDS) if wanted else {}
    return [_job_answer(row, made.get(row.get("asset"))) for row in rows]


def _job_answer(row: Row, asset: Row | None) -> Answer:
    key = str(row["_id"])
    plain = (
        "kind", "status", "progress", "message", "priority", "queue", "provider", "model", "prompt", "seed",
        "attempts", "retry_count", "error_code",
    )  # fmt: skip
    moments = ("next_attempt_at", "started_at", "finished_at", "created_at", "updated_at")
    return {
        "id": key,
        "job_id": key,
        **{name: row.get(name) for name in plain},
        "current_step": row.get("step"),
        "estimated_time_remaining": _seconds_left(row),
        "error": row.get("error_message"),
        "asset_id": _id_of(row, "asset"),
        "result": row.get("result") if asset is None else _made(row, asset),
        "project_id": row.get("project"),
        "scenario_id": _id_of(row, "scenario"),
        "scene_id": _id_of(row, "scene"),
        **{name: text_of(row.get(name)) for name in moments},
    }


def _made(row: Row, asset: Row) -> Answer:
    """The file that a job made. What it says besides, such as the chapters of a video, stands there too."""
    facts = asset.get("metadata") or {}
    told = {
        "id": str(asset["_id"]),
        "project_id": row.get("project"),
        "type": AUDIO_TYPES.get(row["kind"], asset["type"]),
        "format": (file_name_of(asset) or "").rpartition(".")[2] or None,
        "file_size_bytes": facts.get("size"),
        "file_url": full_asset_url(asset),
        "status": "completed",
    }
    if asset["type"] == "image":
        told |= {"width": facts.get("width"), "height": facts.get("height")}
    else:
        told |= {"duration_seconds": facts.get("duration")}
    if asset["type"] == "sound":
        told |= {"sample_rate": facts.get("sampleRate"), "channels": facts.get("channels")}
    return {**(row.get("result") or {}), **told}


def line_answer(line: Row) -> Answer:
    """A line of a job's log."""
    return {"time": text_of(line["at"]), "level": line["level"], "text": line["text"]}


def _id_of(row: Row, name: str) -> str | None:
    return str(row[name]) if row.get(name) else None


def _seconds_left(row: Row) -> int | None:
    """By what its progress took so far; None where nothing can be said."""
    started, progress = row.get("started_at"), row.get("progress") or 0
    if row["status"] != "processing" or started is None or not 0 < progress < 100:
        return None
    return round((now() - started).total_seconds() * (100 - progress) / progress)


_TEXT: Answer = {"type": ["string", "null"]}
_NUMBER: Answer = {"type": ["integer", "null"]}
_MOMENT: Answer = {"type": ["string", "null"], "format": "date-time"}
JOB_SCHEMA: Answer = {
    "type": "object",
    "required": ["id", "job_id", "kind", "status", "progress", "priority"],
    "properties": {
        "id": {"type": "string"},
        "job_id": {"type": "string", "description": "The same as id."},
        "kind": {"type": "string", "description": "image, speech, music, effect, text, video ..."},
        "status": {
            "type": "string",
            "enum": ["queued", "processing", "completed", "failed", "cancelled"],
        },
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "current_step": _TEXT,
        "message": _TEXT,
        "estimated_time_remaining": {**_NUMBER, "description": "Seconds, where it can be said."},
        "priority": {"type": "integer", "minimum": 1, "maximum": 10},
        "queue": {"type": "string"},
        "provider": _TEXT,
        "model": _TEXT,
        "prompt": _TEXT,
        "seed": _NUMBER,
        "attempts": {"type": "integer"},
        "retry_count": {"type": "integer"},
        "next_attempt_at": {**_MOMENT, "description": "When it is tried again."},
        "error": _TEXT,
        "error_code": _TEXT,
        "result": {"type": ["object", "null"]},
        "asset_id": _TEXT,
        "project_id": _TEXT,
        "scenario_id": _TEXT,
        "scene_id": _TEXT,
        "started_at": _MOMENT,
        "finished_at": _MOMENT,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
    },
}
_ERROR: Answer = {
    "type": "object",
    "properties": {"detail": {"type": "string"}, "code": {"type": "string"}, "field": _TEXT},
}
JOB_ERRORS: dict[int, Answer] = {
    401: json_of("A login is needed.", _ERROR),
    404: json_of("You have no such job.", _ERROR),
}
WRONG_VALUE: dict[int, Answer] = {422: json_of("A value is wrong; `field` names it.", _ERROR)}
AT_ITS_END: dict[int, Answer] = {
    400: json_of("The job's status does not allow it; `detail` names it.", _ERROR)
}


def listed(name: str) -> Answer:
    """A page of jobs under this name, and how many there are in all."""
    return {
        "type": "object",
        "required": [name, "total", "limit", "offset"],
        "properties": {
            name: {"type": "array", "items": JOB_SCHEMA},
            "total": {"type": "integer"},
            "limit": {"type": "integer"},
            "offset": {"type": "integer"},
        },
    }


def answers(schema: Answer, *more: dict[int, Answer], status: int = 200) -> Answer:
    """The answers of an address: this when it goes well, else our errors."""
    known: dict[int, Answer] = {status: json_of("It went well.", schema), **JOB_ERRORS}
    for one in more:
        known |= one
    return {"responses": known}


LOGS_SCHEMA: Answer = {
    "type": "object",
    "required": ["logs", "total_lines"],
    "properties": {
        "logs": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "time": {"type": "string", "format": "date-time"},
                    "level": {"type": "string", "enum": ["info", "warning", "error"]},
                    "text": {"type": "string"},
                },
            },
        },
        "total_lines": {"type": "integer"},
        "message": {"type": "string", "description": "Only where there is no line."},
    },
}
QUEUE_STATS_SCHEMA: Answer = {
    "type": "object",
    "properties": {
        name: {"type": "integer"}
        for name in ("queued", "processing", "completed_today", "failed_today", "cancelled_today")
    },
}
