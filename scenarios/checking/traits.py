"""What can tell two states of a play apart?

Variables that no condition depends on, and counts that nobody asks for, do not multiply the states: two
plays that differ in nothing else have the same choices from there on.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from scenarios.logic.compiling import Condition, Game
from scenarios.logic.effects import CompiledEffect
from scenarios.logic.playing import PlayState


@dataclass(frozen=True, slots=True)
class Traits:
    """The variables, the counted and the merely visited scenes, and the choices that matter."""

    variables: tuple[str, ...]
    counted: frozenset[str]
    visited: frozenset[str]
    choices: frozenset[str]

    def reduced(self, state: PlayState) -> PlayState:
        """The state without counts that nobody asks for; where one time is as good as ten: one."""
        visits = {}
        for scene in state.visits:
            if scene in self.counted:
                visits[scene] = state.visits[scene]
            elif scene in self.visited:
                visits[scene] = 1
        taken = {choice: 1 for choice in state.taken if choice in self.choices}
        return PlayState(state.scene, state.variables, visits, taken)

    def key(self, state: PlayState) -> Hashable:
        """Equal for reduced states that no choice can tell apart."""
        # Declared types keep 1 and true apart: they are never values of the same variable.
        values = tuple([state.variables[name] for name in self.variables])
        return state.scene, values, frozenset(state.visits.items()), frozenset(state.taken)


def traits_of(game: Game) -> Traits:
    """What the conditions of a story, and the effects that they depend on, can ask."""
    nodes = [node for expression in game.expressions() for node in expression.nodes()]
    telling = _telling(game)
    return Traits(
        tuple(name for name in game.declared if name in telling),
        frozenset(str(node.value) for node in nodes if node.op == "visits"),
        frozenset(str(node.value) for node in nodes if node.op == "visited") | _scenes_once(game),
        _choices_once(game),
    )


def _telling(game: Game) -> set[str]:
    """The variables that a condition depends on, directly or through effects."""
    telling: set[str] = set()
    for condition in game.conditions():
        telling.update(condition.expression.variables() if condition.expression else ())
    flows = {
        (effect.effect.variable, name)
        for effect in game.effects()
        if effect.expression is not None
        for name in effect.expression.variables()
    }
    before = -1
    while len(telling) != before:
        before = len(telling)
        telling.update(source for target, source in flows if target in telling)
    return telling


def _choices_once(game: Game) -> frozenset[str]:
    return frozenset(
        choice.choice.id
        for scene in game.scenes.values()
        for choice in scene.choices
        if choice.choice.once or _asks_once((choice.condition, *choice.effects))
    )


def _scenes_once(game: Game) -> frozenset[str]:
    return frozenset(
        scene.scene.id
        for scene in game.scenes.values()
        if _asks_once((scene.visible_if, *scene.on_enter))
    )


def _asks_once(parts: Iterable[Condition | CompiledEffect | None]) -> bool:
    return any(
        node.op == "once"
        for part in parts
        if part is not None and part.expression is not None
        for node in part.expression.nodes()
    )
