"""What did a crash or a lost message leave behind? Looked at every few seconds, and by any worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from generation.documents import FINAL, Job
from generation.running.ending import announce
from generation.running.leasing import due_queues
from generation.running.staging import forget_staged, staged_before
from generation.running.waking import wake_for
from storycore.mongo.documents import now
from storycore.mongo.reading import find_in
from storycore.mongo.writing import stored

WAKES_MAX = 200
ENDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep did: messages sent, and ended jobs of which everybody was told."""

    woken: int
    announced: int


def sweep_jobs(waiting_messages: Callable[[str], int]) -> Sweep:
    """Wake workers for due jobs whose message was lost, and finish telling of ended ones.

    `waiting_messages(queue)` says how many messages wait in the broker: only what is missing is sent, so
    that a long queue does not fill the broker with repetitions.
    """
    woken = 0
    for queue, due in due_queues():
        for _message in range(min(max(due - waiting_messages(queue), 0), WAKES_MAX)):
            woken += wake_for(queue)
    ended = stored(Job).find(
        # A little later than the end itself: whoever ended it is about to tell.
        {"announced": False, "status": {"$in": list(FINAL)}, "$expr": _older_than_seconds(5)},
        {"_id": 1},
        limit=ENDS_MAX,
    )
    keys = [row["_id"] for row in ended]
    for key in keys:
        announce(key)
    return Sweep(woken, len(keys))


def forget_unused_bytes() -> int:
    """Remove staged bytes of yesterday and before that no job names any more; returns how many."""
    candidates = staged_before(now() - timedelta(days=1))
    rows = find_in(Job, "work.staged", candidates, ("work.staged",))
    unused = candidates - {row["work"]["staged"] for row in rows}
    for key in unused:
        forget_staged(key)
    return len(unused)


def _older_than_seconds(seconds: int) -> dict[str, object]:
    return {"$lt": ["$finished_at", {"$subtract": ["$$NOW", seconds * 1_000]}]}
