"""What may a client send of a story, and what does a service receive of it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import graphene

from scenarios.services.choices import ChoiceChanges
from scenarios.services.graph_plan import SavedScene
from scenarios.services.scenarios import ScenarioChanges
from scenarios.services.scenes import SceneChanges
from storycore.graphql.scalars import JSON
from storycore.ids import parse_id, parse_optional_id

SCENE_RENAMES = {
    "scenario": "scenarioId",
    "image": "imageId",
    "sound": "soundId",
    "music": "musicId",
    "from_scene": "fromSceneId",
    "to_scene": "toSceneId",
}
"""The inputs' names for what documents call a reference."""

_MEDIA_IDS = {"image_id": "image", "sound_id": "sound", "music_id": "music"}


class PositionInput(graphene.InputObjectType):
    """A place on the editor's canvas, in pixels from its origin."""

    x = graphene.Float(required=True, description="To the right.")
    y = graphene.Float(required=True, description="Downwards.")


class VariableInput(graphene.InputObjectType):
    """A declared variable of a story."""

    name = graphene.String(required=True, description="The name that expressions use.")
    type = graphene.String(
        required=True, description="boolean, integer, number, string, enum or list."
    )
    default = JSON(description="Its value when a play begins.")
    min = graphene.Float(description="The least number that it can hold.")
    max = graphene.Float(description="The greatest number that it can hold.")
    values = graphene.List(
        graphene.NonNull(graphene.String), description="What a variable of type enum can hold."
    )
    description = graphene.String(description="What it stands for.")


class EffectInput(graphene.InputObjectType):
    """One change that a choice makes to a variable."""

    variable = graphene.String(required=True, description="The variable's name.")
    op = graphene.String(required=True, description="set, add, toggle, append or remove.")
    value = graphene.String(description="An expression; leave it out for toggle.")


class CreateScenarioInput(graphene.InputObjectType):
    """A new story."""

    title = graphene.String(required=True, description="Its title, 1 to 200 characters.")
    description = graphene.String(description="What it is about.")
    is_published = graphene.Boolean(description="Whether everybody may read and play it.")
    variables = graphene.List(graphene.NonNull(VariableInput), description="Its variables.")
    languages = graphene.List(
        graphene.NonNull(graphene.String), description="Language tags, the original first."
    )


class _SceneFields:
    order = graphene.Int(description="The place among the scenes; last when left out.")
    position = PositionInput(description="Where it stands on the editor's canvas.")
    is_start_scene = graphene.Boolean(
        description="Whether the story begins here; the flag moves from the scene that had it."
    )
    is_end_scene = graphene.Boolean(description="Whether the story ends here.")
    image_id = graphene.ID(description="Its picture, an asset of type image; null for none.")
    sound_id = graphene.ID(description="Its sound, an asset of type sound; null for none.")
    music_id = graphene.ID(description="Its music, an asset of type sound; null for none.")
    visible_if = graphene.String(
        description="When choices may lead here, an expression; null for always."
    )
    on_enter = graphene.List(graphene.NonNull(EffectInput), description="What entering it changes.")
    tags = graphene.List(graphene.NonNull(graphene.String), description="Marks of your own.")


class CreateSceneInput(_SceneFields, graphene.InputObjectType):
    """A new scene."""

    scenario_id = graphene.ID(required=True, description="The scenario that it joins.")
    title = graphene.String(required=True, description="Its title, 1 to 200 characters.")
    text = graphene.String(required=True, description="What the reader reads.")
    auto_generate_image = graphene.Boolean(description="Order a picture made from its words.")
    auto_generate_sound = graphene.Boolean(description="Order its text to be spoken.")
    auto_generate_music = graphene.Boolean(description="Order music made from its words.")


class UpdateSceneInput(_SceneFields, graphene.InputObjectType):
    """Changes to a scene; what is left out stays."""

    title = graphene.String(description="Its title, 1 to 200 characters.")
    text = graphene.String(description="What the reader reads.")


class CreateChoiceInput(graphene.InputObjectType):
    """A new choice."""

    from_scene_id = graphene.ID(required=True, description="The scene that it leaves.")
    to_scene_id = graphene.ID(required=True, description="The scene that it leads to.")
    text = graphene.String(required=True, description="What the reader picks.")
    condition = graphene.String(description="When it is available; an expression.")
    effects = graphene.List(graphene.NonNull(EffectInput), description="What taking it changes.")
    once = graphene.Boolean(description="Whether it can be taken only once in a play.")
    order = graphene.Int(description="The place among the scene's choices; last when left out.")


