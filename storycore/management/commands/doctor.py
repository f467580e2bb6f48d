"""What is missing on this machine, and which command installs it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from storycore.management.diagnosis import diagnosis
from storycore.management.terminal import mark


class Command(BaseCommand):
    """Ends with status 1 when something that StoryCore needs is missing."""

    help = "Check versions, MongoDB, Redis, ports, disk, storage, and which keys are set (not their values)."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own form

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", metavar="DIR", help="data folder (default .storycore, or STORYCORE_DATA)"
        )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        lines = diagnosis(Path(settings.DATA_DIR))
        for line in lines:
            self.stdout.write(f"{mark(line.state, self.stdout)} {line.name:<18} {line.detail}")
        failed = [line.name for line in lines if line.state == "failed"]
        if failed:
            raise CommandError(f"StoryCore cannot run here yet: {', '.join(failed)}")
        self.stdout.write("StoryCore can run here.")
