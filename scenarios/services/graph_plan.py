"""What does a whole story, as a client sends it, turn into? Checked shapes and real ids, before any write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from bson import ObjectId

from scenarios.documents import CHOICES_PER_SCENE_MAX, MEDIA_FIELDS, SCENES_MAX, Choice, Scene
from scenarios.logic.variables import Variable
from scenarios.services.declarations import (
    ExpressionProblem,
    condition_problem,
    effect_problems,
    named,
    valid_effects,
)
from storycore.errors import InvalidInput, InvalidReference
from storycore.ids import find_id
from storycore.mongo.documents import valid_new
from storycore.mongo.reading import Row

CLIENT_KEY = "tmp-"
CLIENT_KEY_MAX = 100


class SavedChoice(TypedDict, total=False):
    """A choice of the whole story; `id` and `to_scene` are stored ids or client keys ("tmp-...")."""

    id: str | None
    text: str
    to_scene: str
    condition: str | None
    effects: list[dict[str, Any]] | None
    order: int | None
    once: bool | None


class SavedScene(TypedDict, total=False):
    """A scene of the whole story; absent choices stay as they are, given ones replace all of the scene's."""

    id: str | None
    title: str
    text: str
    order: int | None
    position: dict[str, float] | None
    is_start_scene: bool | None
    is_end_scene: bool | None
    image: ObjectId | None
    sound: ObjectId | None
    music: ObjectId | None
    visible_if: str | None
    on_enter: list[dict[str, Any]] | None
    tags: list[str] | None
    origin: str | None
    choices: list[SavedChoice] | None


@dataclass
class GraphPlan:
    """The story's documents after the save, and what became of each."""

    scenes: dict[ObjectId, Row] = field(default_factory=dict)
    choices: dict[ObjectId, Row] = field(default_factory=dict)
    created: set[ObjectId] = field(default_factory=set)
    keys: dict[str, ObjectId] = field(default_factory=dict)
    media: dict[str, tuple[ObjectId, str]] = field(default_factory=dict)
    problems: list[ExpressionProblem] = field(default_factory=list)


def plan_graph(
    scenario: ObjectId,
    given: Sequence[SavedScene],
    stored_scenes: Mapping[ObjectId, Row],
    stored_choices: Mapping[ObjectId, Row],
    variables: Mapping[str, Variable],
    *,
    empty_texts: bool = False,
) -> GraphPlan:
    """The documents that the given story makes of the stored one.

    Only an import may bring scenes with `empty_texts`.
    Exactly one scene is the start: the flagged one, else the stored start if it is still there, else the
    first. Raises InvalidInput or InvalidReference naming the place as `scenes.<i>.choices.<j>.<field>`.
    """
    if len(given) > SCENES_MAX:
        raise InvalidInput(f"A scenario has at most {SCENES_MAX} scenes.", field="scenes")
    planner = _Planner(scenario, given, stored_scenes, stored_choices, variables)
    planner.empty_texts = empty_texts
    return planner.planned()


