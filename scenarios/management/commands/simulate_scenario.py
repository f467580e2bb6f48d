"""`manage.py simulate_scenario ID`: what happens to readers; exit status 1 when they can get stuck."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scenarios.checking.simulation import MAX_STATES, RUNS, Simulation
from scenarios.management.operator import OPERATOR
from scenarios.services.simulating import simulate_scenario
from storycore.errors import StoryCoreError
from storycore.ids import parse_id


class Command(BaseCommand):
    """Prints the result in lines, or as JSON."""

    help = "Explore and play a story; ends with status 1 when readers can get stuck."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", help="The scenario's id.")
        parser.add_argument("--runs", type=int, default=RUNS, help="How many plays.")
        parser.add_argument("--seed", type=int, default=0, help="The same seed, the same result.")
        parser.add_argument("--max-states", type=int, default=MAX_STATES, help="States at most.")
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            found = simulate_scenario(
                OPERATOR,
                parse_id(options["scenario"]),
                runs=options["runs"],
                seed=options["seed"],
                max_states=options["max_states"],
            )
        except StoryCoreError as problem:
            raise CommandError(problem.message) from problem
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), indent=2))
        else:
            self.stdout.write("\n".join(_lines(found)))
        if found.stuck_count:
            sys.exit(1)


def _lines(found: Simulation) -> list[str]:
    whole = "all of them" if found.complete else "not all"
    lines = [f"{found.states} states ({whole}), {found.runs} plays with seed {found.seed}"]
    lines += [
        f"ending {one.scene_id}: {one.chance:.1%}, shortest way "
        f"{'never reached' if one.shortest_path is None else len(one.shortest_path)}"
        for one in found.endings
    ]
    if found.reading_minutes:
        spread = found.reading_minutes
        lines.append(
            f"reading: {spread.shortest:.1f} to {spread.longest:.1f} min, median {spread.median:.1f}"
        )
    lines += [f"never reached: scene {one}" for one in found.unreached_scenes]
    lines += [f"never taken: choice {one}" for one in found.unreached_choices]
    lines += [f"stuck in {one.scene_id} with {dict(one.variables)}" for one in found.stuck]
    return lines
