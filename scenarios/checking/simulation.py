"""What happens to readers of a story: what do they never see, how do they end, how long do they read?

First every state is visited, breadth first, up to a bound; then plays are played that take each
available choice with equal chance and stop at the first ending. Same story and seed, same result.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.checking.media import word_count
from scenarios.checking.plays import Play, Player
from scenarios.checking.states import Exploration, Explorer, Problem
from scenarios.checking.stuck import is_stuck
from scenarios.logic.compiling import Game, compile_story
from scenarios.logic.story import Story
from scenarios.logic.variables import Value

RUNS = 1000
MAX_STATES = 20_000
WORDS_PER_MINUTE = 200
_MOST_STUCK = 50


@dataclass(frozen=True, slots=True)
class Ending:
    """An end scene, its share of all plays, and the choices of a shortest way; None if never reached."""

    scene_id: str
    chance: float
    shortest_path: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class StuckState:
    """A place where no choice can be taken, the values that hold there, and the choices to get there."""

    scene_id: str
    variables: Mapping[str, Value]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Minutes of reading to an ending, over all plays that came to one."""

    shortest: float
    median: float
    mean: float
    ninetieth: float
    longest: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the exploration and the plays showed.

    `complete`: every state there is was visited, so that `unreached_*` and `stuck` are proven; else
    they are what `states` states and `runs` plays showed. `stuck` holds at most 50 of `stuck_count`.
    `stuck_chance` and `unfinished_chance` are shares of plays, the latter of those that were cut off.
    """

    complete: bool
    states: int
    runs: int
    seed: int
    unreached_scenes: tuple[str, ...]
    unreached_choices: tuple[str, ...]
    endings: tuple[Ending, ...]
    stuck_chance: float
    unfinished_chance: float
    reading_minutes: Spread | None
    stuck: tuple[StuckState, ...]
    stuck_count: int
    problems: tuple[Problem, ...]


def simulate(
    story: Story, runs: int = RUNS, seed: int = 0, max_states: int = MAX_STATES
) -> Simulation:
    """Explore and play a story; raises NoStartScene when nobody can begin it."""
    game = compile_story(story)
    explorer = Explorer(game)
    exploration = explorer.explore(max_states)
    # Chances, not secrets.
    player = Player(explorer, exploration, random.Random(seed))  # noqa: S311
    plays = [player.play() for _ in range(runs)]
    stuck = _stuck(game, exploration, plays)
    outcomes = Counter(play.outcome for play in plays)
    scenes, choices = _reached(exploration, plays)
    return Simulation(
        complete=exploration.complete,
        states=len(exploration.states),
        runs=runs,
        seed=seed,
        unreached_scenes=tuple(scene for scene in game.scenes if scene not in scenes),
        unreached_choices=tuple(
            choice.choice.id
            for scene in game.scenes.values()
            for choice in scene.choices
            if choice.choice.id not in choices
        ),
        endings=_endings(game, exploration, plays),
        stuck_chance=_share(outcomes["stuck"], runs),
        unfinished_chance=_share(outcomes["unfinished"], runs),
        reading_minutes=_reading(game, plays),
        stuck=stuck[:_MOST_STUCK],
        stuck_count=len(stuck),
        problems=tuple(explorer.problems),
    )


def _reached(exploration: Exploration, plays: list[Play]) -> tuple[set[str], set[str]]:
    """Scenes that were entered and choices that were taken."""
    scenes = {state.scene for state in exploration.states}
    choices = {way.choice for ways in exploration.ways for way in ways}
    for play in plays:
        scenes.update(play.scenes)
        choices.update(play.choices)
    return scenes, choices


def _endings(game: Game, exploration: Exploration, plays: list[Play]) -> tuple[Ending, ...]:
    paths: dict[str, tuple[str, ...]] = {}
    for index, state in enumerate(exploration.states):
        if state.scene not in paths and game.scenes[state.scene].scene.is_end:
            paths[state.scene] = exploration.path(index)
    ended = [play for play in plays if play.outcome == "ended"]
    for play in sorted(ended, key=lambda play: len(play.choices)):
        paths.setdefault(play.scenes[-1], play.choices)
    times = Counter(play.scenes[-1] for play in ended)
    return tuple(
        Ending(scene, _share(times[scene], len(plays)), paths.get(scene))
        for scene, playable in game.scenes.items()
        if playable.scene.is_end
    )


def _stuck(game: Game, exploration: Exploration, plays: list[Play]) -> tuple[StuckState, ...]:
    """Those of the exploration, then those that only plays came to."""
    found = [
        StuckState(state.scene, state.variables, exploration.path(index))
        for index, state in enumerate(exploration.states)
        if is_stuck(game, exploration, index)
    ]
    beyond = {
        play.choices: StuckState(play.scenes[-1], play.stuck_beyond.variables, play.choices)
        for play in plays
        if play.stuck_beyond is not None
    }
    return (*found, *beyond.values())


def _reading(game: Game, plays: list[Play]) -> Spread | None:
    words = {scene: word_count(each.scene.text) for scene, each in game.scenes.items()}
    minutes = sorted(
        sum(words[scene] for scene in play.scenes) / WORDS_PER_MINUTE
        for play in plays
        if play.outcome == "ended"
    )
    if not minutes:
        return None
    last = len(minutes) - 1
    return Spread(
        shortest=minutes[0],
        median=minutes[last // 2],
        mean=round(sum(minutes) / len(minutes), 4),
        ninetieth=minutes[last * 9 // 10],
        longest=minutes[last],
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
