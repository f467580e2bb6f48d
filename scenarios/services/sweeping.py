"""What did an interrupted import leave behind? Scenes and choices of a scenario that never came."""

from __future__ import annotations

from datetime import timedelta

from scenarios.documents import Choice, Scenario, Scene
from storycore.mongo.documents import now
from storycore.mongo.reading import find_in
from storycore.mongo.writing import stored

# Longer than any import takes.
GRACE = timedelta(days=1)


def sweep_stories(*, grace: timedelta = GRACE) -> int:
    """Remove scenes and choices older than `grace` whose scenario does not exist; returns how many."""
    removed = 0
    for document in (Choice, Scene):
        named = stored(document).distinct("scenario", {"created_at": {"$lt": now() - grace}})
        there = {row["_id"] for row in find_in(Scenario, "_id", named, ("_id",))}
        lost = [key for key in named if key not in there]
        if lost:
            answer = stored(document).delete_many({"scenario": {"$in": lost}})
            removed += answer.deleted_count
    return removed
