"""How is a job cancelled, tried again, repeated, chosen and cleaned up?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from generation.documents import CANCELLED, COMPLETED, FAILED, FINAL, OPEN, QUEUED, Job
from generation.errors import JobFinished, JobNotFailed
from generation.ports import RERUNS
from generation.queries.jobs import waiting_neighbour
from generation.running.ending import cancel
from generation.running.storing import SEED_MAX
from generation.services.access import own_job
from generation.services.enqueueing import enqueue
from generation.services.orders import ASSET_TYPES
from scenarios.services.asset_attaching import SceneMedia
from storycore.access import Actor
from storycore.errors import InvalidInput
from storycore.mongo.documents import now
from storycore.mongo.writing import held, in_transaction, stored

_REPEATED = (
    "task",
    "asset_name",
    "prompt",
    "parameters",
    "seed",
    "provider",
    "providers",
    "model",
    "scenario",
    "project",
    "priority",
    "is_public",
    "cost_estimate",
)


def cancel_job(actor: Actor, job: ObjectId) -> None:
    """End a job that is not at its end; a provider that can is told to stop.

    Raises Unauthenticated, NotFound, JobFinished.
    """
    row = own_job(actor, job)
    if cancel({"_id": row["_id"]}) is None:
        present = own_job(actor, job)
        raise JobFinished(f"The job is {present['status']} already.", field="id")


def retry_job(actor: Actor, job: ObjectId) -> ObjectId:
    """Order again what failed or was cancelled, for the same place; returns the new job's id.

    The old job stays as it ended: what is final never changes. What a provider was paid for and could not
    be stored is handed on, and is only stored. Raises Unauthenticated, NotFound, JobNotFailed, InvalidInput.
    """
    row = own_job(actor, job)
    if row["status"] not in (FAILED, CANCELLED):
        raise JobNotFailed(
            f"The job is {row['status']}; only a failed one is tried again.", field="id"
        )
    if row["kind"] not in RERUNS:
        raise InvalidInput(
            "A job of this kind is tried again as a part of its project.", field="id"
        )
    order = {name: row.get(name) for name in (*_REPEATED, "scene", "media_field", "take_of")}
    kept = row.get("work") or {}
    if kept.get("staged") is not None:
        order["work"] = kept
    return enqueue(row["owner"], row["kind"], row["queue"], order)


def rerun_job(actor: Actor, job: ObjectId, *, seed: int | None = None) -> ObjectId:
    """Order the same once more (same words, values and seed, unless another one is given): another take.

    The scene keeps what it has until a take is chosen. Raises Unauthenticated, NotFound, InvalidInput.
    """
    if seed is not None and not 0 <= seed <= SEED_MAX:
        raise InvalidInput(f"This lies between 0 and {SEED_MAX}.", field="seed")
    row = own_job(actor, job)
    if row["kind"] not in RERUNS:
        raise InvalidInput("A job of this kind cannot be repeated.", field="id")
    order = {name: row.get(name) for name in _REPEATED}
    if seed is not None:
        order["seed"] = seed
    return enqueue(
        row["owner"],
        row["kind"],
        row["queue"],
        {**order, "take_of": row.get("take_of") or row["_id"]},
    )


def choose_take(actor: Actor, job: ObjectId, scene: ObjectId, media_field: str | None) -> None:
    """Put what a finished job made into a scene.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput.
    """
    row = own_job(actor, job)
    made = ASSET_TYPES.get(row.get("task") or row["kind"])
    if row["status"] != COMPLETED or row.get("asset") is None or made is None:
        raise InvalidInput("This job has made nothing that a scene could hold.", field="id")
    place = media_field or {"image": "image", "music": "music"}.get(row["kind"], "sound")
    # Refused here in the words of this order: who has no such scene has given no wrong job.
    SceneMedia().require_place(actor, scene, place, made)
    SceneMedia().attach(actor, scene, place, row["asset"])


def delete_finished_jobs(older_than_days: float, *, dry_run: bool = False) -> int:
    """Remove jobs that ended so long ago; their assets stay. Returns how many."""
    where: dict[str, Any] = {
        "status": {"$in": list(FINAL)},
        "announced": {"$ne": False},
        "finished_at": {"$lt": now() - timedelta(days=older_than_days)},
    }
    if dry_run:
        return stored(Job).count_documents(where)
    return stored(Job).delete_many(where).deleted_count


def change_priority(actor: Actor, job: ObjectId, priority: int) -> None:
    """Let a waiting job come earlier (1) or later (10).

    Raises Unauthenticated, NotFound, InvalidInput, and JobFinished for one that is at its end.
    """
    if not 1 <= priority <= 10:
        raise InvalidInput("This lies between 1 and 10.", field="priority")
    row = own_job(actor, job)
    changed = stored(Job).update_one(
        {"_id": row["_id"], "status": {"$in": list(OPEN)}},
        {"$set": {"priority": priority, "updated_at": now()}},
    )
    if changed.matched_count == 0:
        raise JobFinished(f"The job is {own_job(actor, job)['status']} already.", field="id")


def move_job(actor: Actor, job: ObjectId, *, earlier: bool) -> bool:
    """Let a waiting job change places with its owner's job right before it in the queue, or right after it.

    False when there is none. Other users' jobs keep their turns. Raises Unauthenticated, NotFound, and
    JobFinished for a job that does not wait.
    """
    return in_transaction(lambda session: _moved(session, actor, job, earlier=earlier))


def _moved(session: ClientSession, actor: Actor, job: ObjectId, *, earlier: bool) -> bool:
    row = own_job(actor, job)
    # All moves of one owner in a row: two that cross would put two jobs into one place.
    with held(f"queue-{row['owner']}", session):
        row = own_job(actor, job)
        if row["status"] != QUEUED:
            raise JobFinished(f"The job is {row['status']}; only a waiting one moves.", field="id")
        other = waiting_neighbour(row, earlier=earlier)
        if other is None:
            return False
        for one, place in ((row, other), (other, row)):
            here = {"priority": place["priority"], "turn": place["turn"], "updated_at": now()}
            stored(Job).update_one({"_id": one["_id"]}, {"$set": here}, session=session)
        return True
