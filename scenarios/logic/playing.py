"""What can a reader do in a state of play, and what follows from it?

Entering a scene counts the visit, then runs its effects. A choice is available when it was not used
up, its condition holds and the scene that it leads to exists and is visible, all judged before it
is taken. `once` in a choice: it was not taken yet; in a scene: it was not entered yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from scenarios.errors import ChoiceNotHere, ConditionFailed, ExpressionError, NoStartScene
from scenarios.logic.compiling import Condition, Game, PlayableChoice, PlayableScene
from scenarios.logic.effects import apply_effects
from scenarios.logic.evaluation import Scope
from scenarios.logic.graph import edges_of, reachable
from scenarios.logic.story import Choice
from scenarios.logic.variables import Value, checked_value
from storycore.errors import InvalidInput

Reason = Literal[
    "CONDITION_FALSE", "CONDITION_ERROR", "ALREADY_TAKEN", "SCENE_MISSING", "SCENE_HIDDEN"
]


@dataclass(frozen=True, slots=True)
class Step:
    """One taken choice, with the scene it left and the variables that held there."""

    scene: str
    choice: str
    variables: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PlayState:
    """Where a reader is: scene, variables, visits by scene, uses by choice, and the way here."""

    scene: str
    variables: Mapping[str, Value]
    visits: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    history: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The state after an act, and the effects that failed in it."""

    state: PlayState
    problems: tuple[ExpressionError, ...] = ()


