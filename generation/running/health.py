"""Is a provider asked at all? A circuit breaker for each provider and host, shared by all workers.

A host of results that does not answer says nothing of the provider's own. Kept in MongoDB, not in a process:
every worker sees the same, and a restart forgets nothing.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from generation.providers.failures import ProviderFailure
from generation.queries.health import COLLECTION, HEALTHY, RESTING, UNHEALTHY
from generation.running.leasing import server_time
from storycore.mongo.connection import database


def note_success(provider: str, host: str) -> None:
    """It answered: all is well. Written only when something else was known."""
    database()[COLLECTION].update_one(
        {
            "_id": _key(provider, host),
            "$or": [{"failures": {"$gt": 0}}, {"status": {"$ne": HEALTHY}}],
        },
        [
            {
                "$set": {
                    "failures": 0,
                    "status": HEALTHY,
                    "message": None,
                    "rests_until": None,
                    "at": "$$NOW",
                }
            }
        ],
    )


def note_failure(provider: str, host: str, problem: ProviderFailure) -> None:
    """It failed: a bad key or an empty account marks it, and so many failures on end let it rest."""
    if problem.marks_unhealthy:
        change: dict[str, Any] = {"status": UNHEALTHY, "failures": 0, "rests_until": None}
    elif problem.retryable:
        open_now = {"$gte": ["$failures", settings.PROVIDER_CIRCUIT_FAILURES]}
        rest = server_time(settings.PROVIDER_CIRCUIT_SECONDS)
        change = {
            "status": {"$cond": [open_now, RESTING, {"$ifNull": ["$status", HEALTHY]}]},
            "rests_until": {"$cond": [open_now, rest, "$rests_until"]},
        }
    else:
        return
    database()[COLLECTION].update_one(
        {"_id": _key(provider, host)},
        [
            {
                "$set": {
                    "provider": {"$literal": provider},
                    "host": {"$literal": host},
                    "failures": {"$add": [{"$ifNull": ["$failures", 0]}, 1]},
                }
            },
            {"$set": {**change, "message": {"$literal": problem.message[:500]}, "at": "$$NOW"}},
        ],
        upsert=True,
    )


def rest_seconds(provider: str, host: str) -> float:
    """How long its circuit stays open; 0 when it may be called.

    When the time is up, one call is let through: its end closes or opens the circuit again.
    """
    pipeline: list[dict[str, Any]] = [
        {"$match": {"_id": _key(provider, host), "rests_until": {"$ne": None}}},
        {"$project": {"left": {"$subtract": ["$rests_until", "$$NOW"]}}},
    ]
    for row in database()[COLLECTION].aggregate(pipeline):
        return max(0.0, row["left"] / 1_000)
    return 0.0


def _key(provider: str, host: str) -> str:
    return f"{provider}@{host}"
