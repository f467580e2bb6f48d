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
_WORSE = {HEALTHY: 0, RESTING: 1, UNHEALTHY: 2}


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a provider; `rests_until` is set while its circuit is open."""

    status: str = HEALTHY
    message: str | None = None
    rests_until: datetime | None = None
    checked_at: datetime | None = None


def health_of(providers: Collection[str]) -> dict[str, Health]:
    """What is known of each provider, the worst of its hosts. One command."""
    found: dict[str, Health] = {name: Health() for name in providers}
    for row in database()[COLLECTION].find({"provider": {"$in": list(providers)}}):
        known = _health(row)
        if _WORSE[known.status] > _WORSE[found[row["provider"]].status]:
            found[row["provider"]] = known
    return found


def _health(row: Row) -> Health:
    status = row.get("status") or HEALTHY
    until = row.get("rests_until")
    if status == RESTING and until is not None and until <= now():
        status, until = HEALTHY, None
    return Health(status, row.get("message"), until, row.get("at"))
