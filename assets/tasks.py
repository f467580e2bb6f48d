"""The doors of the assets app for Celery: an order in, one service call."""

from __future__ import annotations

import logging
from dataclasses import asdict

from celery import shared_task

from assets.services.sweeping import sweep_assets

logger = logging.getLogger("storycore.assets")


@shared_task(name="assets.sweep")
def sweep() -> None:
    """Finish what was interrupted; runs every hour."""
    logger.info("assets swept", extra={"report": asdict(sweep_assets())})
