"""How is a choice made, changed and removed, so that it always joins two scenes of one story?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Required, TypedDict

from bson import ObjectId
from pymongo.client_session import ClientSession

from scenarios.documents import CHOICES_PER_SCENE_MAX, Choice, Scene
from scenarios.services.access import (
    Order,
    Work,
    change_story,
    scenario_of_choice,
    scenario_of_scene,
)
from scenarios.services.declarations import (
    ExpressionProblem,
    condition_problem,
    declared_variables,
    effect_problems,
    named,
    valid_effects,
)
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput, InvalidReference, NotFound
from storycore.mongo.documents import now, valid_changes, valid_new
from storycore.mongo.reading import Row, find_in
from storycore.mongo.writing import insert, stored

DELETE_MAX = 500


class ChoiceChanges(TypedDict, total=False):
    """What may be given; an absent key leaves the field as it is, None clears it."""

    from_scene: ObjectId | None
    to_scene: ObjectId | None
    text: str | None
    condition: str | None
    effects: list[dict[str, Any]] | None
    order: int | None
    once: bool | None


class NewChoice(TypedDict, total=False):
    """A choice to be; without an order it comes last among its scene's."""

    from_scene: Required[ObjectId]
    to_scene: Required[ObjectId]
    text: str | None
    condition: str | None
    effects: list[dict[str, Any]] | None
    order: int | None
    once: bool | None


@dataclass(frozen=True, slots=True)
class SavedChoice:
    """A choice as saved; `problems` say why its condition or its effects cannot be evaluated yet."""

    id: ObjectId
    problems: list[ExpressionProblem]


def create_choice(actor: Actor, choice: NewChoice) -> SavedChoice:
    """Join two scenes of a scenario that the actor may edit.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, InvalidReference.
    """
    scenario = scenario_of_scene(actor, choice["from_scene"], field="from_scene")
    return change_story(actor, scenario, choice_creation(scenario, choice), order=Order.KEPT)


def choice_creation(scenario: ObjectId, choice: NewChoice) -> Work[SavedChoice]:
    """The making of a choice as a part of a larger transaction on its story.

    Raises InvalidInput; the work raises InvalidReference.
    """
    given = {name: value for name, value in choice.items() if value is not None}
    given |= {"effects": valid_effects(choice.get("effects") or [], field="effects")}
    body = valid_new(Choice, {**given, "scenario": scenario})

    def work(session: ClientSession, row: Row) -> SavedChoice:
        _require_scenes(scenario, choice, session)
        variables = declared_variables(row)
        body["condition_error"] = condition_problem(body.get("condition"), variables)
        last = _last_order(choice["from_scene"], session)
        if "order" not in given:
            body["order"] = last + 1
        problems = named("condition", body["condition_error"])
        problems += effect_problems(body.get("effects") or [], variables, field="effects")
        return SavedChoice(insert(Choice, body, session), problems)

    return work


def update_choice(actor: Actor, choice: ObjectId, changes: ChoiceChanges) -> SavedChoice:
    """Change a choice; it may move to other scenes of the same scenario.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, InvalidReference.
    """
    scenario = scenario_of_choice(actor, choice)
    return change_story(actor, scenario, choice_update(scenario, choice, changes), order=Order.KEPT)


def choice_update(
    scenario: ObjectId, choice: ObjectId, changes: ChoiceChanges
) -> Work[SavedChoice]:
    """The change of a choice as a part of a larger transaction on its story.

    Raises InvalidInput; the work raises NotFound and InvalidReference.
    """
    given: dict[str, Any] = {**changes}
    if "effects" in given:
        given["effects"] = valid_effects(given["effects"] or [], field="effects")
    for name in ("order", "once"):
        if given.get(name) is None:
            given.pop(name, None)
    body = valid_changes(Choice, given)

    def work(session: ClientSession, row: Row) -> SavedChoice:
        _require_scenes(scenario, changes, session)
        asked = {"condition": 1, "effects": 1}
        present = stored(Choice).find_one({"_id": choice}, asked, session=session)
        if present is None:
            raise NotFound("There is no such choice.", field="id")
        condition = body.get("condition", present.get("condition"))
        variables = declared_variables(row)
        problem = condition_problem(condition, variables)
        changed = body | {"condition_error": problem, "updated_at": now()}
        stored(Choice).update_one({"_id": choice}, {"$set": changed}, session=session)
        effects = body.get("effects", present.get("effects")) or []
        problems = named("condition", problem)
        return SavedChoice(choice, problems + effect_problems(effects, variables, field="effects"))

    return work


def delete_choice(actor: Actor, choice: ObjectId) -> None:
    """Remove a choice. Raises Unauthenticated, NotFound, Forbidden."""
    delete_choices(actor, [choice])


def delete_choices(actor: Actor, choices: Sequence[ObjectId]) -> int:
    """Remove several choices of one scenario, all or none; returns how many.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput when they belong to several scenarios.
    """
    require_login(actor)
    wanted = set(choices)
    if not wanted:
        return 0
    if len(wanted) > DELETE_MAX:
        raise InvalidInput(f"At most {DELETE_MAX} choices are removed at once.", field="ids")
    rows = find_in(Choice, "_id", wanted, ("scenario",))
    if len(rows) < len(wanted):
        raise NotFound("There is no such choice.", field="ids" if len(wanted) > 1 else "id")
    scenarios = {row["scenario"] for row in rows}
    if len(scenarios) > 1:
        raise InvalidInput("The choices belong to different scenarios.", field="ids")

    def work(session: ClientSession, _row: Row) -> int:
        gone = stored(Choice).delete_many({"_id": {"$in": list(wanted)}}, session=session)
        return int(gone.deleted_count)

    return change_story(actor, scenarios.pop(), work, order=Order.KEPT)


def _require_scenes(scenario: ObjectId, choice: Mapping[str, Any], session: ClientSession) -> None:
    ends = {name: choice.get(name) for name in ("from_scene", "to_scene") if choice.get(name)}
    if not ends:
        return
    where = {"_id": {"$in": list(ends.values())}, "scenario": scenario}
    found = {row["_id"] for row in stored(Scene).find(where, {"_id": 1}, session=session)}
    for name, scene in ends.items():
        if scene not in found:
            raise InvalidReference("There is no such scene in this scenario.", field=name)


def _last_order(scene: ObjectId, session: ClientSession) -> int:
    rows = stored(Choice).find({"from_scene": scene}, {"order": 1}, session=session)
    orders = [row["order"] for row in rows]
    if len(orders) >= CHOICES_PER_SCENE_MAX:
        raise InvalidInput(
            f"A scene has at most {CHOICES_PER_SCENE_MAX} choices.", field="from_scene"
        )
    return max(orders, default=-1)
