"""The kernel app: says where MongoDB is, connects nothing."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from storycore.mongo.connection import configure


class StoryCoreConfig(AppConfig):
    """Registers the content database with MongoEngine; the first query connects."""

    name = "storycore"
    label = "storycore"

    def ready(self) -> None:
        configure(settings.MONGODB_URI, settings.MONGODB_NAME)
