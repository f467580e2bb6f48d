"""Checks run side by side, each within the time limit, and report failures instead of raising them."""

from __future__ import annotations

import threading
import time

from storycore.health.checks import Check, run_checks


def broken() -> None:
    raise KeyError("no such thing")


def test_runs_side_by_side_and_keeps_the_order() -> None:
    # Each waits for the other: one after the other they would never end.
    meeting = threading.Barrier(2, timeout=20)

    def meet() -> None:
        meeting.wait()

    findings = run_checks(
        [Check("one", meet), Check("two", meet), Check("three", lambda: None)], 20
    )

    assert [(one.name, one.is_ok) for one in findings] == [
        ("one", True),
        ("two", True),
        ("three", True),
    ]
    assert all(one.latency_ms >= 0 for one in findings)


def test_a_failure_and_a_hang_are_findings() -> None:
    release = threading.Event()
    began = time.monotonic()

    findings = run_checks(
        [Check("hangs", release.wait), Check("breaks", broken), Check("works", lambda: None)], 0.2
    )

    assert time.monotonic() - began < 10
    release.set()
    problems = [(one.name, one.problem) for one in findings]
    assert problems == [
        ("hangs", "no answer in time"),
        ("breaks", "KeyError: 'no such thing'"),
        ("works", ""),
    ]
