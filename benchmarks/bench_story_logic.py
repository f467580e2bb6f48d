"""How fast are conditions, the linter and the simulation? Fails when a promised figure is missed.

Run: python -m benchmarks.bench_story_logic
"""

from __future__ import annotations

import random
import sys
import time
import timeit
from collections.abc import Callable

from scenarios.checking.linting import lint
from scenarios.checking.simulation import simulate
from scenarios.logic.evaluation import Scope, compile_condition
from scenarios.logic.parsing import parse
from scenarios.logic.story import Choice, Effect, Scene, Story
from scenarios.logic.variables import Variable

CONDITION_MICROSECONDS = 5.0
LINT_MILLISECONDS = 300.0
SIMULATION_MILLISECONDS = 1000.0


def condition_microseconds() -> float:
    """One evaluation of a typical condition, compiled."""
    holds = compile_condition(parse('gold >= 10 and not met_guard and "key" in inventory'))
    scope = Scope({"gold": 12, "met_guard": False, "inventory": ("lamp", "key")})
    rounds = 50_000
    return min(timeit.repeat(lambda: holds(scope), number=rounds, repeat=5)) / rounds * 1e6


def big_story(scenes: int) -> Story:
    """Three choices a scene, nearly every condition different from all others."""
    rng = random.Random(1)
    flags = [Variable(f"flag_{n}", "boolean") for n in range(20)]
    gold = Variable("gold", "integer", 0, 0, 1_000_000)
    return Story(
        "big",
        "Big",
        (*flags, gold),
        tuple(_scene(rng, number, scenes, len(flags)) for number in range(scenes)),
    )


def _scene(rng: random.Random, number: int, scenes: int, flags: int) -> Scene:
    def choice(index: int, condition: str | None) -> Choice:
        target = number + 1 if index == 0 else rng.randrange(scenes)
        return Choice(
            f"c{number}-{index}",
            f"Go on, way {index}",
            f"s{min(target, scenes - 1)}",
            condition,
            (Effect(f"flag_{rng.randrange(flags)}", "set", "true"), Effect("gold", "add", "5")),
        )

    conditions = (
        None,
        f"gold >= {number} and not flag_{rng.randrange(flags)}",
        f'visited("s{rng.randrange(scenes)}") or flag_{rng.randrange(flags)}',
    )
    return Scene(
        f"s{number}",
        f"Scene {number}",
        "word " * 80,
        is_start=number == 0,
        is_end=number == scenes - 1,
        order=number,
        choices=tuple(choice(index, text) for index, text in enumerate(conditions)),
    )


def small_story() -> Story:
    """60 scenes and 180 choices with three booleans."""
    rng = random.Random(2)
    names = ("key", "lamp", "friend")
    scenes = []
    for number in range(60):
        choices = []
        for index in range(3):
            target = min(number + 1, 59) if index == 0 else rng.randrange(60)
            name = rng.choice(names)
            choices.append(
                Choice(
                    f"c{number}-{index}",
                    f"Way {index}",
                    f"s{target}",
                    None if index == 0 else rng.choice((name, f"not {name}")),
                    (Effect(rng.choice(names), "toggle"),) if index == 2 else (),
                )
            )
        end = number % 20 == 19
        scenes.append(
            Scene(f"s{number}", f"S{number}", "word " * 60, number == 0, end, number,
                  choices=tuple(choices))
        )  # fmt: skip
    return Story("small", "Small", tuple(Variable(n, "boolean") for n in names), tuple(scenes))


def milliseconds(act: Callable[[], object]) -> float:
    """The best of five runs: what the code takes, not what else the machine does."""
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - begun)
    return best * 1000


def main() -> int:
    """Print the figures; 1 when one is over its bound."""
    big, small = big_story(1000), small_story()
    figures = (
        ("typical condition, us", condition_microseconds(), CONDITION_MICROSECONDS),
        ("lint 1,000 scenes, ms", milliseconds(lambda: lint(big)), LINT_MILLISECONDS),
        ("simulate 60 scenes, ms", milliseconds(lambda: simulate(small)), SIMULATION_MILLISECONDS),
    )
    for name, figure, bound in figures:
        print(f"{name:26} {figure:9.2f}  (at most {bound:g})")
    return int(any(figure > bound for _, figure, bound in figures))


if __name__ == "__main__":
    sys.exit(main())
