"""The doors of the generation app for Celery: a wake-up in, one service call."""

from __future__ import annotations

import logging
from dataclasses import asdict

from bson import ObjectId
from celery import current_app, shared_task
from django.conf import settings
from kombu.exceptions import KombuError

from generation.running.cancelling import cancel_at_provider
from generation.running.stepping import advance_next
from generation.running.sweeping import forget_unused_bytes, sweep_jobs
from generation.services.jobs import delete_finished_jobs

logger = logging.getLogger("storycore.generation")


@shared_task(name="generation.advance")
def advance(queue: str) -> None:
    """Work on the next due job of a queue."""
    advance_next([queue])


@shared_task(name="generation.cancel_at_provider")
def cancel_there(job: str) -> None:
    """Tell a provider that a job is no longer wanted."""
    cancel_at_provider(ObjectId(job))


@shared_task(name="generation.sweep")
def sweep() -> None:
    """Wake workers whose wake-up was lost and finish interrupted ends; runs every few seconds."""
    done = sweep_jobs(waiting_messages)
    if done.woken or done.announced:
        logger.info("jobs swept", extra={"report": asdict(done)})


@shared_task(name="generation.clean")
def clean() -> None:
    """Delete old finished jobs and forgotten bytes; runs every hour."""
    deleted = delete_finished_jobs(settings.GENERATION_KEEP_DAYS)
    forgotten = forget_unused_bytes()
    if deleted or forgotten:
        logger.info("old jobs deleted", extra={"jobs": deleted, "files": forgotten})


def waiting_messages(queue: str) -> int:
    """How many messages wait in a queue of the broker; 0 when it is not there yet."""
    with current_app.connection_for_read() as connection:
        channel = connection.default_channel
        try:
            return int(channel.queue_declare(queue=queue, passive=True).message_count)
        except (KombuError, *connection.connection_errors, *connection.channel_errors):
            return 0
