"""The fault runner in short: workers, Redis and MongoDB are killed; nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.runner import run

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
def test_without_its_keys_the_judge_turns_red(tmp_path: Path) -> None:
    """A judge that never complains proves nothing: here each attempt is paid for."""
    result = run(tmp_path, jobs=60, seed=3, sabotage="key", servers=False, freezes=0)

    assert any(one.startswith("I7") for one in result.broken)
