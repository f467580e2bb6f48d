"""Which stored conditions can be evaluated, now that the variables of their story have changed?"""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from mongoengine import Document
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from scenarios.documents import Choice, Scene
from scenarios.services.declarations import condition_problem, declared_variables
from storycore.mongo.reading import Row
from storycore.mongo.writing import stored

_CONDITIONS: tuple[tuple[type[Document], str, str], ...] = (
    (Choice, "condition", "condition_error"),
    (Scene, "visible_if", "visible_if_error"),
)


def refresh_condition_errors(scenario: ObjectId, story: Row, session: ClientSession) -> int:
    """Judge every condition of a story by the variables of `story`; returns how many judgements changed.

    Called in the transaction that changes the variables, so a condition never stands beside a stale error.
    """
    variables = declared_variables(story)
    changed = 0
    for document, field, error in _CONDITIONS:
        rows = stored(document).find(
            {"scenario": scenario, field: {"$nin": [None, ""]}},
            {field: 1, error: 1},
            session=session,
        )
        updates: list[Any] = []
        for row in rows:
            problem = condition_problem(row[field], variables)
            if problem != row.get(error):
                updates.append(UpdateOne({"_id": row["_id"]}, {"$set": {error: problem}}))
        if updates:
            stored(document).bulk_write(updates, session=session, ordered=False)
        changed += len(updates)
    return changed
