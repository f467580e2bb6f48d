"""Which message wakes which workers? One task a queue; the message says nothing but "look what is due"."""

from __future__ import annotations

from django.conf import settings

from storycore.queue import wake

RENDER = "render"
"""The queue of videos, the longest work that there is."""

ADVANCE = "generation.advance"
CANCEL_AT_PROVIDER = "generation.cancel_at_provider"


def wake_for(queue: str, delay_seconds: float = 0.0) -> bool:
    """Ask a worker of this queue to take the next due job; False when the broker is away."""
    limit = settings.RENDER_TASK_SECONDS if queue == RENDER else None
    return wake(ADVANCE, queue, queue=queue, delay_seconds=delay_seconds, limit_seconds=limit)


def wake_to_cancel(job: str, queue: str) -> bool:
    """Ask a worker to tell the provider that a job is no longer wanted."""
    return wake(CANCEL_AT_PROVIDER, job, queue=queue)
