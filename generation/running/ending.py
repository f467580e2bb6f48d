"""How does a job come to its end, exactly once, and how does everybody who waits for it hear of it?

One transaction writes the end and what belongs to it (the asset). Telling others (the scene that gets the
picture, the parent job, the project) is repeatable and marked when it is done: a crash in between is
finished by the sweeper.
"""

from __future__ import annotations

import logging
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from generation.documents import CANCELLED, COMPLETED, FAILED, LINES_MAX, OPEN, Job
from generation.ports import OWNERS, Done
from generation.running.holding import LINE_MAX, HeldWork
from generation.running.leasing import appended, make_due
from generation.running.staging import forget_staged
from generation.running.waking import wake_for, wake_to_cancel
from storycore.errors import StoryCoreError
from storycore.logs import redacted
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import in_transaction, stored

logger = logging.getLogger("storycore.generation")


def complete(work: HeldWork, done: Done) -> None:
    """Write the result and everything that belongs to it, or nothing. Raises LeaseLost."""
    changes = {
        "status": COMPLETED,
        "progress": 100,
        "step": "completed",
        "message": redacted(done.message)[:LINE_MAX],
        "error_code": None,
        "error_message": None,
        "work": None,
        "announced": False,
        **done.changes,
    }
    work.log(done.message)
    lines = work.take_lines()

    def commit(session: ClientSession) -> None:
        work.hold.write(changes, lines=lines, session=session, ended=True)
        if done.commit is not None:
            done.commit(session)

    in_transaction(commit)
    forget_staged((work.job.get("work") or {}).get("staged"))
    announce(work.job["_id"])


def fail(work: HeldWork, code: str, message: str) -> None:
    """End a job that no further attempt would help. Raises LeaseLost."""
    work.log(message, "error")
    changes = {
        "status": FAILED,
        "step": "failed",
        "message": redacted(message)[:LINE_MAX],
        "error_code": code,
        "error_message": redacted(message)[:1_000],
        "announced": False,
    }
    work.hold.write(changes, lines=work.take_lines(), ended=True)
    announce(work.job["_id"])


def cancel(where: dict[str, Any]) -> Row | None:
    """End an open job at its user's wish; None when it is at its end already, or there is none.

    A worker that is busy with it finds its fence gone at its next write, and drops what it has.
    """
    row: Row | None = stored(Job).find_one_and_update(
        {**where, "status": {"$in": list(OPEN)}},
        [
            {
                "$set": {
                    "status": CANCELLED,
                    "fence": {"$add": ["$fence", 1]},
                    "step": "cancelled",
                    "message": "Cancelled.",
                    "finished_at": "$$NOW",
                    "updated_at": "$$NOW",
                    "announced": False,
                    "lines": appended(
                        "lines", [{"level": "info", "text": "Cancelled."}], LINES_MAX
                    ),
                }
            }
        ],
    )
    if row is None:
        return None
    if ((row.get("work") or {}).get("provider_ref")) is not None:
        wake_to_cancel(str(row["_id"]), row["queue"])
    for child in stored(Job).find(
        {"parent": row["_id"], "status": {"$in": list(OPEN)}}, {"_id": 1}
    ):
        cancel({"_id": child["_id"]})
    announce(row["_id"])
    return row


def announce(job: ObjectId) -> None:
    """Tell everybody who waits for an ended job, then mark that they know."""
    row = find_one(Job, {"_id": job, "announced": False}, None)
    if row is None:
        return
    if row["status"] == CANCELLED:
        forget_staged((row.get("work") or {}).get("staged"))
    for owner in OWNERS:
        try:
            owner.job_ended(row)
        except StoryCoreError as problem:
            # What the job is for has gone or was closed: the result stays in the owner's library.
            logger.info("a finished job was not taken: %s", problem.message)
    if row.get("parent"):
        _wake_parent(row["parent"])
    stored(Job).update_one({"_id": job}, {"$set": {"announced": True}})


def _wake_parent(parent: ObjectId) -> None:
    """Let the parent look at what its children have done."""
    row = find_one(Job, {"_id": parent}, ("queue",))
    if row is not None and make_due({"_id": parent}):
        wake_for(row["queue"])
