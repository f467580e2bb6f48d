"""How does an order become a job? Written first, then a worker is woken; a lost message loses nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from bson import ObjectId
from django.conf import settings
from pymongo import ReturnDocument
from pymongo.write_concern import WriteConcern

from generation.documents import OPEN, QUEUED, Job
from generation.errors import QueueFull
from generation.running.leasing import NOW_TURN, TURNS
from generation.running.waking import wake_for
from storycore.errors import Conflict, InvalidInput
from storycore.mongo.connection import database
from storycore.mongo.documents import valid_new
from storycore.mongo.reading import count_where, find_one
from storycore.mongo.writing import insert

# Due by every clock, also by a server's that is behind ours.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
# What an order with a known key has to repeat; the rest may differ, as after a change of settings.
_SAME = ("prompt", "parameters", "scene")


# What an order has to repeat to be the same as one that is not done yet.
_JOINED = ("project", "prompt", "parameters", "seed", "provider", "providers", "model", "is_public")
_TRIES = 5


def join_key(kind: str, order: Mapping[str, Any]) -> str:
    """The same text for orders of the same thing."""
    words = [kind, *(order.get(name) for name in _JOINED)]
    return hashlib.sha256(orjson.dumps(words, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def enqueue(owner: str, kind: str, queue: str, order: Mapping[str, Any]) -> ObjectId:
    """Write a job and wake a worker; returns its id.

    `order` has the stored names of the job. The same `idempotency_key` of the same owner is the same job, and
    so are those with the same `joins` as long as the first of them is not done.
    Raises InvalidInput, also for a key that has ordered something else; QueueFull.
    """
    for _attempt in range(_TRIES):
        if (known := _known_order(owner, kind, order)) is not None:
            return known
        _require_room(owner)
        try:
            job = _written(owner, kind, queue, order)
        except Conflict:
            # The same order came twice at the same moment; or the one that it joins ended just now.
            continue
        wake_for(queue)
        return job
    raise Conflict("This is ordered by somebody else at this moment; try again.")


def _known_order(owner: str, kind: str, order: Mapping[str, Any]) -> ObjectId | None:
    if order.get("idempotency_key") is not None:
        return _same_order(owner, kind, order)
    if order.get("joins") is None:
        return None
    where = {"owner": owner, "joins": order["joins"], "status": {"$in": list(OPEN)}}
    row = find_one(Job, where, ("_id",))
    return None if row is None else ObjectId(row["_id"])


def _written(owner: str, kind: str, queue: str, order: Mapping[str, Any]) -> ObjectId:
    body = valid_new(
        Job,
        {
            "kind": kind,
            "queue": queue,
            "owner": owner,
            "status": QUEUED,
            "message": "Waiting for a worker.",
            "step": "queued",
            "turn": _next_turn(owner),
            "due": AT_ONCE,
            **order,
        },
    )
    job: ObjectId = insert(Job, body)
    return job


def _same_order(owner: str, kind: str, order: Mapping[str, Any]) -> ObjectId | None:
    """The job that this key has ordered already. Raises InvalidInput when that was something else."""
    where = {"owner": owner, "idempotency_key": order["idempotency_key"]}
    row = find_one(Job, where, ("_id", "kind", *_SAME))
    if row is None:
        return None
    if row["kind"] != kind or any(
        (row.get(name) or None) != (order.get(name) or None) for name in _SAME
    ):
        raise InvalidInput("This key has ordered something else before.", field="idempotency_key")
    return ObjectId(row["_id"])


def _require_room(owner: str) -> None:
    waiting = count_where(Job, {"owner": owner, "status": {"$in": list(OPEN)}})
    if waiting >= settings.GENERATION_OPEN_JOBS_MAX:
        raise QueueFull(f"You have {waiting} unfinished jobs; wait until some of them are done.")


def _next_turn(owner: str) -> int:
    """The place in the queue, so that users take turns: one more than the owner's last, or than now.

    Who orders a thousand gets a thousand turns ahead; who then orders ten stands between the first of them.
    """
    # A turn that a crash loses does no harm, so nobody waits for the disk.
    turns = database()[TURNS].with_options(write_concern=WriteConcern(w=1, j=False))
    current = turns.find_one({"_id": NOW_TURN}) or {}
    row: Any = turns.find_one_and_update(
        {"_id": f"owner:{owner}"},
        [
            {
                "$set": {
                    "turn": {
                        "$add": [{"$max": [{"$ifNull": ["$turn", 0]}, current.get("turn", 0)]}, 1]
                    }
                }
            }
        ],
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(row["turn"])
