"""`manage.py export_story ID FORMAT [PATH]`: a scenario becomes a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scenarios.formats import WRITABLE
from scenarios.management.operator import OPERATOR
from scenarios.services.exporting import export_story
from storycore.errors import StoryCoreError
from storycore.ids import parse_id


class Command(BaseCommand):
    """Writes one file and says where."""

    help = "Export a story for other tools, for another server, or for readers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", help="The scenario's id.")
        parser.add_argument("format", choices=WRITABLE)
        parser.add_argument(
            "path", nargs="?", type=Path, help="Where to; its own name here without."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            file = export_story(OPERATOR, parse_id(options["scenario"]), options["format"])
            path: Path = options["path"] or Path(file.filename)
            path.write_bytes(file.content)
        except StoryCoreError as problem:
            raise CommandError(problem.message) from problem
        except OSError as problem:
            raise CommandError(f"It cannot be written: {problem.strerror}.") from problem
        self.stdout.write(f"{path}: {len(file.content)} bytes")