class UpdateChoiceInput(graphene.InputObjectType):
    """Changes to a choice; what is left out stays."""

    from_scene_id = graphene.ID(description="The scene that it leaves.")
    to_scene_id = graphene.ID(description="The scene that it leads to.")
    text = graphene.String(description="What the reader picks.")
    condition = graphene.String(description="When it is available; null for always.")
    effects = graphene.List(graphene.NonNull(EffectInput), description="What taking it changes.")
    once = graphene.Boolean(description="Whether it can be taken only once in a play.")
    order = graphene.Int(description="The place among the scene's choices.")


class SaveChoiceInput(graphene.InputObjectType):
    """A choice of the whole story."""

    id = graphene.ID(
        description='A stored id, a client key such as "tmp-1", or none for a new one.'
    )
    text = graphene.String(required=True, description="What the reader picks.")
    to_scene_id = graphene.ID(required=True, description="A stored id or a client key.")
    condition = graphene.String(description="When it is available; an expression.")
    effects = graphene.List(graphene.NonNull(EffectInput), description="What taking it changes.")
    once = graphene.Boolean(description="Whether it can be taken only once in a play.")
    order = graphene.Int(
        description="The place among the scene's choices; the list's own if left out."
    )


class SaveSceneInput(_SceneFields, graphene.InputObjectType):
    """A scene of the whole story."""

    id = graphene.ID(
        description='A stored id, a client key such as "tmp-1", or none for a new one.'
    )
    title = graphene.String(required=True, description="Its title, 1 to 200 characters.")
    text = graphene.String(required=True, description="What the reader reads.")
    choices = graphene.List(
        graphene.NonNull(SaveChoiceInput),
        description="All choices that leave it; when left out, the stored ones stay.",
    )


class SaveScenarioInput(graphene.InputObjectType):
    """A whole story in one call."""

    title = graphene.String(description="Its title, 1 to 200 characters.")
    description = graphene.String(description="What it is about.")
    is_published = graphene.Boolean(description="Whether everybody may read and play it.")
    variables = graphene.List(graphene.NonNull(VariableInput), description="Its variables.")
    scenes = graphene.List(
        graphene.NonNull(SaveSceneInput),
        description="The whole graph: a scene or choice that is missing in it is removed.",
    )


class UpdateScenarioInput(graphene.InputObjectType):
    """Changes to a story; what is left out stays."""

    title = graphene.String(description="Its title, 1 to 200 characters.")
    description = graphene.String(description="What it is about.")
    is_published = graphene.Boolean(description="Whether everybody may read and play it.")
    variables = graphene.List(graphene.NonNull(VariableInput), description="Its variables.")
    languages = graphene.List(
        graphene.NonNull(graphene.String), description="Language tags, the original first."
    )
    scenes = graphene.List(
        graphene.NonNull(SaveSceneInput),
        description="The whole graph, as in saveScenario; left out, scenes stay as they are.",
    )


def scenario_changes(given: Mapping[str, Any]) -> ScenarioChanges:
    """The scenario's own fields of an input."""
    names = ("title", "description", "is_published", "variables", "languages")
    return cast("ScenarioChanges", _plain({name: given[name] for name in names if name in given}))


def scene_changes(given: Mapping[str, Any]) -> SceneChanges:
    """A scene's fields of an input, its references parsed. Raises InvalidInput naming the field."""
    changes = {name: value for name, value in given.items() if name not in _MEDIA_IDS}
    changes.pop("scenario_id", None)
    for name, field in _MEDIA_IDS.items():
        if name in given:
            changes[field] = parse_optional_id(given[name], field=field)
    return cast("SceneChanges", _plain(changes))


def choice_changes(given: Mapping[str, Any]) -> ChoiceChanges:
    """A choice's fields of an input, its references parsed. Raises InvalidInput naming the field."""
    changes = dict(given)
    for name in ("from_scene", "to_scene"):
        if f"{name}_id" in changes:
            changes[name] = parse_id(changes.pop(f"{name}_id"), field=name)
    return cast("ChoiceChanges", _plain(changes))


def saved_scenes(given: list[Mapping[str, Any]] | None) -> list[SavedScene] | None:
    """The whole graph of an input; ids stay texts, because some are client keys."""
    if given is None:
        return None
    return [_saved_scene(scene, index) for index, scene in enumerate(given)]


def _saved_scene(given: Mapping[str, Any], index: int) -> SavedScene:
    scene: dict[str, Any] = _plain(
        {name: value for name, value in given.items() if name not in _MEDIA_IDS}
    )
    for name, field in _MEDIA_IDS.items():
        if name in given:
            scene[field] = parse_optional_id(given[name], field=f"scenes.{index}.{field}")
    if scene.get("choices") is not None:
        scene["choices"] = [
            {**choice, "to_scene": choice["to_scene_id"]} for choice in scene["choices"]
        ]
        for choice in scene["choices"]:
            del choice["to_scene_id"]
    return cast("SavedScene", scene)


def _plain(value: Any) -> Any:
    """Graphene's input containers as the plain dicts and lists that they hold."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
