"""Checks run side by side, each within the time limit, and report failures instead of raising them."""

from __future__ import annotations

import threading
import time

from storycore.health.checks import Check, run_checks


def slow() -> None:
    time.sleep(0.3)


def broken() -> None:
    raise KeyError("no such thing")


def test_runs_side_by_side_and_keeps_the_order() -> None:
    began = time.monotonic()

    findings = run_checks([Check("one", slow), Check("two", slow), Check("three", lambda: None)])

    assert time.monotonic() - began < 0.55
    assert [(one.name, one.is_ok) for one in findings] == [
        ("one", True),
        ("two", True),
        ("three", True),
    ]
    assert 290 < findings[0].latency_ms < 550
    assert findings[2].latency_ms < 100


def test_a_failure_and_a_hang_are_findings() -> None:
    release = threading.Event()
    began = time.monotonic()

    findings = run_checks(
        [Check("hangs", release.wait), Check("breaks", broken), Check("works", lambda: None)], 0.2
    )

    assert time.monotonic() - began < 1
    release.set()
    problems = [(one.name, one.problem) for one in findings]
    assert problems == [
        ("hangs", "no answer in time"),
        ("breaks", "KeyError: 'no such thing'"),
        ("works", ""),
    ]
