"""The studio's whole way against a run of `make run`, by the script that shows it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.media.containers.mp4 import read_mp4
from tests.flows.one_machine import Up

pytestmark = pytest.mark.timeout(240)
SCRIPT = Path(__file__).resolve().parents[2] / "clients" / "studio_flow.py"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Up]:
    up = Up(tmp_path)
    up.wait_ready()
    yield up
    up.close()


def test_an_idea_becomes_a_video_that_can_be_fetched(running: Up) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), running.url],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("picture: ") == 3
    for word in ("script: ", "audio: ", "again: "):
        assert word in done.stdout
    found = re.search(r"video: (\S+) \(([\d.]+) s\)", done.stdout)
    assert found is not None, done.stdout
    # The link as a client gets it: it leads to the port of this run.
    with urllib.request.urlopen(found[1]) as answer:
        facts = read_mp4(io.BytesIO(answer.read()))
    assert (facts.width, facts.height, facts.is_fast_start) == (1280, 720, True)
    assert facts.duration == pytest.approx(float(found[2]), abs=0.05)
