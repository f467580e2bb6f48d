"""What is a stored story, as far as logic is concerned? Three commands however large it is."""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId

from scenarios.logic.story import Choice, Effect, Scene, Story
from scenarios.logic.variables import variable_from_json
from scenarios.queries.choices import choices_by_scene
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.scenes import scenes_by_scenario
from storycore.access import Actor
from storycore.errors import NotFound
from storycore.mongo.reading import Row

# Everything but the markup of imported files, which may be large and which only exports need.
_SCENE_FIELDS = (
    "title", "text", "image", "sound", "music", "is_start_scene", "is_end_scene", "order", "visible_if",
    "on_enter",
)  # fmt: skip


def read_story(actor: Actor, scenario: ObjectId) -> Story:
    """The whole story, when the actor may read it; ids are texts.

    Raises NotFound.
    """
    row = scenarios_by_id.find(actor, scenario, ("title", "variables"))
    if row is None:
        raise NotFound("There is no such scenario.", field="id")
    scenes = scenes_by_scenario(actor, [scenario], _SCENE_FIELDS)[scenario]
    choices = choices_by_scene(actor, [scene["_id"] for scene in scenes], None)
    return Story(
        id=str(scenario),
        title=row["title"],
        variables=tuple(variable_from_json(raw) for raw in row.get("variables") or ()),
        scenes=tuple(_scene(scene, choices[scene["_id"]]) for scene in scenes),
    )


def _scene(row: Row, choices: Iterable[Row]) -> Scene:
    return Scene(
        id=str(row["_id"]),
        title=row["title"],
        text=row.get("text") or "",
        is_start=bool(row.get("is_start_scene")),
        is_end=bool(row.get("is_end_scene")),
        order=row.get("order", 0),
        visible_if=row.get("visible_if"),
        on_enter=_effects(row.get("on_enter")),
        choices=tuple(_choice(choice) for choice in choices),
        image=bool(row.get("image")),
        sound=bool(row.get("sound")),
        music=bool(row.get("music")),
    )


def _choice(row: Row) -> Choice:
    return Choice(
        id=str(row["_id"]),
        text=row["text"],
        to_scene=str(row["to_scene"]),
        condition=row.get("condition"),
        effects=_effects(row.get("effects")),
        order=row.get("order", 0),
        once=bool(row.get("once")),
    )


def _effects(rows: Iterable[Row] | None) -> tuple[Effect, ...]:
    return tuple(Effect(one["variable"], one["op"], one.get("value") or "") for one in rows or ())
