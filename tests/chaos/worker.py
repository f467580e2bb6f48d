"""The worker that the fault runner starts: the product's own, or one with a safety taken out.

`CHAOS_SABOTAGE=fence` lets every holder write whatever it holds, `CHAOS_SABOTAGE=key` sends each call under a
key of its own. The runner must then turn red: that is how one knows that it sees anything.

`CHAOS_SKEW=300` puts this worker's clock five minutes ahead. While a file `hold-calling` lies in the data
folder, a job that comes to the moment `calling` leaves a file `held-calling-{pid}` and stays there.

`CHAOS_AT=3` lets the process that works on a job kill itself with -9 the first three times that each moment of
a job is reached: claimed, calling, answered, staged, storing, stored, committed.
"""

from __future__ import annotations

import os
import signal
import time
import uuid
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import django

django.setup()

from config.celery import app  # noqa: E402 - settings must be there first
from generation.running import checkpoints, leasing, media_jobs  # noqa: E402 - as above
from storycore.mongo import documents  # noqa: E402 - as above

DATA = Path(os.environ["STORYCORE_DATA"])
TIMES = int(os.environ.get("CHAOS_AT", "0"))
SKEW_SECONDS = float(os.environ.get("CHAOS_SKEW", "0"))


def die_at(moment: str) -> None:
    """Leave a mark and die, as long as marks for this moment are to be had."""
    for number in range(TIMES):
        mark = DATA / f"died-{moment}-{number}"
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)


def hold_at(moment: str) -> None:
    """Stay at this moment for as long as the runner wants it."""
    wanted = DATA / f"hold-{moment}"
    if wanted.exists():
        (DATA / f"held-{moment}-{os.getpid()}").touch()
        while wanted.exists():
            time.sleep(0.02)


checkpoints.LISTENERS.append(hold_at)
if TIMES:
    checkpoints.LISTENERS.append(die_at)

if SKEW_SECONDS:
    honest_time = time.time

    class SkewedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=SKEW_SECONDS)

    documents.datetime = SkewedDatetime  # type: ignore[misc]
    time.time = lambda: honest_time() + SKEW_SECONDS

SABOTAGE = os.environ.get("CHAOS_SABOTAGE", "")

if SABOTAGE == "fence":
    leasing.Hold.filter = lambda hold: {"_id": hold.job}  # type: ignore[method-assign]

if SABOTAGE == "key":
    honest = media_jobs.send

    def under_a_new_key(provider: Any, call: Any, **options: Any) -> Any:
        headers = {**call.headers, "Idempotency-Key": uuid.uuid4().hex}
        return honest(provider, replace(call, headers=headers), **options)

    media_jobs.send = under_a_new_key

__all__ = ["app"]
