"""What is made on this machine without any key, and who makes it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generation.providers.base import JSON, TASKS, Offers, Order, Text

Progress = Callable[[int, str], None]
Wanted = Callable[[], bool]


@dataclass(frozen=True)
class Made:
    """A file that was made here; `details` say how, and that it is a stand-in."""

    path: Path
    details: Mapping[str, JSON] = field(default_factory=dict)
    usage: Mapping[str, JSON] = field(default_factory=dict)


LOCAL_OFFERS = Offers(
    tasks=TASKS,
    models={task: (f"storycore-{task}",) for task in TASKS},
    cost_units=dict.fromkeys(TASKS, "nothing"),
)


def make_locally(order: Order, folder: Path, progress: Progress, wanted: Wanted) -> Made | Text:
    """Make what is ordered into a new file of `folder`."""
    raise NotImplementedError(order.task)
