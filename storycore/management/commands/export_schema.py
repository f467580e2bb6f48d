"""Is schema.graphql what the code answers? Writes the file, or with --check says how it differs."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from graphql import print_schema


def printed_schema() -> str:
    """The schema of the code in GraphQL's definition language, types in the order in which they are reached."""
    return print_schema(import_string(settings.GRAPHENE["SCHEMA"]).graphql_schema) + "\n"


def committed_schema_path() -> Path:
    """Where the committed copy lies."""
    path: Path = settings.BASE_DIR / settings.GRAPHENE["SCHEMA_OUTPUT"]
    return path


class Command(BaseCommand):
    """`manage.py export_schema [--check] [--out FILE]`."""

    help = "Write the GraphQL schema to schema.graphql; --check compares only and exits 1 on a difference."
    # Reads no table and answers no request, so it also runs where no server is reachable.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, exit 1 on a difference"
        )
        parser.add_argument("--out", type=Path, help="another file than schema.graphql")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["out"] or committed_schema_path()
        schema = printed_schema()
        if options["check"]:
            self._compare(path, schema)
            return
        path.write_text(schema, encoding="utf-8")
        self.stdout.write(f"Wrote {path.name}.")

    def _compare(self, path: Path, schema: str) -> None:
        committed = path.read_text(encoding="utf-8") if path.is_file() else ""
        if committed == schema:
            self.stdout.write(f"{path.name} is what the code answers.")
            return
        lines = difflib.unified_diff(
            committed.splitlines(), schema.splitlines(), path.name, "the code", lineterm="", n=2
        )
        self.stderr.write("\n".join(lines))
        raise CommandError(
            f"{path.name} differs from the code: run `manage.py export_schema` and commit it."
        )
