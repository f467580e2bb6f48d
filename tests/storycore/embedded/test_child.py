"""A child process is watched, named when it dies, and takes its own children with it."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from storycore.embedded.child import Child, ending, start_child
from storycore.embedded.errors import ServerFailed


def run(tmp_path: Path, source: str, name: str = "worker") -> Child:
    return start_child(name, [sys.executable, "-c", source], tmp_path / "logs" / f"{name}.log")


def wait_for_line(child: Child) -> Sequence[str]:
    child.wait_until(lambda: bool(child.last_lines()), 10)
    return child.last_lines()


def test_ends_by_itself_when_asked(tmp_path: Path) -> None:
    child = run(tmp_path, "import time; print('up', flush=True); time.sleep(60)")
    wait_for_line(child)

    assert child.is_running
    assert child.stop(10)
    assert child.exit_code == -15


def test_is_killed_when_it_does_not_end(tmp_path: Path) -> None:
    source = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    child = run(tmp_path, source)
    wait_for_line(child)

    assert not child.stop(0.2)
    assert child.exit_code == -9


def test_stop_ends_what_the_child_has_forked(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(p.pid, flush=True)"
    )
    child = run(tmp_path, source)
    grandchild = Path("/proc", wait_for_line(child)[0])
    child.process.wait(10)
    assert grandchild.exists()

    child.stop(1)

    end = time.monotonic() + 5
    while is_alive(grandchild) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_alive(grandchild)


def is_alive(process: Path) -> bool:
    """A process whose parent has not yet asked for its status is a zombie, which is dead enough."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_death_while_starting_is_told_with_the_last_lines(tmp_path: Path) -> None:
    child = run(
        tmp_path,
        "import sys; print('one'); print('no such key', file=sys.stderr); sys.exit(3)",
        "web",
    )

    with pytest.raises(ServerFailed) as failed:
        child.wait_until(lambda: False, 10)

    assert failed.value.details == {"child": "web"}
    first, *lines = failed.value.message.splitlines()
    assert first == f"web ended with status 3 while starting. Its last lines ({child.log}):"
    assert sorted(lines) == ["  | no such key", "  | one"]


def test_a_start_that_takes_too_long_is_told(tmp_path: Path) -> None:
    child = run(tmp_path, "import time; time.sleep(60)", "web")
    try:
        with pytest.raises(ServerFailed, match=r"^web was not ready after 0\.1 seconds\."):
            child.wait_until(lambda: False, 0.1)
    finally:
        child.kill()


def test_last_lines_leave_noise_out_unless_there_is_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    process = run(tmp_path, "").process
    process.wait(10)
    child = Child("mongodb", process, log, noise="INFO")

    log.write_text("INFO start\n\nERROR disk full\nINFO bye\n")
    assert child.last_lines() == ["ERROR disk full"]
    log.write_text("INFO start\nINFO bye\n")
    assert child.last_lines() == ["INFO start", "INFO bye"]
    log.write_text("".join(f"ERROR {number}\n" for number in range(30)))
    assert child.last_lines(2) == ["ERROR 28", "ERROR 29"]
    log.unlink()
    assert child.last_lines() == []


def test_keeps_the_log_of_the_run_before(tmp_path: Path) -> None:
    first = run(tmp_path, "print('first')")
    first.process.wait(10)
    second = run(tmp_path, "print('second')")
    second.process.wait(10)

    assert second.last_lines() == ["second"]
    assert second.log.with_name("worker.log.1").read_text() == "first\n"


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (None, "is running"),
        (0, "ended with status 0"),
        (1, "ended with status 1"),
        (-9, "was killed by SIGKILL"),
    ],
)
def test_says_how_a_process_ended(exit_code: int | None, words: str) -> None:
    assert ending(exit_code) == words
