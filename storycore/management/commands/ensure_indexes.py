"""Makes the declared indexes that are missing, and names surplus ones."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from storycore.mongo.indexes import ensure_indexes


class Command(BaseCommand):
    """Safe to run at any time: what exists stays, nothing is dropped."""

    help = "Make missing MongoDB indexes; name the surplus ones, which are never dropped."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own form

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        reports = ensure_indexes()
        for report in reports:
            for name in report.created:
                self.stdout.write(f"{report.collection}: made {name}")
            for name in report.surplus:
                self.stdout.write(
                    self.style.WARNING(f"{report.collection}: surplus {name} (nobody declares it)")
                )
        made = sum(len(report.created) for report in reports)
        self.stdout.write(f"{len(reports)} collections, {made} indexes made")