class _Planner:
    def __init__(
        self,
        scenario: ObjectId,
        given: Sequence[SavedScene],
        stored_scenes: Mapping[ObjectId, Row],
        stored_choices: Mapping[ObjectId, Row],
        variables: Mapping[str, Variable],
    ) -> None:
        self.scenario = scenario
        self.given = given
        self.stored_scenes = stored_scenes
        self.stored_choices = stored_choices
        self.variables = variables
        self.empty_texts = False
        self.plan = GraphPlan()

    def planned(self) -> GraphPlan:
        ids = [
            self._identify(scene.get("id"), self.stored_scenes, f"scenes.{index}.id")
            for index, scene in enumerate(self.given)
        ]
        for index, (key, scene) in enumerate(zip(ids, self.given, strict=True)):
            self._add_scene(key, scene, index)
        kept: list[ObjectId] = []
        for index, (key, scene) in enumerate(zip(ids, self.given, strict=True)):
            if scene.get("choices") is None:
                kept.append(key)
            else:
                self._add_choices(key, scene["choices"] or [], index)
        self._keep_choices(set(kept))
        self._settle_start(ids)
        return self.plan

    def _identify(self, text: str | None, present: Mapping[ObjectId, Row], place: str) -> ObjectId:
        """A stored id, a client key's new id, or a new one when none was given."""
        plan = self.plan
        if text is None or text == "":
            return self._new()
        if text.startswith(CLIENT_KEY):
            if len(text) > CLIENT_KEY_MAX or text in plan.keys:
                raise InvalidInput("A client key is short and used for one thing.", field=place)
            plan.keys[text] = self._new()
            return plan.keys[text]
        key = find_id(text)
        if key is None or key not in present:
            raise InvalidReference("There is nothing with this id in this scenario.", field=place)
        if key in plan.scenes or key in plan.choices:
            raise InvalidInput("This id comes twice.", field=place)
        (plan.scenes if present is self.stored_scenes else plan.choices)[key] = {}
        return key

    def _new(self) -> ObjectId:
        key = ObjectId()
        self.plan.created.add(key)
        return key

    def _add_scene(self, key: ObjectId, scene: SavedScene, index: int) -> None:
        place = f"scenes.{index}"
        before = self.stored_scenes.get(key, {})
        given: dict[str, Any] = {
            name: value for name, value in scene.items() if name not in ("id", "choices")
        }
        for flag in ("is_start_scene", "is_end_scene", "order"):
            if given.get(flag) is None:
                given.pop(flag, None)
        given.setdefault("order", before.get("order", index))
        if not self.empty_texts and not (given.get("text") or "").strip():
            raise InvalidInput("This may not be empty.", field=f"{place}.text")
        if "on_enter" in given:
            given["on_enter"] = valid_effects(given["on_enter"] or [], field=f"{place}.on_enter")
        body = self._document(Scene, key, before, given, place)
        body["visible_if_error"] = condition_problem(body.get("visible_if"), self.variables)
        self._tell(f"{place}.visible_if", body["visible_if_error"], f"{place}.on_enter", body)
        self.plan.scenes[key] = body
        for name, type_ in MEDIA_FIELDS.items():
            if given.get(name) and given[name] != before.get(name):
                self.plan.media[f"{place}.{name}"] = (given[name], type_)

    def _add_choices(self, scene: ObjectId, choices: Sequence[SavedChoice], index: int) -> None:
        if len(choices) > CHOICES_PER_SCENE_MAX:
            raise InvalidInput(
                f"A scene has at most {CHOICES_PER_SCENE_MAX} choices.",
                field=f"scenes.{index}.choices",
            )
        for number, choice in enumerate(choices):
            place = f"scenes.{index}.choices.{number}"
            key = self._identify(choice.get("id"), self.stored_choices, f"{place}.id")
            before = self.stored_choices.get(key, {})
            given: dict[str, Any] = {
                name: value for name, value in choice.items() if name not in ("id", "to_scene")
            }
            if given.get("order") is None:
                given["order"] = number
            if given.get("once") is None:
                given.pop("once", None)
            if "effects" in given:
                given["effects"] = valid_effects(given["effects"] or [], field=f"{place}.effects")
            given |= {"from_scene": scene, "to_scene": self._target(choice, place)}
            body = self._document(Choice, key, before, given, place)
            body["condition_error"] = condition_problem(body.get("condition"), self.variables)
            self._tell(f"{place}.condition", body["condition_error"], f"{place}.effects", body)
            self.plan.choices[key] = body

    def _tell(self, where: str, problem: Row | None, effects: str, body: Row) -> None:
        found = body.get(effects.rpartition(".")[2]) or []
        self.plan.problems += named(where, problem)
        self.plan.problems += effect_problems(found, self.variables, field=effects)

    def _target(self, choice: SavedChoice, place: str) -> ObjectId:
        text = choice["to_scene"]
        key = self.plan.keys.get(text) or find_id(text)
        if key is None or key not in self.plan.scenes:
            raise InvalidReference(
                "The choice leads to a scene that is not in the story.", field=f"{place}.to_scene"
            )
        return key

    def _keep_choices(self, scenes: set[ObjectId]) -> None:
        """Choices of scenes that came without a list stay, unless their target went."""
        for key, choice in self.stored_choices.items():
            stays = choice["from_scene"] in scenes and choice["to_scene"] in self.plan.scenes
            if stays and key not in self.plan.choices:
                problem = condition_problem(choice.get("condition"), self.variables)
                self.plan.choices[key] = choice | {"condition_error": problem}

    def _settle_start(self, ids: list[ObjectId]) -> None:
        flagged = [index for index, scene in enumerate(self.given) if scene.get("is_start_scene")]
        if len(flagged) > 1:
            raise InvalidInput(
                "A story has one start scene; this is the second.",
                field=f"scenes.{flagged[1]}.is_start_scene",
            )
        if not ids:
            return
        start = ids[flagged[0]] if flagged else self._present_start(ids)
        for key, scene in self.plan.scenes.items():
            scene["is_start_scene"] = key == start

    def _present_start(self, ids: list[ObjectId]) -> ObjectId:
        for key in ids:
            if self.stored_scenes.get(key, {}).get("is_start_scene"):
                return key
        return min(ids, key=lambda key: self.plan.scenes[key]["order"])

    def _document(
        self,
        document: type[Scene] | type[Choice],
        key: ObjectId,
        before: Row,
        given: Row,
        place: str,
    ) -> Row:
        """The stored record with the given fields over it, checked by the document's rules."""
        known = {name: before[name] for name in document._fields if before.get(name) is not None}
        values = {name: value for name, value in (known | given).items() if value is not None}
        values |= {"scenario": self.scenario}
        try:
            checked = valid_new(document, values)
        except InvalidInput as problem:
            field = f"{place}.{problem.field}" if problem.field else place
            raise InvalidInput(problem.message, field=field) from problem
        return {**before, **dict.fromkeys(given), **checked, "_id": key}
