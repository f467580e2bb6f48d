"""The content database (MongoEngine) and the second alias that the stock admin reads it by."""

from __future__ import annotations

from typing import Any

from config import env

MONGODB_NAME = env.text("MONGODB_NAME", "storycore")


def content_database(uri: str, name: str) -> dict[str, Any]:
    """The Django alias `content`: only the unmanaged models of the admin use it, nothing migrates there."""
    return {
        "ENGINE": "django_mongodb_backend",
        "HOST": uri,
        "NAME": name,
        "OPTIONS": {},
    }


DATABASE_ROUTERS = ["storycore.mongo.routing.ContentRouter"]
