"""How does one reader go through a story who takes any available choice with equal chance?"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from scenarios.checking.states import Exploration, Explorer, Way
from scenarios.logic.playing import PlayState

# A play of a thousand scenes is no reader's: it goes in circles.
MAX_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Play:
    """The scenes entered and the choices taken; `stuck_beyond` is a stuck state no exploration kept."""

    scenes: tuple[str, ...]
    choices: tuple[str, ...]
    outcome: Literal["ended", "stuck", "unfinished"]
    stuck_beyond: PlayState | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """Plays along what was explored, and by the rules of play where that ends."""

    explorer: Explorer
    exploration: Exploration
    chance: random.Random

    def play(self) -> Play:
        """One play from the start to the first ending, or until it is stuck or too long."""
        scenes = self.explorer.game.scenes
        here = Way("", self.exploration.states[0], 0)
        entered = [here.state.scene]
        chosen: list[str] = []
        while not scenes[here.state.scene].scene.is_end:
            ways = self._ways(here)
            if not ways:
                beyond = here.state if here.at is None else None
                return Play(tuple(entered), tuple(chosen), "stuck", beyond)
            if len(chosen) == MAX_STEPS:
                return Play(tuple(entered), tuple(chosen), "unfinished")
            here = ways[int(self.chance.random() * len(ways))]
            entered.append(here.state.scene)
            chosen.append(here.choice)
        return Play(tuple(entered), tuple(chosen), "ended")

    def _ways(self, here: Way) -> tuple[Way, ...]:
        if here.at is not None:
            return self.exploration.ways[here.at]
        return tuple(Way(choice, state, None) for choice, state in self.explorer.steps(here.state))
