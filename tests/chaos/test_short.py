"""The fault runner in short: everything is killed and frozen; nothing is lost, doubled or paid twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import faults
from tests.chaos.runner import run, run_rows

MOMENTS = ("claimed", "calling", "answered", "staged", "storing", "stored", "committed")


@pytest.mark.timeout(240)
def test_faults_lose_and_double_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, jobs=80, seed=2, freezes=1, deaths=1)

    assert result.broken == []
    assert result.jobs == 80
    assert {mark.name for mark in tmp_path.glob("died-*")} == {
        f"died-{moment}-0" for moment in MOMENTS
    }
    assert result.kills >= 3 + len(MOMENTS)


@pytest.mark.timeout(240)
def test_every_row_of_the_table_of_faults_holds(tmp_path: Path) -> None:
    assert run_rows(tmp_path) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("sabotage", "row", "invariant"),
    [
        ("key", faults.zombie_before_its_call, "I7 paid 2 times"),
        ("fence", faults.zombie_before_its_commit, "I2, I8 changed after it was completed"),
    ],
)
def test_without_a_safety_the_judge_turns_red(
    tmp_path: Path, sabotage: str, row: faults.Row, invariant: str
) -> None:
    """A judge that never complains proves nothing."""
    broken = run_rows(tmp_path, (row,), sabotage=sabotage)

    assert any(line.startswith(invariant) for line in broken), broken
