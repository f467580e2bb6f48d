"""Does a provider work, as far as the workers know?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from storycore.mongo.connection import database
from storycore.mongo.documents import now
from storycore.mongo.reading import Row

COLLECTION = "provider_health"
HEALTHY, UNHEALTHY, RESTING = "healthy", "unhealthy", "resting"


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a provider; `rests_until` is set while its circuit is open."""

    status: str = HEALTHY
    message: str | None = None
    rests_until: datetime | None = None
    checked_at: datetime | None = None


def health_of(providers: Collection[str]) -> dict[str, Health]:
    """What is known of each provider. One command."""
    rows = {
        row["_id"]: row for row in database()[COLLECTION].find({"_id": {"$in": list(providers)}})
    }
    return {name: _health(rows.get(name)) for name in providers}


def _health(row: Row | None) -> Health:
    if row is None:
        return Health()
    status = row.get("status") or HEALTHY
    until = row.get("rests_until")
    if status == RESTING and until is not None and until <= now():
        status, until = HEALTHY, None
    return Health(status, row.get("message"), until, row.get("at"))
