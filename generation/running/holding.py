"""How does a worker keep what it works on? A heartbeat renews the lease and notices when it is gone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from pymongo.errors import PyMongoError

from generation.running.leasing import Hold, LeaseLost
from storycore.logs import redacted
from storycore.mongo.reading import Row

logger = logging.getLogger("storycore.generation")

LINE_MAX = 500


class HeldWork:
    """The job of one claim, as a kind of job sees it (generation.ports.Work). Used as a context manager."""

    def __init__(self, row: Row, hold: Hold) -> None:
        self._row = row
        self._hold = hold
        self._lines: list[dict[str, Any]] = []
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"lease-{row['_id']}", daemon=True)

    def __enter__(self) -> HeldWork:
        self._heart.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._heart.join()

    @property
    def job(self) -> Row:
        """The job as it was last read or saved by this holder."""
        return self._row

    @property
    def hold(self) -> Hold:
        """The claim."""
        return self._hold

    def is_held(self) -> bool:
        """Whether the job is still ours, as far as the last heartbeat knows."""
        return not self._lost.is_set()

    def say(self, step: str, message: str, progress: int | None = None) -> None:
        """Show how far it is; a change of step or message is a line of the log too. Raises LeaseLost."""
        changes: dict[str, Any] = {"message": redacted(message)[:LINE_MAX]}
        if step != self._row.get("step"):
            changes["step"] = step
        if message != self._row.get("message"):
            self.log(message)
        if progress is not None:
            # What was reached once is not taken back by a second attempt's first steps.
            changes["progress"] = max(min(progress, 99), self._row.get("progress") or 0)
        self.save(changes)

    def log(self, text: str, level: str = "info") -> None:
        """Add a line to the job's log, secrets removed; it travels with the next write."""
        self._lines.append({"level": level, "text": redacted(text)[:LINE_MAX]})

    def save(self, changes: Mapping[str, Any], *, due_in_seconds: float | None = None) -> None:
        """Write fields of the job and the lines so far. Raises LeaseLost."""
        try:
            self._hold.write(changes, lines=self._lines, due_in_seconds=due_in_seconds)
        except LeaseLost:
            self._lost.set()
            raise
        self._lines = []
        self._row = {**self._row, **changes}

    def take_lines(self) -> list[dict[str, Any]]:
        """The lines that were not written yet, for the holder's last write."""
        lines, self._lines = self._lines, []
        return lines

    def _beat(self) -> None:
        while not self._ended.wait(settings.GENERATION_LEASE_SECONDS / 3):
            try:
                if not self._hold.renew():
                    self._lost.set()
                    return
            except PyMongoError as problem:
                # The lease may run out meanwhile; the fence then decides, not this thread.
                logger.warning("A lease could not be renewed: %s", type(problem).__name__)
