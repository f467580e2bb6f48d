"""Small stories for tests of logic and checking, without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scenarios.logic.story import Choice, Effect, Scene, Story
from scenarios.logic.variables import Variable

GOLD = Variable("gold", "integer", 0, 0, 100)
KEY = Variable("key", "boolean")
BAG = Variable("bag", "list")


def to(scene: str, condition: str | None = None, *effects: Effect, **fields: Any) -> Choice:
    """A choice that leads there; `a_scene` gives it an id."""
    text = fields.pop("text", f"Go to {scene}, {condition}")
    return Choice(fields.pop("id", ""), text, scene, condition, effects, **fields)


def a_scene(id: str, *choices: Choice, **fields: Any) -> Scene:  # noqa: A002
    """A complete scene; its choices are called `id-0`, `id-1` ... in order."""
    named = tuple(
        choice if choice.id else replace(choice, id=f"{id}-{index}")
        for index, choice in enumerate(choices)
    )
    media = {"image": "i", "sound": "s", "text": f"Words of {id}.", "title": id.title()}
    return Scene(id, choices=named, **{**media, **fields})


def an_end(id: str = "end", *choices: Choice, **fields: Any) -> Scene:  # noqa: A002
    """An end scene."""
    return a_scene(id, *choices, is_end=True, **fields)


def a_story(*scenes: Scene, variables: tuple[Variable, ...] = ()) -> Story:
    """The scenes in this order, the first one marked as the start."""
    first, *others = scenes
    ordered = [replace(first, is_start=True), *others]
    return Story(
        "story",
        "A story",
        variables,
        tuple(replace(scene, order=index) for index, scene in enumerate(ordered)),
    )


def put(variable: str, value: str) -> Effect:
    """A `set` effect."""
    return Effect(variable, "set", value)
