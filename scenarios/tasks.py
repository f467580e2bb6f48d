"""The doors of the scenarios app for Celery: an order in, one service call."""

from __future__ import annotations

import logging

from celery import shared_task

from scenarios.services.sweeping import sweep_stories

logger = logging.getLogger("storycore.scenarios")


@shared_task(name="scenarios.sweep")
def sweep() -> None:
    """Remove what interrupted imports left; runs every day."""
    removed = sweep_stories()
    if removed:
        logger.info("stories swept", extra={"removed": removed})
