"""Which states can a play of a story be in, and which choices lead from one to another?"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scenarios.checking.traits import traits_of
from scenarios.errors import ExpressionError
from scenarios.logic.compiling import Game
from scenarios.logic.playing import Move, PlayState, follow, refusal, start


class Way(NamedTuple):
    """A choice that can be taken, and where it leads; `at` is None for a state that was not kept."""

    choice: str
    state: PlayState
    at: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A condition or an effect that failed in play."""

    scene_id: str
    choice_id: str | None
    message: str


@dataclass(slots=True)
class Exploration:
    """States in the order of the fewest choices; `complete` when there are no others."""

    states: list[PlayState] = field(default_factory=list)
    ways: list[tuple[Way, ...]] = field(default_factory=list)
    origins: list[tuple[int, str] | None] = field(default_factory=list)
    complete: bool = True

    def path(self, index: int) -> tuple[str, ...]:
        """The choices of a shortest way to a state."""
        choices = []
        while (origin := self.origins[index]) is not None:
            index, choice = origin
            choices.append(choice)
        return tuple(reversed(choices))


class Explorer:
    """Takes steps in a story and keeps what went wrong in them."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.traits = traits_of(game)
        # A dict for its order: the same story gives the same list.
        self.problems: dict[Problem, None] = {}

    def first(self) -> PlayState:
        """The state a play begins in; raises NoStartScene."""
        return self._arrived(start(self.game), None)

    def steps(self, state: PlayState) -> Iterator[tuple[str, PlayState]]:
        """The choices that can be taken, and the states they lead to."""
        for choice in self.game.scenes[state.scene].choices:
            refused = refusal(self.game, state, choice)
            if refused is None:
                chosen = choice.choice.id
                yield chosen, self._arrived(follow(self.game, state, choice), chosen)
            elif refused.error is not None:
                self._note(state.scene, choice.choice.id, refused.error)

    def explore(self, max_states: int) -> Exploration:
        """All states, breadth first; no more than that many are kept, at least one."""
        found = Exploration([self.first()], origins=[None])
        indices: dict[Hashable, int] = {self.traits.key(found.states[0]): 0}
        waiting = deque([0])
        while waiting:
            here = waiting.popleft()
            ways = []
            for choice, state in self.steps(found.states[here]):
                key = self.traits.key(state)
                index = indices.get(key)
                if index is None and len(found.states) < max_states:
                    index = indices[key] = len(found.states)
                    found.states.append(state)
                    found.origins.append((here, choice))
                    waiting.append(index)
                found.complete = found.complete and index is not None
                ways.append(Way(choice, state, index))
            found.ways.append(tuple(ways))
        return found

    def _arrived(self, move: Move, choice: str | None) -> PlayState:
        for error in move.problems:
            self._note(move.state.scene, choice, error)
        return self.traits.reduced(move.state)

    def _note(self, scene: str, choice: str | None, error: ExpressionError) -> None:
        self.problems[Problem(scene, choice, error.message)] = None
