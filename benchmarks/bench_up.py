"""How long does `manage.py up` take to be ready, the first and the second time? Fails when a figure is missed.

Run: python -m benchmarks.bench_up
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.flows.one_machine import Up

FIRST_SECONDS = 60.0
SECOND_SECONDS = 5.0
STOP_SECONDS = 10.0


def start_and_stop(home: Path) -> tuple[float, float]:
    """Seconds until the table of addresses, and seconds from SIGTERM until the end."""
    run = Up(home)
    try:
        ready = run.wait_ready()
        before = time.monotonic()
        if run.end(signal.SIGTERM) != 0:
            raise SystemExit(run.text)
        return ready, time.monotonic() - before
    finally:
        run.close()


def main() -> None:
    """Measure, print, and fail when a figure is missed."""
    with tempfile.TemporaryDirectory(prefix="storycore-bench-") as home:
        first, _ = start_and_stop(Path(home))
        again = [start_and_stop(Path(home)) for _ in range(3)]
    # The best of three: what else the machine does meanwhile is not our figure.
    second, stop = (min(figures) for figures in zip(*again, strict=True))
    rows = (
        ("first start, with the demo story", first, FIRST_SECONDS),
        ("second start", second, SECOND_SECONDS),
        ("ordered stop", stop, STOP_SECONDS),
    )
    for name, seconds, most in rows:
        print(f"{name:<34} {seconds:6.2f} s   (at most {most:g} s)")
    if any(seconds > most for _, seconds, most in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
