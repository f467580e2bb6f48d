"""How is one child process started, watched and ended?

Each child leads a process group of its own: a Ctrl-C at the terminal reaches only the supervisor, which
then stops the children in order, and whatever a child has forked goes down with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storycore.embedded.errors import ServerFailed

LAST_LINES = 15
_TAIL_BYTES = 65_536
_LINE_WIDTH = 600
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Child:
    """A process that we started; `log` holds all that it wrote since then.

    Lines with `noise` in them do not explain a crash: they are shown only when there are no others.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    noise: str = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self.process.poll()

    @property
    def is_running(self) -> bool:
        return self.exit_code is None

    def stop(self, grace_seconds: float) -> bool:
        """Ask it to end, wait, then kill what is left of its group; True when it ended by itself."""
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._kill_group()
        return True

    def kill(self) -> None:
        """End the whole group at once."""
        self._kill_group()
        self.process.wait()

    def last_lines(self, count: int = LAST_LINES) -> list[str]:
        """The end of its log, for the message that names a crash."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            text = log.read().decode("utf-8", "replace")
            lines = [line[:_LINE_WIDTH] for line in text.splitlines() if line.strip()]
            telling = [line for line in lines if not self.noise or self.noise not in line]
            return (telling or lines)[-count:]
        return []

    def wait_until(self, is_ready: Callable[[], bool], timeout_seconds: float) -> None:
        """Wait until `is_ready()`.

        Raises ServerFailed when the process dies or the time is up.
        """
        end = time.monotonic() + timeout_seconds
        while not is_ready():
            if not self.is_running:
                raise self.failure(f"{self.name} {ending(self.exit_code)} while starting")
            if time.monotonic() > end:
                raise self.failure(f"{self.name} was not ready after {timeout_seconds:g} seconds")
            time.sleep(_POLL_SECONDS)

    def failure(self, what: str) -> ServerFailed:
        """The error that says what happened and shows the last lines."""
        lines = "\n".join(f"  | {line}" for line in self.last_lines())
        return ServerFailed(f"{what}. Its last lines ({self.log}):\n{lines}", child=self.name)

    def _kill_group(self) -> None:
        # The group lives on while any member does, so this also reaches forks of a dead leader.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def start_child(
    name: str,
    command: Sequence[str],
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Child:
    """Start a process whose output goes to `log`; the log of the run before is kept as `<log>.1`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - every command is built by this package
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=None if env is None else dict(env),
            cwd=cwd,
        )
    return Child(name=name, process=process, log=log)


def ending(exit_code: int | None) -> str:
    """How a process ended, in words: "ended with status 1", "was killed by SIGKILL"."""
    if exit_code is None:
        return "is running"
    if exit_code >= 0:
        return f"ended with status {exit_code}"
    return f"was killed by {signal.Signals(-exit_code).name}"
