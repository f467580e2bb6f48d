"""`manage.py providers [check]`: who makes what, and whether the settings are right; status 1 when not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation.checks import check_providers
from generation.queries.catalog import all_makers
from generation.queries.provider_status import provider_rows


class Command(BaseCommand):
    """Prints one line for each configured provider of each task; nobody is called."""

    help = "Show the configured providers and check their settings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", nargs="?", default="check", choices=("check",))

    def handle(self, *_args: Any, **_options: Any) -> None:
        problems = check_providers()
        for problem in problems:
            self.stderr.write(f"{problem.msg} {problem.hint}")
        if problems:
            sys.exit(1)
        for row in provider_rows(all_makers()):
            models = ", ".join(row["models"]) or "-"
            state = row["status"] + (f": {row['message']}" if row["message"] else "")
            self.stdout.write(f"{row['task']:<8}{row['name']:<20}{models:<40}{state}")
