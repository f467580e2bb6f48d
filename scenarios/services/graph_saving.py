"""How is a whole story saved in one call: all of it, or none of it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from mongoengine import Document
from pymongo import DeleteMany, InsertOne, ReplaceOne
from pymongo.client_session import ClientSession

from assets.services.access import require_usable_assets
from assets.services.changing import take_up
from scenarios.documents import Choice, Scenario, Scene
from scenarios.services.access import change_story
from scenarios.services.condition_errors import refresh_condition_errors
from scenarios.services.declarations import ExpressionProblem, declared_variables
from scenarios.services.graph_plan import GraphPlan, SavedScene, plan_graph
from scenarios.services.scenarios import ScenarioChanges, scenario_changes
from storycore.access import Actor
from storycore.mongo.documents import now
from storycore.mongo.reading import Row, keyed
from storycore.mongo.writing import stored


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """What a save did: the new revision, the ids of client keys, counts of scenes and choices.

    `problems` are expressions that were saved although they cannot be evaluated.
    """

    revision: int
    keys: dict[str, ObjectId]
    created: int
    updated: int
    removed: int
    problems: Sequence[ExpressionProblem] = ()


def save_scenario(
    actor: Actor,
    scenario: ObjectId,
    changes: ScenarioChanges,
    scenes: Sequence[SavedScene] | None = None,
    *,
    expected_revision: int | None = None,
) -> SavedScenario:
    """Save a scenario's own fields and, when `scenes` are given, its whole graph, in one transaction.

    What is missing in `scenes` is removed; unchanged documents are not written.
    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, InvalidReference, and Conflict (details:
    revision) when the story has moved on from `expected_revision`.
    """
    body = scenario_changes(changes)

    def work(session: ClientSession, row: Row) -> SavedScenario:
        if body:
            stored(Scenario).update_one({"_id": scenario}, {"$set": body}, session=session)
        if scenes is None:
            if "variables" in body:
                refresh_condition_errors(scenario, row | body, session)
            return SavedScenario(row["revision"], {}, created=0, updated=0, removed=0)
        present = {
            document: keyed(stored(document).find({"scenario": scenario}, session=session))
            for document in (Scene, Choice)
        }
        plan = plan_graph(
            scenario, scenes, present[Scene], present[Choice], declared_variables(row | body)
        )
        require_usable_assets(actor, plan.media)
        take_up({asset for asset, _ in plan.media.values()}, session)
        return _written(plan, present, row["revision"], session)

    return change_story(actor, scenario, work, expected_revision=expected_revision)


def _written(
    plan: GraphPlan,
    present: dict[type[Document], dict[ObjectId, Row]],
    revision: int,
    session: ClientSession,
) -> SavedScenario:
    created = updated = removed = 0
    for document, planned in ((Scene, plan.scenes), (Choice, plan.choices)):
        before = present[document]
        gone = [key for key in before if key not in planned]
        # The old start gives way before the new one comes: the unique index allows one at any moment.
        changed = sorted(
            (row for key, row in planned.items() if row != before.get(key)),
            key=lambda row: bool(row.get("is_start_scene")),
        )
        new = [row for row in changed if row["_id"] in plan.created]
        old = [row | {"updated_at": now()} for row in changed if row["_id"] not in plan.created]
        removals = [DeleteMany({"_id": {"$in": gone}})] if gone else []
        replacements = [ReplaceOne({"_id": row["_id"]}, row) for row in old]
        insertions = [InsertOne(row) for row in new]
        operations: list[Any] = [*removals, *replacements, *insertions]
        if operations:
            stored(document).bulk_write(operations, session=session, ordered=True)
        created += len(new)
        updated += len(old)
        removed += len(gone)
    return SavedScenario(
        revision,
        plan.keys,
        created=created,
        updated=updated,
        removed=removed,
        problems=plan.problems,
    )
