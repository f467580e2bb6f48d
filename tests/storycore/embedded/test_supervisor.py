"""Children are stopped in reverse order, a dead one is named, and a signal asks for the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from storycore.embedded.child import Child
from storycore.embedded.errors import ServerFailed
from storycore.embedded.leftovers import leftovers
from storycore.embedded.supervisor import StopAsked, Stopped, Supervisor

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(15, signal.SIG_IGN); {SLEEPER}"


def start(
    supervisor: Supervisor, name: str, source: str = SLEEPER, grace_seconds: float = 10
) -> Child:
    log = supervisor.data_dir / f"{name}.log"
    command = [sys.executable, "-c", source]
    child = supervisor.start(name, command, log, supervisor.data_dir, grace_seconds)
    child.wait_until(lambda: bool(child.last_lines()), 10)
    return child


def test_stops_the_last_started_first(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    first, second = (
        start(supervisor, "mongodb"),
        start(supervisor, "web", STUBBORN, grace_seconds=0.2),
    )
    assert supervisor.pids() == {"mongodb": first.pid, "web": second.pid}
    assert leftovers(tmp_path) == sorted([first.pid, second.pid])
    supervisor.check()
    ended: list[Stopped] = []

    def report(stopped: Stopped) -> None:
        # When web is told as stopped, MongoDB still runs.
        assert first.is_running is (stopped.name == "web")
        ended.append(stopped)

    supervisor.stop_all(report)

    assert [(one.name, one.cleanly) for one in ended] == [("web", False), ("mongodb", True)]
    assert (first.exit_code, second.exit_code) == (-15, -9)
    supervisor.stop_all(report)
    assert len(ended) == 2


def test_names_the_child_that_died_and_stops_the_rest(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    mongodb = start(supervisor, "mongodb")
    source = "import sys, time; print('out of memory', flush=True); time.sleep(0.2); sys.exit(5)"
    start(supervisor, "worker", source)

    with pytest.raises(ServerFailed) as failed:
        supervisor.watch()

    log = tmp_path / "worker.log"
    assert (
        failed.value.message
        == f"worker ended with status 5. Its last lines ({log}):\n  | out of memory"
    )
    assert mongodb.is_running
    ended: list[Stopped] = []
    supervisor.stop_all(ended.append)
    # The dead one is not told as stopped: that was said already.
    assert [one.name for one in ended] == ["mongodb"]


def test_waits_while_all_is_well(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    start(supervisor, "web")
    ready = threading.Event()
    threading.Timer(0.2, ready.set).start()
    try:
        assert supervisor.wait_until(ready.is_set, 10)
        assert not supervisor.wait_until(lambda: False, 0.1)
    finally:
        supervisor.stop_all(lambda _: None)

    supervisor._ask(signal.SIGTERM, None)
    with pytest.raises(StopAsked):
        supervisor.wait_until(lambda: False, 10)


RUNNER = """
import sys
from pathlib import Path
from storycore.embedded.supervisor import Supervisor
supervisor = Supervisor(Path(sys.argv[1]))
supervisor.listen()
print("listening", flush=True)
supervisor.watch()
print("end", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_for_the_end(tmp_path: Path, number: signal.Signals) -> None:
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(tmp_path)], stdout=subprocess.PIPE)
    assert runner.stdout is not None
    assert runner.stdout.readline() == b"listening\n"
    began = time.monotonic()

    os.kill(runner.pid, number)

    assert runner.communicate(timeout=5)[0] == b"end\n"
    assert runner.returncode == 0
    assert time.monotonic() - began < 5
