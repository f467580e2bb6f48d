"""`/health` below `/api`: is this server well, and each part that it leans on?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from storycore.health import parts, views
from storycore.rest.answers import json_answer

router = Router(tags=["Operations"])
_STATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["healthy", "unhealthy", "not_configured"]},
        "latency_ms": {"type": ["number", "null"]},
        "message": {"type": "string"},
    },
}


def _described(text: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    answer = {"description": text, "content": {"application/json": {"schema": schema}}}
    return {"responses": {200: answer}, "security": [{}]}


_WORD = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}


@router.get(
    "/health",
    summary="Is this server well?",
    openapi_extra=_described(
        "It answers.", status=_WORD, service=_WORD, version=_WORD, mode=_WORD, timestamp=_MOMENT
    ),
)
def get_health(request: HttpRequest) -> HttpResponse:
    """Touches nothing else; `mode` is mock, development or production."""
    return _fresh(
        request,
        {
            "status": parts.HEALTHY,
            "service": parts.SERVICE,
            "version": settings.VERSION,
            "mode": parts.mode(),
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        },
    )


@router.get(
    "/health/live",
    summary="Is this process alive?",
    openapi_extra=_described("It is.", status=_WORD),
)
def get_live(request: HttpRequest) -> HttpResponse:
    """Touches nothing."""
    answer: HttpResponse = views.live(request)
    return answer


@router.get(
    "/health/ready",
    summary="May this process be sent requests?",
    openapi_extra=_described("It may.", status=_WORD, checks={"type": "object"}),
)
def get_ready(request: HttpRequest) -> HttpResponse:
    """200 when MongoDB answers and the schema is loaded, else 503 with what is missing."""
    answer: HttpResponse = views.ready(request)
    return answer


@router.get(
    "/health/detailed",
    summary="How is each part?",
    openapi_extra=_described(
        "The parts.",
        status={"type": "string", "enum": ["healthy", "degraded", "unhealthy"]},
        services={"type": "object", "additionalProperties": _STATE},
        uptime_seconds={"type": "integer"},
        memory_usage_mb={"type": "number"},
        version=_WORD,
        mode=_WORD,
        timestamp=_MOMENT,
    ),
)
def get_detailed(request: HttpRequest) -> HttpResponse:
    """All parts are asked side by side, each with a time limit; the report is at most some seconds old.

    unhealthy: the database does not answer; degraded: another part that is configured does not.
    """
    report = parts.report()
    services = {
        one.name: {"status": one.status, "latency_ms": one.latency_ms, "message": one.message}
        for one in report.services
    }
    return _fresh(
        request,
        {
            "status": report.status,
            "services": services,
            "uptime_seconds": parts.uptime_seconds(),
            "memory_usage_mb": parts.memory_mb(),
            "version": settings.VERSION,
            "mode": parts.mode(),
            "timestamp": report.at.isoformat(timespec="milliseconds"),
        },
    )


def _fresh(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    answer = json_answer(request, body)
    answer["Cache-Control"] = "no-store"
    del answer["ETag"]
    return answer
