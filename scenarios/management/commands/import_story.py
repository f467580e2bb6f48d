"""`manage.py import_story PATH --owner EMAIL`: a story file becomes a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scenarios.formats import READABLE
from scenarios.formats.ink_files import with_included
from scenarios.formats.zip_reading import MAX_BUNDLE_BYTES
from scenarios.management.operator import owner_by_email
from scenarios.services.importing import ImportOrder, import_story
from storycore.errors import StoryCoreError
from storycore.ids import parse_id


class Command(BaseCommand):
    """Imports one file and reports what stays as written."""

    help = "Import a Twee, Twine, ink or Yarn file or a bundle, whole or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="The file.")
        parser.add_argument("--owner", required=True, help="The e-mail address of its owner.")
        parser.add_argument("--format", default="auto", choices=("auto", *READABLE))
        parser.add_argument("--scenario", help="A scenario of the owner's that it replaces.")
        parser.add_argument("--dry-run", action="store_true", help="Only report.")
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            if path.stat().st_size > MAX_BUNDLE_BYTES:
                raise CommandError(f"{path.name} is larger than {MAX_BUNDLE_BYTES} bytes.")
            order = ImportOrder(
                format=options["format"],
                file_name=path.name,
                scenario=parse_id(options["scenario"]) if options["scenario"] else None,
                dry_run=options["dry_run"],
            )
            owner = owner_by_email(options["owner"])
            done = import_story(owner, _content(path, order.format), order)
        except OSError as problem:
            raise CommandError(f"{path.name} cannot be read: {problem.strerror}.") from problem
        except StoryCoreError as problem:
            raise CommandError(problem.message) from problem
        key = None if done.scenario is None else str(done.scenario)
        if options["json"]:
            self.stdout.write(json.dumps({"scenario": key, "report": done.report}, indent=2))
            return
        found = done.report
        self.stdout.write(
            f"{found['format']}: {found['passages']} scenes, {found['links']} choices, "
            f"{found['variables']} variables"
        )
        for piece in found["kept"]:
            self.stdout.write(
                f"kept as written in {piece['passage'] or 'the file'}: {piece['text'][:80]}"
            )
        self.stdout.write("Nothing was written." if key is None else f"Scenario {key}")


def _content(path: Path, format_name: str) -> bytes:
    """The file; an ink file with those of its folder and below that it includes."""
    content = path.read_bytes()
    if format_name not in {"auto", "ink"} or path.suffix.lower() != ".ink":
        return content
    folder = path.parent.resolve()

    def beside(name: str) -> bytes | None:
        file = (folder / name).resolve()
        return file.read_bytes() if file.is_relative_to(folder) and file.is_file() else None

    return with_included(path.name, content, beside)
