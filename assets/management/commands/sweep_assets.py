"""`manage.py sweep_assets [--dry-run]`: finish interrupted deletions and remove forgotten files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from assets.services.sweeping import sweep_assets

_MOST_SHOWN = 100


class Command(BaseCommand):
    """Sweeps once and says what it did."""

    help = (
        "Finish marked deletions, remove files that no record knows, name records without a file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = sweep_assets(dry_run=options["dry_run"])
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(f"{len(report.finished)} deletions {verb} finished.")
        self.stdout.write(f"{len(report.forgotten)} forgotten files {verb} removed.")
        self.stdout.write(f"{report.unfinished} unfinished writes {verb} thrown away.")
        for name, keys in (
            ("Deletions", report.finished),
            ("Forgotten files", report.forgotten),
            ("Deletions that the store refused", report.postponed),
            ("Assets without a file of theirs", report.missing),
            ("Stores that did not answer", report.unreachable),
        ):
            if keys:
                self.stdout.write(f"{name}: {_shown(keys)}")


def _shown(keys: list[str]) -> str:
    more = len(keys) - _MOST_SHOWN
    return ", ".join(keys[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
