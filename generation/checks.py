"""Are the settings of providers right? Asked by `manage.py check` and before the server starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from generation.providers.options import BadOptions, open_provider


def check_providers(**_options: Any) -> list[CheckMessage]:
    """One error for each provider of the settings that is unknown or has wrong options."""
    found: list[CheckMessage] = []
    for task, entries in settings.PROVIDERS.items():
        for name, entry in entries.items():
            if entry["BACKEND"] == "local":
                continue
            try:
                provider = open_provider(entry)
            except BadOptions as problem:
                found.append(
                    Error(f"{task} provider {name}: {problem}", hint=_HINT, id="generation.E001")
                )
                continue
            if task not in provider.offers().tasks:
                found.append(
                    Error(f"{name} does not make {task}.", hint=_HINT, id="generation.E002")
                )
    return found


_HINT = "See docs/providers.md: keys have variables of their own, other options go into PROVIDER_OPTIONS."
