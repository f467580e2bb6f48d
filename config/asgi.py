"""What does an ASGI server load? The Django application, run in threads."""

from __future__ import annotations

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup(set_prefix=False)

from storycore.serving import ThreadedDjango  # noqa: E402 - models must be loaded first

application = ThreadedDjango(
    threads=settings.WEB_THREADS,
    aside=settings.GENERATION_WAITERS,
    body_bytes=settings.REQUEST_MAX_BYTES,
    body_seconds=settings.REQUEST_MAX_SECONDS,
)
