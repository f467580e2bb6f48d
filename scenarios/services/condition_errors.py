"""Which stored expressions can be evaluated, with the variables that their story has now?"""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from mongoengine import Document
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from scenarios.documents import Choice, Scenario, Scene
from scenarios.services.declarations import (
    ExpressionProblem,
    condition_problem,
    declared_variables,
    effect_problems,
    named,
)
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import stored

_CONDITIONS: tuple[tuple[type[Document], str, str], ...] = (
    (Choice, "condition", "condition_error"),
    (Scene, "visible_if", "visible_if_error"),
)


def scene_problems(scene: ObjectId) -> list[ExpressionProblem]:
    """What is wrong with the expressions of a scene as it is stored."""
    row = find_one(Scene, {"_id": scene}, ("scenario", "visible_if_error", "on_enter"))
    if row is None:
        return []
    problems = named("visible_if", row.get("visible_if_error"))
    effects = row.get("on_enter") or []
    if effects:
        story = find_one(Scenario, {"_id": row["scenario"]}, ("variables",)) or {}
        problems += effect_problems(effects, declared_variables(story), field="on_enter")
    return problems


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
