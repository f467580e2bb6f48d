"""The scenarios app: branching stories of scenes and choices."""

from __future__ import annotations

from django.apps import AppConfig

from assets.ports import register_attacher, register_holder
from scenarios.services.asset_attaching import SceneMedia
from scenarios.services.asset_holding import SceneAssets


class ScenariosConfig(AppConfig):
    """Tells the assets app that scenes hold assets and take new ones."""

    name = "scenarios"
    label = "scenarios"

    def ready(self) -> None:
        register_holder(SceneAssets())
        register_attacher(SceneMedia())