class Refusal(NamedTuple):
    """Why a choice is not available; `error` when its condition could not be evaluated."""

    reason: Reason
    error: ExpressionError | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice of the present scene, whether it can be taken, and if not, why."""

    choice: Choice
    available: bool
    reason: Reason | None = None
    message: str | None = None


def start(game: Game) -> Move:
    """A new play in the start scene; raises NoStartScene."""
    if game.start is None:
        raise NoStartScene("The story has no start scene.")
    return enter_scene(game, PlayState(game.start, game.initial_values()), game.start)


def enter_scene(game: Game, state: PlayState, scene: str) -> Move:
    """The state in that scene after its effects. The story must have the scene."""
    earlier = state.visits.get(scene, 0)
    visits = {**state.visits, scene: earlier + 1}
    applied = apply_effects(game.scenes[scene].on_enter, Scope(state.variables, visits, earlier))
    entered = PlayState(scene, applied.variables, visits, state.taken, state.history)
    return Move(entered, applied.problems)


def refusal(game: Game, state: PlayState, choice: PlayableChoice) -> Refusal | None:
    """Why this choice of the present scene cannot be taken; None when it can."""
    taken = state.taken.get(choice.choice.id, 0)
    if choice.choice.once and taken:
        return Refusal("ALREADY_TAKEN")
    refused = _unless(choice.condition, state, taken, "CONDITION_FALSE")
    if refused:
        return refused
    target = game.scenes.get(choice.choice.to_scene)
    if target is None:
        return Refusal("SCENE_MISSING")
    visits = state.visits.get(target.scene.id, 0)
    return _unless(target.visible_if, state, visits, "SCENE_HIDDEN")


def offers(game: Game, state: PlayState) -> tuple[Offer, ...]:
    """Every choice of the present scene in order, the ones that cannot be taken with the reason."""
    return tuple(
        _offer(choice, refusal(game, state, choice)) for choice in _here(game, state).choices
    )


def take_choice(game: Game, state: PlayState, choice_id: str) -> Move:
    """The state after a choice: its effects, then the scene that it leads to.

    Raises ChoiceNotHere when it does not leave the present scene, ConditionFailed when it is not
    available.
    """
    for choice in _here(game, state).choices:
        if choice.choice.id == choice_id:
            refused = refusal(game, state, choice)
            if refused:
                raise ConditionFailed(
                    _why(choice, refused), field="choice_id", reason=refused.reason
                )
            return follow(game, state, choice)
    raise ChoiceNotHere(
        "This choice does not leave the present scene.", field="choice_id", choice=choice_id
    )


def follow(game: Game, state: PlayState, choice: PlayableChoice) -> Move:
    """The state after a choice that is known to be available."""
    chosen = choice.choice
    uses = state.taken.get(chosen.id, 0)
    applied = apply_effects(choice.effects, Scope(state.variables, state.visits, uses))
    between = PlayState(
        state.scene,
        applied.variables,
        state.visits,
        {**state.taken, chosen.id: uses + 1},
        (*state.history, Step(state.scene, chosen.id, state.variables)),
    )
    entered = enter_scene(game, between, chosen.to_scene)
    return Move(entered.state, applied.problems + entered.problems)


def go_back(state: PlayState, steps: int) -> PlayState:
    """The state that many choices ago, variables and counts included.

    Raises InvalidInput unless 1 <= steps <= choices taken.
    """
    most = len(state.history)
    if not 1 <= steps <= most:
        told = (
            f"One can go back by 1 to {most} steps."
            if most
            else "Nothing to go back to: this is the start."
        )
        raise InvalidInput(told, field="steps_back", most=most)
    kept, back_at = state.history[:-steps], state.history[-steps]
    return recalled(back_at.scene, back_at.variables, kept)


def recalled(scene: str, variables: Mapping[str, Value], history: Sequence[Step]) -> PlayState:
    """A state from what is stored of it: the counts follow from the way that was taken."""
    visits: dict[str, int] = {}
    taken: dict[str, int] = {}
    for step in history:
        visits[step.scene] = visits.get(step.scene, 0) + 1
        taken[step.choice] = taken.get(step.choice, 0) + 1
    visits[scene] = visits.get(scene, 0) + 1
    return PlayState(scene, variables, visits, taken, tuple(history))


def resumed(game: Game, state: PlayState) -> PlayState:
    """The state in a story that was edited since: at the nearest earlier scene that still exists.

    Variables that are no longer declared are dropped, new and unfitting ones get their default.
    When no scene of the way is left, the play begins anew; raises NoStartScene when it cannot.
    """
    history = list(state.history)
    scene, variables = state.scene, state.variables
    while scene not in game.scenes:
        if not history:
            return start(game).state
        step = history.pop()
        scene, variables = step.scene, step.variables
    known = [
        replace(step, variables=_current(game, step.variables))
        for step in history
        if step.scene in game.scenes
    ]
    return recalled(scene, _current(game, variables), known)


def is_over(game: Game, state: PlayState) -> bool:
    """Whether the reader is at an ending."""
    return _here(game, state).scene.is_end


def percentage(game: Game, state: PlayState) -> float:
    """Distinct visited scenes in hundred reachable ones, to two decimals.

    What can be reached from the present scene counts too: after an edit that may be more than what
    the start leads to.
    """
    within = reachable(edges_of(game.story), {state.scene, game.start or state.scene})
    return round(100 * len(state.visits.keys() & within) / len(within), 2)


def _here(game: Game, state: PlayState) -> PlayableScene:
    return game.scenes[state.scene]


def _unless(
    condition: Condition | None, state: PlayState, uses: int, reason: Reason
) -> Refusal | None:
    """None when the condition holds or there is none."""
    if condition is None:
        return None
    try:
        holds = condition.holds(Scope(state.variables, state.visits, uses))
    except ExpressionError as error:
        return Refusal("CONDITION_ERROR", error)
    return None if holds else Refusal(reason)


def _offer(choice: PlayableChoice, refused: Refusal | None) -> Offer:
    if refused is None:
        return Offer(choice.choice, available=True)
    return Offer(
        choice.choice, available=False, reason=refused.reason, message=_why(choice, refused)
    )


def _why(choice: PlayableChoice, refused: Refusal) -> str:
    if refused.reason == "CONDITION_FALSE":
        return f"This needs: {choice.choice.condition}"
    if refused.error is not None:
        return f"Its condition cannot be evaluated: {refused.error.message}"
    return _MESSAGES[refused.reason]


def _current(game: Game, variables: Mapping[str, Value]) -> dict[str, Value]:
    """The values as far as today's declarations can hold them."""
    values = game.initial_values()
    for name, variable in game.declared.items():
        try:
            values[name] = checked_value(variable, variables.get(name))
        except InvalidInput:
            continue
    return values


_MESSAGES: Mapping[Reason, str] = {
    "ALREADY_TAKEN": "This can be chosen only once.",
    "SCENE_MISSING": "The scene that it leads to does not exist.",
    "SCENE_HIDDEN": "The scene that it leads to is not open yet.",
}
