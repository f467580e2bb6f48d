"""The assets app: pictures, sounds and videos with their files."""

from __future__ import annotations

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Registers its unmanaged admin models; its documents live in MongoDB."""

    name = "assets"
    label = "assets"
