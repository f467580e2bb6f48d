"""Are the conditions and effects sound, and does every condition and variable make a difference?"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checking.findings import Finding, called, found
from scenarios.checking.proving import Prover, Sound
from scenarios.errors import ExpressionError
from scenarios.logic.compiling import Condition, Game, PlayableChoice, PlayableScene
from scenarios.logic.effects import CompiledEffect
from scenarios.logic.nodes import Expression

# A choice is compared with so many that read like it: a scene of a thousand must not take for ever.
_MOST_ALIKE = 16


def condition_findings(game: Game) -> Iterator[Finding]:
    """CONDITION_*, UNDECLARED_VARIABLE, VARIABLE_NEVER_*, DUPLICATE_CHOICE_TEXT.

    CONDITION_NEVER_TRUE and CONDITION_ALWAYS_TRUE are said only when that is proven for all values that
    the variables are declared to hold, however they come to hold them.
    """
    prover = Prover(game.declared)
    for scene in game.scenes.values():
        yield from _scene(game, prover, scene)
        for choice in scene.choices:
            yield from _choice(game, prover, scene, choice)
        yield from _duplicates(prover, scene)
    yield from _variables(game)


def _scene(game: Game, prover: Prover, playable: PlayableScene) -> Iterator[Finding]:
    scene = playable.scene
    if playable.visible_if is not None:
        what = f"The condition of {called(scene)}"
        yield from _condition(game, playable.visible_if, what, scene.id)
        yield from _pointless(prover, playable.visible_if, what, scene.id, None)
    for effect in playable.on_enter:
        yield from _effect(game, effect, f"An effect of {called(scene)}", scene.id)


def _choice(
    game: Game, prover: Prover, scene: PlayableScene, playable: PlayableChoice
) -> Iterator[Finding]:
    choice, place = playable.choice, scene.scene.id
    if playable.condition is not None:
        what = f"The condition of “{choice.text}”"
        yield from _condition(game, playable.condition, what, place, choice.id)
        yield from _pointless(prover, playable.condition, what, place, choice.id)
    for effect in playable.effects:
        yield from _effect(game, effect, f"An effect of “{choice.text}”", place, choice.id)


def _condition(
    game: Game, condition: Condition, what: str, scene: str, choice: str | None = None
) -> Iterator[Finding]:
    if condition.error is not None:
        unknown = _undeclared(game, condition.expression)
        yield from _faults(condition.error, unknown, what, scene, choice)


def _effect(
    game: Game, effect: CompiledEffect, what: str, scene: str, choice: str | None = None
) -> Iterator[Finding]:
    if effect.error is not None:
        unknown = _undeclared(game, effect.expression)
        if effect.effect.variable not in game.declared:
            unknown.insert(0, effect.effect.variable)
        yield from _faults(effect.error, unknown, what, scene, choice)


def _undeclared(game: Game, expression: Expression | None) -> list[str]:
    names = expression.variables() if expression else []
    return [name for name in names if name not in game.declared]


def _faults(
    error: ExpressionError, unknown: list[str], what: str, scene: str, choice: str | None
) -> Iterator[Finding]:
    """Every undeclared variable by name; only without one the error itself."""
    for name in dict.fromkeys(unknown):
        yield found(
            "UNDECLARED_VARIABLE",
            f"{what} mentions {name}, which is not declared.",
            scene,
            choice,
        )
    if not unknown:
        place = f"line {error.line}, column {error.column}"
        yield found("CONDITION_ERROR", f"{what}, {place}: {error.message}", scene, choice)


def _pointless(
    prover: Prover, condition: Condition, what: str, scene: str, choice: str | None
) -> Iterator[Finding]:
    sound = _sound(condition)
    if sound is None:
        return
    # While a choice is on offer its scene has been visited; nothing is known where a scene is asked.
    truth = prover.truth(sound, scene if choice else None)
    if not truth.can_be_true:
        yield found("CONDITION_NEVER_TRUE", f"{what} can never be true.", scene, choice)
    elif not truth.can_be_false:
        yield found("CONDITION_ALWAYS_TRUE", f"{what} is always true.", scene, choice)


def _duplicates(prover: Prover, playable: PlayableScene) -> Iterator[Finding]:
    """Choices that read alike, unless their conditions never let both be there."""
    seen: dict[str, list[PlayableChoice]] = {}
    for choice in playable.choices:
        text = " ".join(choice.choice.text.split()).casefold()
        alike = seen.setdefault(text, [])
        if text and any(_can_meet(prover, other, choice, playable.scene.id) for other in alike):
            yield found(
                "DUPLICATE_CHOICE_TEXT",
                f"{called(playable.scene)} offers “{choice.choice.text}” more than once.",
                playable.scene.id,
                choice.choice.id,
            )
        if len(alike) < _MOST_ALIKE:
            alike.append(choice)


def _can_meet(prover: Prover, one: PlayableChoice, two: PlayableChoice, present: str) -> bool:
    first, second = _sound(one.condition), _sound(two.condition)
    return first is None or second is None or prover.can_both_hold(first, second, present)


def _sound(condition: Condition | None) -> Sound | None:
    if condition is None or condition.error is not None or condition.expression is None:
        return None
    return Sound(condition.expression, condition.holds)


def _variables(game: Game) -> Iterator[Finding]:
    read = {name for each in game.expressions() for name in each.variables()}
    written = {effect.effect.variable for effect in game.effects()}
    for variable in game.story.variables:
        if variable.name not in read:
            yield found("VARIABLE_NEVER_READ", f"No condition or effect reads {variable.name}.")
        if variable.name not in written:
            yield found("VARIABLE_NEVER_SET", f"No effect changes {variable.name}.")
