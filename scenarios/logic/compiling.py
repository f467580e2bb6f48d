"""How does a story look with every condition and effect parsed, checked and ready to run?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from scenarios.errors import ExpressionError
from scenarios.logic.effects import CompiledEffect, compile_effect
from scenarios.logic.evaluation import Scope
from scenarios.logic.evaluation import compile_condition as compiled_condition
from scenarios.logic.kinds import bind_scenes, check_condition, scene_names
from scenarios.logic.nodes import Expression
from scenarios.logic.parsing import parse
from scenarios.logic.story import Choice, Effect, Scene, Story
from scenarios.logic.variables import Value, Variable, initial_values


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition's text and what became of it: `holds` always raises `error` when there is one."""

    text: str
    holds: Callable[[Scope], bool]
    expression: Expression | None = None
    error: ExpressionError | None = None


@dataclass(frozen=True, slots=True)
class PlayableChoice:
    """A choice with its logic compiled."""

    choice: Choice
    condition: Condition | None
    effects: tuple[CompiledEffect, ...]


@dataclass(frozen=True, slots=True)
class PlayableScene:
    """A scene with its logic compiled and its choices in order."""

    scene: Scene
    visible_if: Condition | None
    on_enter: tuple[CompiledEffect, ...]
    choices: tuple[PlayableChoice, ...]


@dataclass(frozen=True, slots=True)
class Game:
    """A story ready to be played, checked and simulated; scenes in story order."""

    story: Story
    declared: Mapping[str, Variable]
    scenes: Mapping[str, PlayableScene]
    start: str | None

    def initial_values(self) -> dict[str, Value]:
        """What every variable holds before the first scene is entered."""
        return initial_values(self.story.variables)

    def conditions(self) -> Iterator[Condition]:
        """Every condition, of scenes and of choices."""
        for scene in self.scenes.values():
            for condition in (scene.visible_if, *(choice.condition for choice in scene.choices)):
                if condition is not None:
                    yield condition

    def effects(self) -> Iterator[CompiledEffect]:
        """Every effect, of entering scenes and of choices."""
        for scene in self.scenes.values():
            yield from scene.on_enter
            for choice in scene.choices:
                yield from choice.effects

    def expressions(self) -> Iterator[Expression]:
        """Everything that conditions and effects ask, as far as it could be parsed."""
        parts: chain[Condition | CompiledEffect] = chain(self.conditions(), self.effects())
        for part in parts:
            if part.expression is not None:
                yield part.expression


def compile_story(story: Story) -> Game:
    """The story ready to play. Faulty conditions and effects stay in it with their error."""
    compiler = _Compiler(story)
    ordered = sorted(story.scenes, key=lambda scene: scene.order)
    scenes = {scene.id: compiler.scene(scene) for scene in ordered}
    start = next((scene.id for scene in ordered if scene.is_start), None)
    return Game(story, compiler.declared, scenes, start)


def compile_condition(
    text: str, declared: Mapping[str, Variable], names: Mapping[str, str]
) -> Condition:
    """One condition, parsed, checked and bound to scene ids; a fault is kept in it, not raised."""
    expression = None
    try:
        expression = parse(text)
        check_condition(expression, declared)
        expression = bind_scenes(expression, names)
    except ExpressionError as error:
        return Condition(text, _failing(error), expression, error)
    return Condition(text, compiled_condition(expression), expression)


def _failing(error: ExpressionError) -> Callable[[Scope], bool]:
    def holds(_scope: Scope) -> bool:
        # Without its old traceback, which would grow with every play.
        raise error.with_traceback(None)

    return holds


class _Compiler:
    """Compiles each distinct text once: long stories ask the same again and again."""

    def __init__(self, story: Story) -> None:
        self.declared = {variable.name: variable for variable in story.variables}
        self.names = scene_names(story.scenes)
        self.conditions: dict[str, Condition] = {}
        self.compiled: dict[Effect, CompiledEffect] = {}

    def scene(self, scene: Scene) -> PlayableScene:
        choices = sorted(scene.choices, key=lambda choice: choice.order)
        return PlayableScene(
            scene,
            self.condition(scene.visible_if),
            self.effects(scene.on_enter),
            tuple(
                PlayableChoice(
                    choice, self.condition(choice.condition), self.effects(choice.effects)
                )
                for choice in choices
            ),
        )

    def condition(self, text: str | None) -> Condition | None:
        """None for a text that is absent or blank: then nothing is asked."""
        if text is None or not text.strip():
            return None
        if text not in self.conditions:
            self.conditions[text] = compile_condition(text, self.declared, self.names)
        return self.conditions[text]

    def effects(self, effects: Iterable[Effect]) -> tuple[CompiledEffect, ...]:
        return tuple(self.effect(effect) for effect in effects)

    def effect(self, effect: Effect) -> CompiledEffect:
        if effect not in self.compiled:
            self.compiled[effect] = compile_effect(effect, self.declared, self.names)
        return self.compiled[effect]
