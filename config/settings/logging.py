"""One JSON line per event in production, a readable line at a terminal; both carry the request id."""

from __future__ import annotations

from config import env

LOG_FORMAT = env.choice("LOG_FORMAT", "json", ("json", "console"))
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {"()": "storycore.logs.structured_formatter", "style": LOG_FORMAT}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Named here so that it loses the handlers that Django itself gave it: one line an event, not two.
        "django": {"level": LOG_LEVEL},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "pymongo": {"level": "WARNING"},
    },
}
