"""How does what was made become an asset of its owner, together with the end of its job?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from assets.errors import MediaRefused
from assets.services.generated import MadeFile, store_made
from generation.errors import ProviderUnknown
from generation.ports import Done
from generation.providers.base import Task
from generation.providers.failures import BadOutput
from generation.queries.catalog import find_maker
from storycore.mongo.documents import now
from storycore.mongo.reading import Row

NAME_MAX = 80
# GraphQL's Int; larger ones of providers stay in the details.
SEED_MAX = 2**31 - 1
TYPES: Mapping[Task, str] = {
    "image": "image",
    "speech": "sound",
    "music": "sound",
    "effect": "sound",
}


def stored_result(job: Row, task: Task, file: BinaryIO, kept: Mapping[str, Any]) -> Done:
    """Check and store what was made; its record is written together with the job's end.

    Storing it again replaces the same file. Raises BadOutput for bytes that are not what was ordered (they
    are treated like any upload), StorageUnavailable.
    """
    details = kept.get("details") or {}
    model = model_of(job, task, details)
    system = " ".join(part for part in (job["provider"], model) if part)
    made = MadeFile(
        owner=job["owner"],
        type=TYPES[task],
        stored_name=str(job["_id"]),
        name=job.get("asset_name") or named_after(job["prompt"]),
        system=system,
        metadata=metadata_of(job, model, details),
        is_public=bool(job.get("is_public")),
    )
    try:
        stored = store_made(file, made)
    except MediaRefused as problem:
        raise BadOutput(problem.message) from problem
    changes = {"asset": stored.asset, "model": model, "usage": kept.get("usage") or None}
    if (drawn := seed_of(job, details)) is not None:
        # Who repeats the job gets the same again, also when nobody named a seed.
        changes["seed"] = drawn
    return Done(changes, "The asset is ready.", stored.record, stored.facts)


def seed_of(job: Row, details: Mapping[str, Any]) -> int | None:
    """The seed that was asked for, else the one that the provider says it drew."""
    for seed in (job.get("seed"), details.get("seed")):
        if isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= SEED_MAX:
            return seed
    return None


def named_after(prompt: str) -> str:
    """A name that people recognise: the first words of what was asked for."""
    words = " ".join(prompt.split())
    return words if len(words) <= NAME_MAX else f"{words[: NAME_MAX - 1].rstrip()}…"


def model_of(job: Row, task: Task, details: Mapping[str, Any]) -> str | None:
    """What made it: as the provider says, as it was asked for, else the one that its settings name first."""
    named = details.get("model") or job.get("model")
    if named:
        return str(named)
    try:
        return find_maker(task, job["provider"]).model
    except ProviderUnknown:
        # It was taken out of the settings meanwhile.
        return None


def metadata_of(job: Row, model: str | None, details: Mapping[str, Any]) -> dict[str, Any]:
    """How it was made, for the asset's record. The call's duration is in seconds."""
    started = job.get("started_at")
    metadata: dict[str, Any] = {
        "provider": job["provider"],
        "model": model,
        "prompt": job["prompt"],
        "seed": seed_of(job, details),
        "parameters": job.get("parameters") or {},
        "jobId": str(job["_id"]),
        "seconds": round((now() - started).total_seconds(), 3) if started else None,
        "details": dict(details),
    }
    return {name: value for name, value in metadata.items() if value is not None}
