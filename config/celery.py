"""How do workers start, and what do they wake up for by themselves? The schedule stands in the settings."""

from __future__ import annotations

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from django.conf import settings

from storycore.mongo.connection import forget_connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("storycore")
# Read when a task is first sent or a worker starts, so importing this costs no settings.
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_django_does(**_arguments: Any) -> None:
    """One format and one redaction for every process; without a receiver Celery installs its own."""
    logging.config.dictConfig(settings.LOGGING)


@worker_process_init.connect
def connect_after_fork(**_arguments: Any) -> None:
    """A MongoDB client does not survive a fork: the child opens its own on first use."""
    forget_connection(forked=True)
