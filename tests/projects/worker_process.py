"""A worker as a process of its own, for tests that kill it. `python -m tests.projects.worker_process`."""

from __future__ import annotations

import os
import time

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["TEST_ACCOUNTS"]
settings.GENERATION_LEASE_SECONDS = float(os.environ["TEST_LEASE_SECONDS"])
django.setup()

from config.celery import app  # noqa: E402 - settings must be there first
from generation.running.stepping import advance_next  # noqa: E402 - as above

app.set_default()

while True:
    if advance_next(("media", "text", "render")) is None:
        time.sleep(0.02)
