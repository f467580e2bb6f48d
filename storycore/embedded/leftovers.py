"""Which processes did a run leave behind that was killed before it could stop them?

Every child carries a mark in its environment that names its data folder, and hands it on to its own
children. A run that holds the folder's lock is alone, so whatever still bears the mark is a leftover.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

MARK = "STORYCORE_SUPERVISED"
_PROC = Path("/proc")
_POLL_SECONDS = 0.05


def marked_environment(data_dir: Path) -> dict[str, str]:
    """The environment for a child of this folder's run."""
    return {**os.environ, MARK: str(data_dir)}


def leftovers(data_dir: Path) -> list[int]:
    """Processes that bear the folder's mark; empty where the system shows no environments (not Linux)."""
    mark = f"{MARK}={data_dir}".encode()
    found = [int(entry.name) for entry in _PROC.glob("[0-9]*") if mark in _environment(entry)]
    return sorted(pid for pid in found if pid != os.getpid())


def end_leftovers(data_dir: Path, grace_seconds: float = 30.0) -> list[int]:
    """Ask all leftovers to end, wait, kill the rest; returns which there were.

    MongoDB is asked before it is killed, so it gets its time to write.
    """
    found = leftovers(data_dir)
    _send(found, signal.SIGTERM)
    end = time.monotonic() + grace_seconds
    while (left := [pid for pid in leftovers(data_dir) if pid in found]) and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
    _send(left, signal.SIGKILL)
    return found


def _environment(entry: Path) -> list[bytes]:
    try:
        return (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
