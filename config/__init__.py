"""Composes the product; the Celery app is here so that whatever sends a task finds our broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
