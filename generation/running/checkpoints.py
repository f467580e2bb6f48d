"""Where may a fault strike? Names of the moments between which a job must survive the death of its worker.

Nothing listens in production. The fault runner of tests/chaos stops workers at these moments.
"""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[str], None]

LISTENERS: list[Listener] = []


def reached(moment: str) -> None:
    """Say that the worker is at a moment: claimed, calling, answered, staged, storing, stored, committed."""
    for listener in LISTENERS:
        listener(moment)
