"""What runs, where does it answer, and is it well?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from storycore.management.state import state_of
from storycore.management.terminal import table


class Command(BaseCommand):
    """Ends with status 0 when everything runs and is ready, else with 1: scripts may wait for it."""

    help = "Show what runs of this data folder and where it answers."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own form

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.add_argument(
            "--data", metavar="DIR", help="data folder (default .storycore, or STORYCORE_DATA)"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        state = state_of(Path(settings.DATA_DIR))
        if options["json"]:
            self.stdout.write(json.dumps(state, indent=2))
        else:
            self.stdout.write(table(_rows(dict(state))))
        if not state["ready"]:
            raise SystemExit(1)


def _rows(state: dict[str, Any]) -> list[tuple[str, str]]:
    if not state["running"]:
        return [("Data", state["data"]), ("StoryCore", "is not running here; `make run` starts it")]
    ready = (
        "ready"
        if state["ready"]
        else f"not ready, missing: {', '.join(state['missing']) or 'an answer'}"
    )
    rows = [
        ("Data", state["data"]),
        ("Web", f"{state['url']}  {ready}"),
        ("Since", state["started_at"]),
    ]
    rows += [("MongoDB", state["mongodb"]), ("Redis", state["redis"])]
    rows += [
        (one["name"], f"process {one['pid']}, {'runs' if one['alive'] else 'DEAD'}")
        for one in state["processes"]
    ]
    return rows
