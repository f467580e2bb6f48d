"""Is this process alive, and may it be sent requests? Load balancers, containers and `manage.py up` ask."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from storycore.health.checks import READINESS, run_checks


@never_cache
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all; touches nothing else."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when MongoDB answers and the schema is loaded, else 503 with the names of what is missing."""
    findings = run_checks(READINESS)
    missing = [finding.name for finding in findings if not finding.is_ok]
    body = {
        "status": "unavailable" if missing else "ready",
        "checks": {one.name: "ok" if one.is_ok else "failed" for one in findings},
        "missing": missing,
    }
    return JsonResponse(body, status=503 if missing else 200)
