"""The worker that the fault runner starts: the product's own, or one with a safety taken out.

`CHAOS_SABOTAGE=fence` lets every holder write whatever it holds, `CHAOS_SABOTAGE=key` sends each attempt under
a key of its own. The runner must then turn red: that is how one knows that it sees anything.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from typing import Any

import django

django.setup()

from config.celery import app  # noqa: E402 - settings must be there first
from generation.running import leasing, media_jobs  # noqa: E402 - as above

SABOTAGE = os.environ.get("CHAOS_SABOTAGE", "")

if SABOTAGE == "fence":
    leasing.Hold.filter = lambda hold: {"_id": hold.job}  # type: ignore[method-assign]

if SABOTAGE == "key":
    honest = media_jobs.order_of

    def under_a_new_key(job: Any, task: Any) -> Any:
        return replace(honest(job, task), idempotency_key=uuid.uuid4().hex)

    media_jobs.order_of = under_a_new_key

__all__ = ["app"]
