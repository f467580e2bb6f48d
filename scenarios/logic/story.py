"""What is a story, as far as logic is concerned?

Ids are plain strings; where they come from (database, an imported file) does not matter here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scenarios.logic.variables import Variable

EffectOp = Literal["set", "add", "toggle", "append", "remove"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of a variable; `value` is expression text and stays empty for toggle."""

    variable: str
    op: EffectOp
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way out of a scene; `once` closes it after it was taken."""

    id: str
    text: str
    to_scene: str
    condition: str | None = None
    effects: tuple[Effect, ...] = ()
    order: int = 0
    once: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in the story with its choices; media are references, or just whether there are any."""

    id: str
    title: str
    text: str
    is_start: bool = False
    is_end: bool = False
    order: int = 0
    visible_if: str | None = None
    on_enter: tuple[Effect, ...] = ()
    choices: tuple[Choice, ...] = ()
    image: str | bool | None = None
    sound: str | bool | None = None
    music: str | bool | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Scenes, their choices and the declared variables."""

    id: str
    title: str
    variables: tuple[Variable, ...] = ()
    scenes: tuple[Scene, ...] = ()
