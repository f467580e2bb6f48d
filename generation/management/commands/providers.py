"""`manage.py providers [check] [--ask]`: who makes what, are the settings right, does it answer? 1 if not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation.checks import check_providers
from generation.queries.catalog import all_makers
from generation.queries.health import UNHEALTHY
from generation.queries.provider_status import provider_rows
from generation.running.probing import probed


class Command(BaseCommand):
    """Prints one line for each configured provider of each task; nobody is called without `--ask`."""

    help = "Show the configured providers, check their settings, and ask whether they answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", nargs="?", default="check", choices=("check",))
        parser.add_argument(
            "--ask",
            action="store_true",
            help="ask each provider something free: does it answer, does it accept the key?",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        problems = check_providers()
        for problem in problems:
            self.stderr.write(f"{problem.msg} {problem.hint}")
        if problems:
            sys.exit(1)
        for row in provider_rows(all_makers()):
            models = ", ".join(row["models"]) or "-"
            state = row["status"] + (f": {row['message']}" if row["message"] else "")
            self.stdout.write(f"{row['task']:<8}{row['name']:<20}{models:<40}{state}")
        if options["ask"]:
            self._ask()

    def _ask(self) -> None:
        answers = probed(all_makers())
        for name, answer in answers.items():
            took = "" if answer.latency_ms is None else f" ({answer.latency_ms:g} ms)"
            self.stdout.write(f"{name:<20}{answer.status}: {answer.message}{took}")
        if any(answer.status == UNHEALTHY for answer in answers.values()):
            sys.exit(1)
