"""Can a reader come to a scene whose choices are all closed?

Said only of what was reached: the finding names a way there. A story with more states than are looked at
may hold more such places, which the simulation, given more states, finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenarios.checking.findings import Finding, called, found
from scenarios.checking.states import Exploration, Explorer
from scenarios.logic.compiling import Game, PlayableChoice, PlayableScene
from scenarios.logic.variables import Value

_MOST_TOLD = 8


def stuck_findings(game: Game, max_states: int) -> Iterator[Finding]:
    """STUCK_POSSIBLE, once a scene, with the shortest way there.

    Scenes without choices are dead ends, and where a choice is broken that is the finding to act on:
    both are left to structure.py and conditions.py.
    """
    closable = {scene for scene, playable in game.scenes.items() if _can_close(game, playable)}
    if game.start is None or not closable:
        return
    exploration = Explorer(game).explore(max_states)
    for index, state in enumerate(exploration.states):
        if state.scene in closable and is_stuck(game, exploration, index):
            closable.remove(state.scene)
            yield found(
                "STUCK_POSSIBLE",
                f"In {called(game.scenes[state.scene].scene)} all choices can be closed at once"
                f"{_with(state.variables)}, after {_steps(len(exploration.path(index)))}.",
                state.scene,
            )


def is_stuck(game: Game, exploration: Exploration, index: int) -> bool:
    """Whether a state is no ending and yet has no choice that can be taken."""
    return (
        not exploration.ways[index]
        and not game.scenes[exploration.states[index].scene].scene.is_end
    )


def _can_close(game: Game, playable: PlayableScene) -> bool:
    """Whether it has choices, none of them broken, and each can be refused for one reason or other."""
    return bool(playable.choices) and all(
        _is_sound(game, choice) and _is_conditional(game, choice) for choice in playable.choices
    )


def _is_sound(game: Game, choice: PlayableChoice) -> bool:
    return choice.choice.to_scene in game.scenes and (
        choice.condition is None or choice.condition.error is None
    )


def _is_conditional(game: Game, choice: PlayableChoice) -> bool:
    hidden = game.scenes[choice.choice.to_scene].visible_if is not None
    return choice.condition is not None or choice.choice.once or hidden


def _with(variables: Mapping[str, Value]) -> str:
    """The values that hold there, the first few: a message is read by people."""
    told = [f"{name} = {value!r:.40}" for name, value in variables.items()][:_MOST_TOLD]
    return f", with {', '.join(told)}" if told else ""


def _steps(number: int) -> str:
    return "1 choice" if number == 1 else f"{number} choices"
