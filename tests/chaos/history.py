"""How did every job move? MongoDB's own log of writes tells what a job no longer shows.

I2: what is final never changes. I3: no job has more attempts than it may have. I8: no fence goes back, and no
write of an older holder lands. I10: an asset is there in the very write that completes its job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pymongo import MongoClient

FINAL = ("completed", "failed", "cancelled")
# What is written after the end: that all were told, what the provider answered to a cancellation, a new place.
AFTERWARDS = frozenset({"announced", "lines", "updated_at", "priority"})
ATTEMPTS_MAX = 50


def moves(client: MongoClient[dict[str, Any]]) -> list[str]:
    """Every move that no job may make, with its id."""
    found: list[str] = []
    states: dict[Any, str] = {}
    fences: dict[Any, int] = defaultdict(int)
    for changes, job, assets in _writes(client):
        before = states.get(job)
        late = set(changes) - AFTERWARDS
        if before in FINAL and late:
            found.append(f"I2, I8 changed after it was {before}: {job} {sorted(late)}")
        if changes.get("fence", fences[job]) < fences[job]:
            found.append(f"I8 its fence went back: {job}")
        if changes.get("attempts", 0) > ATTEMPTS_MAX:
            found.append(f"I3 {changes['attempts']} attempts: {job}")
        if changes.get("status") == "completed" and changes.get("asset") not in assets:
            found.append(f"I10 completed before its asset was there: {job}")
        fences[job] = changes.get("fence", fences[job])
        states[job] = changes.get("status", before)
    return found


def _writes(
    client: MongoClient[dict[str, Any]],
) -> Iterator[tuple[Mapping[str, Any], Any, set[Any]]]:
    """(changed fields, the job, assets inserted by the same write), oldest first."""
    log = client["local"]["oplog.rs"]
    spaces = ["storycore.jobs", "admin.$cmd"]
    for entry in log.find({"ns": {"$in": spaces}, "op": {"$in": ["i", "u", "c"]}}).sort(
        "$natural", 1
    ):
        steps = entry["o"].get("applyOps") or [entry]
        assets = {
            step["o"]["_id"]
            for step in steps
            if step.get("ns") == "storycore.assets" and step["op"] == "i"
        }
        for step in steps:
            if step.get("ns") == "storycore.jobs" and step["op"] in ("i", "u"):
                yield _changes(step), (step.get("o2") or step["o"])["_id"], assets


def _changes(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a new document, or those that an update changed (a part of a field counts as changed)."""
    if step["op"] == "i":
        return dict(step["o"])
    diff = step["o"].get("diff") or {}
    parts = {name[1:]: None for name in diff if name.startswith("s")}
    return {**parts, **diff.get("d", {}), **diff.get("u", {}), **diff.get("i", {})}
