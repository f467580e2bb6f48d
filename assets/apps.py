"""The assets app: pictures, sounds and videos with their files."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string

from storycore.health.parts import register_parts


class AssetsConfig(AppConfig):
    """Registers its unmanaged admin models; its documents live in MongoDB."""

    name = "assets"
    label = "assets"

    def ready(self) -> None:
        # By name: models cannot be imported before all apps are there.
        register_parts(import_string("assets.services.health.storage_parts"))
