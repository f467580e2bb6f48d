"""The worker that the fault runner starts: the product's own, or one with a safety taken out.

`CHAOS_SABOTAGE=fence` lets every holder write whatever it holds, `CHAOS_SABOTAGE=key` sends each attempt under
a key of its own. The runner must then turn red: that is how one knows that it sees anything.

`CHAOS_AT=3` lets the process that works on a job kill itself with -9 the first three times that each moment of
a job is reached: claimed, calling, answered, staged, storing, stored, committed.
"""

from __future__ import annotations

import os
import signal
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

django.setup()

from config.celery import app  # noqa: E402 - settings must be there first
from generation.running import checkpoints, leasing, media_jobs  # noqa: E402 - as above

TIMES = int(os.environ.get("CHAOS_AT", "0"))


def die_at(moment: str) -> None:
    """Leave a mark and die, as long as marks for this moment are to be had."""
    for number in range(TIMES):
        mark = Path(os.environ["STORYCORE_DATA"]) / f"died-{moment}-{number}"
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)


if TIMES:
    checkpoints.LISTENERS.append(die_at)

SABOTAGE = os.environ.get("CHAOS_SABOTAGE", "")

if SABOTAGE == "fence":
    leasing.Hold.filter = lambda hold: {"_id": hold.job}  # type: ignore[method-assign]

if SABOTAGE == "key":
    honest = media_jobs.order_of

    def under_a_new_key(job: Any, task: Any) -> Any:
        return replace(honest(job, task), idempotency_key=uuid.uuid4().hex)

    media_jobs.order_of = under_a_new_key

__all__ = ["app"]
