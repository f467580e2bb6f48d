"""`manage.py lint_scenario ID`: the check of a story for scripts; exit status 1 when it has errors."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scenarios.management.operator import OPERATOR
from scenarios.services.linting import lint_scenario
from storycore.errors import StoryCoreError
from storycore.ids import parse_id


class Command(BaseCommand):
    """Prints one line per finding, or JSON."""

    help = "Check a story; ends with status 1 when it has errors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", help="The scenario's id.")
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = lint_scenario(OPERATOR, parse_id(options["scenario"]))
        except StoryCoreError as problem:
            raise CommandError(problem.message) from problem
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), indent=2))
        else:
            for one in report.findings:
                place = " ".join(key for key in (one.scene_id, one.choice_id) if key)
                self.stdout.write(f"{one.severity:<8}{one.code:<26}{one.message}  {place}".rstrip())
            self.stdout.write(", ".join(f"{n} {name}" for name, n in report.counts.items()))
        if not report.ok:
            sys.exit(1)
