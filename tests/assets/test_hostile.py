"""Is every hostile file refused under its own code and reason, quickly and in little memory?"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.assets.crafting import HostileFile
from tests.assets.hostile import hostile_files, outcome
from tests.house.tree import ROOT

FILES = tuple(hostile_files())


@pytest.fixture(scope="module")
def measurements() -> dict[str, dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.assets.hostile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *files, total = [json.loads(line) for line in done.stdout.splitlines()]
    return {row.pop("name"): row for row in files} | {"": total}


def test_there_are_at_least_sixty_and_none_twice() -> None:
    assert len(FILES) >= 60
    assert len({file.name for file in FILES}) == len(FILES)
    assert len({file.data for file in FILES if "png-as" not in file.name}) >= 60


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_refused_with_its_code_and_nothing_left(
    file: HostileFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    refusal = outcome(file.declared, file.data)

    assert refusal == (file.code, file.reason)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_each_costs_less_than_a_second_and_200_megabytes(
    measurements: dict[str, dict[str, float]],
) -> None:
    decoder = measurements.pop("")["decoder_megabytes"]

    costly = {
        name: row
        for name, row in measurements.items()
        if row["seconds"] >= 1 or row["megabytes"] + decoder >= 200
    }

    assert len(measurements) == len(FILES)
    assert costly == {}
