"""`manage.py migrate_storage --from local --to s3`: move every file to another store, while the server runs."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assets.services.storage_migration import Migration, migrate_storage
from storycore.errors import StoryCoreError

_SECONDS_BETWEEN_LINES = 2.0
_MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    """Moves, shows how far it is, and says what could not be moved."""

    help = "Move every stored file from one store to another; it may be stopped and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", required=True, help="the store to empty")
        parser.add_argument("--to", dest="target", required=True, help="the store to fill")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["target"] != settings.STORAGE_TYPE:
            self.stderr.write(
                f"New files still go to {settings.STORAGE_TYPE}: set STORAGE_TYPE first, or run this again."
            )
        self._shown = time.monotonic()
        try:
            state = migrate_storage(options["source"], options["target"], self._show)
        except StoryCoreError as problem:
            raise CommandError(problem.message) from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped; run the same command again to go on.") from None
        self.stdout.write(f"{_line(state)}: done.")
        for asset, reason in state.failed:
            self.stderr.write(f"{asset}: {reason}")
        if state.failed:
            raise CommandError(f"{len(state.failed)} assets stay where they were.")

    def _show(self, state: Migration) -> None:
        if time.monotonic() - self._shown >= _SECONDS_BETWEEN_LINES:
            self._shown = time.monotonic()
            self.stdout.write(_line(state))


def _line(state: Migration) -> str:
    size = state.size / _MEGABYTE
    return f"{state.done} of {state.total} assets, {state.files} files, {size:.1f} MB"
