"""Does another run hold this data folder? The kernel knows, and forgets a run the moment it dies."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storycore.embedded.errors import AlreadyRunning
from storycore.embedded.run_file import read_run_file

LOCK_FILE = "run.lock"
# `is_held` looks by taking a shared lock for an instant; a run that starts just then tries again.
_TRIES = 5
_PAUSE_SECONDS = 0.05


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the folder until the block ends; the folder is made when absent.

    Raises AlreadyRunning, which names the other run.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK_FILE).open("a") as lock:
        for attempt in range(_TRIES):
            if _locked(lock.fileno(), fcntl.LOCK_EX):
                break
            if attempt + 1 < _TRIES:
                time.sleep(_PAUSE_SECONDS)
        else:
            raise _refusal(data_dir)
        # Children do not inherit the descriptor, so the lock ends with this process, however it ends.
        yield


def is_held(data_dir: Path) -> bool:
    """Whether a run holds the folder now."""
    try:
        with (data_dir / LOCK_FILE).open("r") as lock:
            return not _locked(lock.fileno(), fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refusal(data_dir: Path) -> AlreadyRunning:
    run = read_run_file(data_dir)
    who = (
        f"process {run.supervisor} at {run.url}"
        if run.supervisor
        else "a run that is just starting"
    )
    return AlreadyRunning(
        f"Another run uses the data folder {data_dir}: {who}. "
        "Stop it, or choose another folder with --data DIR.",
        data=str(data_dir),
        process=run.supervisor,
    )
