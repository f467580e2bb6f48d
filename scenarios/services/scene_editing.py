"""How is a scene edited together with the choices that leave it: all of it, or none of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from scenarios.documents import Choice
from scenarios.services.access import Order, change_story, scenario_of_scene
from scenarios.services.choices import ChoiceChanges, NewChoice, choice_creation, choice_update
from scenarios.services.scenes import SceneChanges, scene_update
from storycore.access import Actor
from storycore.mongo.reading import Row
from storycore.mongo.writing import stored


@dataclass(frozen=True)
class ChoiceEdits:
    """What happens to the choices of a scene: some are new, some change, some go."""

    new: Sequence[NewChoice] = ()
    changed: Mapping[ObjectId, ChoiceChanges] = field(default_factory=dict)
    removed: Sequence[ObjectId] = ()


def edit_scene(
    actor: Actor, scene: ObjectId, changes: SceneChanges, choices: ChoiceEdits
) -> list[ObjectId]:
    """Change a scene and its choices in one transaction; returns the ids of the new choices.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, InvalidReference.
    """
    scenario = scenario_of_scene(actor, scene)
    before: list[Any] = [scene_update(actor, scenario, scene, changes)] if changes else []
    before += [choice_update(scenario, key, given) for key, given in choices.changed.items()]
    creations = [choice_creation(scenario, choice) for choice in choices.new]

    def work(session: ClientSession, row: Row) -> list[ObjectId]:
        gone = {"_id": {"$in": list(choices.removed)}, "scenario": scenario}
        stored(Choice).delete_many(gone, session=session)
        for change in before:
            change(session, row)
        return [create(session, row).id for create in creations]

    order = Order.KEPT if changes.get("order") is None else Order.UNKNOWN
    return change_story(actor, scenario, work, order=order)
