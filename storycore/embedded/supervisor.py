"""Which children run, has one of them died, and in what order do they end?"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from storycore.embedded.child import Child, ending, start_child
from storycore.embedded.errors import ServerFailed
from storycore.embedded.leftovers import marked_environment

_POLL_SECONDS = 0.1


class StopAsked(BaseException):
    """The user or the system asked the run to end; not an error, so nothing may swallow it as one."""


@dataclass(frozen=True)
class Stopped:
    """How one child ended on request."""

    name: str
    cleanly: bool
    seconds: float


@dataclass
class Supervisor:
    """Children in the order they were started; they are stopped in the reverse of it.

    So what others stand on, MongoDB first of all, goes last. A child is registered the moment it exists:
    whatever happens next, `stop_all` reaches it.
    """

    data_dir: Path
    children: list[tuple[Child, float]] = field(default_factory=list)
    _asked: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the request to end; they interrupt nothing midway."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def environment(self) -> dict[str, str]:
        """What every child gets, so that a later run finds it should this one be killed."""
        return marked_environment(self.data_dir)

    def adopt(self, child: Child, grace_seconds: float) -> Child:
        """Watch a child that was started elsewhere with `environment()`."""
        self.children.append((child, grace_seconds))
        return child

    def start(
        self, name: str, command: Sequence[str], log: Path, cwd: Path, grace_seconds: float
    ) -> Child:
        """Start a child and watch it."""
        return self.adopt(start_child(name, command, log, self.environment(), cwd), grace_seconds)

    def pids(self) -> dict[str, int]:
        return {child.name: child.pid for child, _ in self.children}

    def check(self) -> None:
        """Go on only while all is well.

        Raises StopAsked; ServerFailed, which names a dead child and shows its last lines.
        """
        if self._asked.is_set():
            raise StopAsked
        failure = self.failure()
        if failure is not None:
            raise failure

    def failure(self) -> ServerFailed | None:
        """The first dead child, named and with its last lines; None while all run."""
        dead = next((child for child, _ in self.children if not child.is_running), None)
        return dead.failure(f"{dead.name} {ending(dead.exit_code)}") if dead else None

    def wait_until(self, is_ready: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait for something that children do together; False when the time is up. Raises as `check` does."""
        end = time.monotonic() + timeout_seconds
        while not is_ready():
            self.check()
            if time.monotonic() > end:
                return False
            self._asked.wait(_POLL_SECONDS)
        return True

    def watch(self) -> None:
        """Stay until the end is asked for, or a child dies. Raises ServerFailed then."""
        try:
            while True:
                self.check()
                self._asked.wait(_POLL_SECONDS)
        except StopAsked:
            return

    def stop_all(self, report: Callable[[Stopped], None]) -> None:
        """End every child, the last started first; each is reported as it ends. A second call does nothing."""
        while self.children:
            child, grace_seconds = self.children[-1]
            started = time.monotonic()
            was_running = child.is_running
            cleanly = child.stop(grace_seconds)
            self.children.pop()
            if was_running:
                report(Stopped(child.name, cleanly, time.monotonic() - started))

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()
