"""What a killed run left behind is found by its mark and ended; nothing else is touched."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from storycore.embedded.leftovers import end_leftovers, leftovers, marked_environment

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(15, signal.SIG_IGN); {SLEEPER}"


def start(source: str, data_dir: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", source], env=marked_environment(data_dir), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def test_ends_what_bears_the_mark_of_this_folder(tmp_path: Path) -> None:
    ours, theirs = start(SLEEPER, tmp_path / "ours"), start(SLEEPER, tmp_path / "theirs")
    try:
        assert leftovers(tmp_path / "ours") == [ours.pid]
        assert end_leftovers(tmp_path / "ours") == [ours.pid]

        assert ours.wait(5) == -15
        assert theirs.poll() is None
        assert leftovers(tmp_path / "ours") == []
    finally:
        theirs.kill()
        theirs.wait()


def test_kills_what_does_not_end_in_time(tmp_path: Path) -> None:
    stubborn = start(STUBBORN, tmp_path)

    end_leftovers(tmp_path, grace_seconds=0.2)

    assert stubborn.wait(5) == -9


def test_no_leftovers_cost_no_time(tmp_path: Path) -> None:
    began = time.monotonic()

    assert end_leftovers(tmp_path) == []
    assert time.monotonic() - began < 5
