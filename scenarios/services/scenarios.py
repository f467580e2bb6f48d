"""How is a scenario made, changed, copied and removed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.services.changing import take_up
from scenarios.documents import Choice, Progress, Scenario, Scene
from scenarios.services.access import LAST_ORDER, Order, change_story
from scenarios.services.condition_errors import refresh_condition_errors
from scenarios.services.declarations import valid_variables
from scenarios.services.scenes import media_of
from storycore.access import Actor, require_login
from storycore.mongo.documents import now, valid_changes, valid_new
from storycore.mongo.reading import Row
from storycore.mongo.writing import insert, stored


class ScenarioChanges(TypedDict, total=False):
    """What may be given; an absent key leaves the field as it is, None clears it."""

    title: str | None
    description: str | None
    is_published: bool | None
    variables: list[dict[str, Any]] | None
    languages: list[str] | None


@dataclass(frozen=True, slots=True)
class DeletedScenario:
    """How much went with a scenario."""

    scenes: int
    choices: int


def create_scenario(actor: Actor, scenario: ScenarioChanges) -> ObjectId:
    """Make an empty scenario that belongs to the actor; returns its id.

    Raises Unauthenticated, InvalidInput.
    """
    author = require_login(actor)
    given = {name: value for name, value in _checked(scenario).items() if value is not None}
    body = valid_new(Scenario, {**given, "author": author})
    key: ObjectId = insert(Scenario, body | {LAST_ORDER: -1})
    return key


def update_scenario(
    actor: Actor,
    scenario: ObjectId,
    changes: ScenarioChanges,
    *,
    expected_revision: int | None = None,
) -> None:
    """Change a scenario's own fields.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, Conflict.
    """
    body = scenario_changes(changes)

    def work(session: ClientSession, row: Row) -> None:
        if body:
            stored(Scenario).update_one({"_id": scenario}, {"$set": body}, session=session)
        if "variables" in body:
            refresh_condition_errors(scenario, row | body, session)

    change_story(actor, scenario, work, expected_revision=expected_revision, order=Order.KEPT)


def delete_scenario(actor: Actor, scenario: ObjectId) -> DeletedScenario:
    """Remove a scenario with its scenes and choices, all or nothing.

    Raises Unauthenticated, NotFound, Forbidden.
    """

    def work(session: ClientSession, _row: Row) -> DeletedScenario:
        choices = stored(Choice).delete_many({"scenario": scenario}, session=session)
        scenes = stored(Scene).delete_many({"scenario": scenario}, session=session)
        stored(Progress).delete_many({"scenario": scenario}, session=session)
        stored(Scenario).delete_one({"_id": scenario}, session=session)
        return DeletedScenario(scenes=scenes.deleted_count, choices=choices.deleted_count)

    return change_story(actor, scenario, work)


def duplicate_scenario(actor: Actor, scenario: ObjectId) -> ObjectId:
    """Copy a scenario that the actor may edit, with its whole graph; the copy is theirs and unpublished.

    Raises Unauthenticated, NotFound, Forbidden.
    """

    def work(session: ClientSession, row: Row) -> ObjectId:
        copy = _fresh(row) | {
            "title": _copy_title(row["title"]),
            "author": require_login(actor),
            "is_published": False,
            "revision": 0,
        }
        insert(Scenario, copy, session)
        scenes = _copies(Scene, scenario, copy["_id"], session)
        take_up(media_of(*scenes.values()), session)
        choices = _copies(Choice, scenario, copy["_id"], session)
        for choice in choices.values():
            choice["from_scene"] = scenes[choice["from_scene"]]["_id"]
            choice["to_scene"] = scenes[choice["to_scene"]]["_id"]
        for document, bodies in ((Scene, scenes), (Choice, choices)):
            if bodies:
                stored(document).insert_many(list(bodies.values()), session=session)
        key: ObjectId = copy["_id"]
        return key

    return change_story(actor, scenario, work)


def scenario_changes(changes: ScenarioChanges) -> dict[str, Any]:
    """The `$set` body of a scenario's own fields. Raises InvalidInput."""
    checked = _checked(changes)
    return valid_changes(Scenario, dict(checked))


def _checked(changes: ScenarioChanges) -> ScenarioChanges:
    if changes.get("variables") is not None:
        return {**changes, "variables": valid_variables(changes["variables"] or [])}
    return changes


def _copies(
    document: type[Scene] | type[Choice], source: ObjectId, target: ObjectId, session: ClientSession
) -> dict[ObjectId, Row]:
    rows = stored(document).find({"scenario": source}, session=session)
    return {row["_id"]: _fresh(row) | {"scenario": target} for row in rows}


def _fresh(row: Row) -> Row:
    moment = now()
    return row | {"_id": ObjectId(), "created_at": moment, "updated_at": moment}


def _copy_title(title: str) -> str:
    return f"{title[:193]} (copy)"
