"""One run a folder: the kernel keeps the second one out and forgets the first one when it dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storycore.embedded.errors import AlreadyRunning
from storycore.embedded.run_file import RunFile, write_run_file
from storycore.embedded.run_lock import held, is_held

HOLDER = """
import sys, time
from pathlib import Path
from storycore.embedded.run_lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_refused_by_name_until_the_first_ends(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert not is_held(folder)

    with held(folder):
        write_run_file(folder, RunFile(supervisor=4321, port=8_005))
        assert is_held(folder)
        with pytest.raises(AlreadyRunning) as refused, held(folder):
            pytest.fail("two runs in one folder")

    assert refused.value.details == {"data": str(folder), "process": 4321}
    assert refused.value.message == (
        f"Another run uses the data folder {folder}: process 4321 at http://127.0.0.1:8005. "
        "Stop it, or choose another folder with --data DIR."
    )
    assert not is_held(folder)
    with held(folder):
        pass


def test_a_run_that_has_not_yet_written_is_refused_too(tmp_path: Path) -> None:
    with (
        held(tmp_path),
        pytest.raises(AlreadyRunning, match="a run that is just starting"),
        held(tmp_path),
    ):
        pytest.fail("two runs in one folder")


def test_a_killed_run_and_its_children_hold_nothing(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert is_held(tmp_path)
    # What runs when the holder dies must not keep the lock alive.
    with held(tmp_path / "other"):
        bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    holder.kill()
    holder.communicate()

    try:
        assert not is_held(tmp_path)
        assert not is_held(tmp_path / "other")
    finally:
        bystander.kill()
        bystander.wait()
