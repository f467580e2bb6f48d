"""How do commands speak to a person? One line per step with a tick and its time, and aligned tables."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

_NAME_WIDTH = 12


@dataclass
class Step:
    """A step under way; what it sets as `detail` is printed when it is done."""

    detail: str = ""


@dataclass(frozen=True)
class Steps:
    """Prints steps as they end. Marks fall back to ASCII where the terminal cannot show them."""

    out: TextIO
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str, began: float | None = None) -> Iterator[Step]:
        """Print the block's line with its time, counted from `began` (a monotonic time) when that was earlier.

        A block that raises is marked as failed.
        """
        began = time.monotonic() if began is None else began
        step = Step()
        try:
            yield step
        except BaseException:
            self.line("failed", name, "", time.monotonic() - began)
            raise
        self.line("done", name, step.detail, time.monotonic() - began)

    def line(self, state: str, name: str, detail: str, seconds: float) -> None:
        """One line: `state` is done, failed or skipped."""
        text = f"{mark(state, self.out)} {name:<{_NAME_WIDTH}} {seconds:6.2f} s  {detail}"
        self.say(text.rstrip())

    def say(self, text: str = "") -> None:
        """A line as it is, shown at once also when the output is a pipe."""
        self.out.write(f"{text}\n")
        self.out.flush()

    @property
    def seconds(self) -> float:
        """How long ago the first step began."""
        return time.monotonic() - self.started


def mark(state: str, out: TextIO) -> str:
    """A tick, a cross or a dash, in what this output can show."""
    marks, plain = (
        {"done": "✓", "failed": "✗", "skipped": "-"},
        {"done": "+", "failed": "x", "skipped": "-"},
    )
    try:
        "".join(marks.values()).encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return plain[state]
    return marks[state]


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Two aligned columns, indented by two."""
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)
