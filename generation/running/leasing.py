"""Who holds a job? Claims, renewals and the writes of a holder, all by the server's clock.

A claim takes the next due job and raises its fence; every later write of the holder asks for that fence.
No match means that the job was cancelled or taken over: the holder stops and has changed nothing.
The clocks of the workers never count: a machine that is an hour wrong steals no lease.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.conf import settings
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from generation.documents import LINES_MAX, OPEN, PROCESSING, QUEUED, STEPS_MAX, Job
from storycore.errors import StoryCoreError
from storycore.mongo.connection import database
from storycore.mongo.reading import Row
from storycore.mongo.writing import stored

TURNS = "job_turns"
NOW_TURN = "now"


class LeaseLost(StoryCoreError):
    """The job is no longer held by this worker; it was cancelled, ended or taken over."""

    code = "LEASE_LOST"


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim on a job: the right to write to it until somebody else claims it."""

    job: ObjectId
    worker: str
    fence: int

    def filter(self) -> dict[str, Any]:
        """The job, if it is still held by this claim."""
        return {"_id": self.job, "status": PROCESSING, "worker": self.worker, "fence": self.fence}

    def write(
        self,
        changes: Mapping[str, Any],
        *,
        lines: Sequence[Mapping[str, Any]] = (),
        session: ClientSession | None = None,
        due_in_seconds: float | None = None,
        ended: bool = False,
        tried_again_at: Any = None,
    ) -> None:
        """Set fields of the job and add lines to its log in one update.

        `due_in_seconds` moves its moment; without it the lease stays as it is. `ended` notes the time of
        its end, `tried_again_at` (an expression) that of the next attempt. Raises LeaseLost.
        """
        literal = {name: {"$literal": value} for name, value in changes.items()}
        body: dict[str, Any] = {**literal, "updated_at": "$$NOW"}
        if due_in_seconds is not None:
            body["due"] = server_time(due_in_seconds)
        if ended:
            body["finished_at"] = "$$NOW"
        if tried_again_at is not None:
            body["next_attempt_at"] = tried_again_at
        if lines:
            body["lines"] = appended("lines", lines, LINES_MAX)
        if "step" in changes:
            step = {"name": {"$literal": changes["step"]}, "at": "$$NOW"}
            body["steps"] = {"$slice": [_joined("steps", [step]), -STEPS_MAX]}
        answer = stored(Job).update_one(self.filter(), [{"$set": body}], session=session)
        if answer.matched_count == 0:
            raise LeaseLost("This worker no longer holds the job.")

    def renew(self) -> bool:
        """Push the end of the lease away; False when the job is no longer ours."""
        due = {"$set": {"due": server_time(settings.GENERATION_LEASE_SECONDS)}}
        return stored(Job).update_one(self.filter(), [due]).matched_count == 1


def claim_next(queues: Sequence[str], worker: str) -> Row | None:
    """Take the due job whose turn it is, of the highest priority, and hold it; None when nothing is due.

    The attempt is counted here, before any work: a job that kills its worker comes to an end. Going on
    with a job that was given back on purpose (a provider is still busy with it) is no new attempt.
    """
    row = stored(Job).find_one_and_update(
        {
            "status": {"$in": list(OPEN)},
            "queue": {"$in": list(queues)},
            "$expr": {"$lte": ["$due", "$$NOW"]},
        },
        [
            {
                "$set": {
                    "status": PROCESSING,
                    "worker": worker,
                    "fence": {"$add": ["$fence", 1]},
                    "attempts": {"$add": ["$attempts", {"$cond": ["$yielded", 0, 1]}]},
                    "yielded": False,
                    "due": server_time(settings.GENERATION_LEASE_SECONDS),
                    "started_at": {"$ifNull": ["$started_at", "$$NOW"]},
                    "next_attempt_at": None,
                    "updated_at": "$$NOW",
                }
            }
        ],
        sort=[("priority", 1), ("turn", 1)],
        return_document=ReturnDocument.AFTER,
    )
    if row is not None:
        turns = database()[TURNS]
        turns.update_one({"_id": NOW_TURN}, {"$max": {"turn": row["turn"]}}, upsert=True)
    return row


def hold_of(row: Row) -> Hold:
    """The claim that a row of `claim_next` carries."""
    return Hold(row["_id"], row["worker"], row["fence"])


def due_queues() -> list[tuple[str, int]]:
    """Which queues have due jobs, and how many: the wake-ups that may have been lost."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"status": {"$in": list(OPEN)}, "$expr": {"$lte": ["$due", "$$NOW"]}}},
        {"$group": {"_id": "$queue", "count": {"$sum": 1}}},
    ]
    return [(row["_id"], row["count"]) for row in stored(Job).aggregate(pipeline)]


def make_due(jobs: Mapping[str, Any]) -> int:
    """Let the waiting jobs that match be taken at once; returns how many."""
    where = {"status": {"$in": [QUEUED, PROCESSING]}, "yielded": True, **jobs}
    return stored(Job).update_many(where, [{"$set": {"due": "$$NOW"}}]).modified_count


def server_time(seconds_from_now: float = 0.0) -> Any:
    """A moment by the server's clock, for an update with a pipeline."""
    return {"$add": ["$$NOW", round(seconds_from_now * 1000)]}


def appended(name: str, items: Sequence[Mapping[str, Any]], most: int) -> dict[str, Any]:
    """The list field with items added at its end, cut to the newest `most`, for an update with a pipeline."""
    timed = [{"$mergeObjects": [{"at": "$$NOW"}, {"$literal": dict(one)}]} for one in items]
    return {"$slice": [_joined(name, timed), -most]}


def _joined(name: str, items: Sequence[Any]) -> dict[str, Any]:
    return {"$concatArrays": [{"$ifNull": [f"${name}", []]}, list(items)]}
