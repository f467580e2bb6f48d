"""How does a provider hear that a job is no longer wanted? Best effort: the job has ended already."""

from __future__ import annotations

from bson import ObjectId

from generation.documents import CANCELLED, LINES_MAX, Job
from generation.providers.failures import ProviderFailure
from generation.queries.catalog import find_maker, task_of
from generation.running.leasing import appended
from generation.running.sending import send
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import stored

_FIELDS = ("kind", "task", "provider", "work")


def cancel_at_provider(job: ObjectId) -> None:
    """Send the provider's own cancel call for a cancelled job, once; its answer goes into the job's log."""
    row = find_one(Job, {"_id": job, "status": CANCELLED}, _FIELDS)
    reference = ((row or {}).get("work") or {}).get("provider_ref")
    if row is not None and reference is not None:
        _tell(row, reference)


def cancel_run(job: ObjectId, reference: str) -> None:
    """The same for a run that a provider began while its job was being cancelled: nobody knows of it yet."""
    row = find_one(Job, {"_id": job, "status": CANCELLED}, _FIELDS)
    if row is not None:
        _tell(row, reference)


def _tell(row: Row, reference: str) -> None:
    provider = find_maker(task_of(row), row["provider"]).provider
    call = provider.cancel(reference) if provider is not None else None
    if provider is None or call is None:
        return
    try:
        reply = send(provider, call)
    except ProviderFailure as problem:
        text = f"The provider could not be told: {problem.message}"
    else:
        text = f"The provider was told to stop and answered {reply.status}."
    line = {"level": "info", "text": text}
    stored(Job).update_one(
        {"_id": row["_id"]}, [{"$set": {"lines": appended("lines", [line], LINES_MAX)}}]
    )
