"""The projects app: videos that are made from scripts, voices and pictures."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string

from assets.ports import register_holder
from generation.ports import register_kind, register_owner


class ProjectsConfig(AppConfig):
    """Says how the stages of a project are done, and that projects hold assets."""

    name = "projects"
    label = "projects"

    def ready(self) -> None:
        # By name: what these import needs all apps to be there.
        for kind, work in import_string("projects.videos.services.kinds.stage_kinds")().items():
            register_kind(kind, work)
        register_owner(import_string("projects.videos.services.stage_jobs.PictureFailures")())
        register_holder(import_string("projects.videos.services.asset_holding.ProjectAssets")())
