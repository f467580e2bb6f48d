"""Who uses an asset, and where can one be put? Higher apps say so through these ports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bson import ObjectId
from pymongo.client_session import ClientSession

from storycore.access import Actor


@dataclass(frozen=True, slots=True)
class Usage:
    """One place that refers to an asset: the field of a scene, or of a project of a higher app."""

    asset_id: ObjectId
    field: str
    scene_id: ObjectId | None = None
    scene_title: str | None = None
    scenario_id: ObjectId | None = None
    project_id: ObjectId | None = None
    project_title: str | None = None


class AssetHolder(Protocol):
    """An app whose documents refer to assets."""

    def usages(
        self, actor: Actor | None, assets: Collection[ObjectId]
    ) -> Mapping[ObjectId, list[Usage]]:
        """Where each asset is used, as far as the actor may know (None: everywhere)."""

    def used_ids(self, assets: Collection[ObjectId]) -> set[ObjectId]:
        """Which of these assets are used anywhere."""

    def asset_changed(self, asset: ObjectId, session: ClientSession) -> None:
        """Note, within the session's transaction, that what is shown of the asset has changed."""

    def let_go(self, asset: ObjectId, session: ClientSession) -> int:
        """Clear every reference to the asset within the session's transaction; returns how many."""


@dataclass(frozen=True, slots=True)
class AttachedScene:
    """The scene that an asset was put into."""

    id: ObjectId
    title: str
    field: str


class SceneAttacher(Protocol):
    """The app whose scenes show and play assets."""

    def require_place(self, actor: Actor, scene: ObjectId, field: str, type_: str) -> None:
        """Refuse before anything is stored: NotFound, Forbidden, InvalidInput for field or type."""

    def attach(self, actor: Actor, scene: ObjectId, field: str, asset: ObjectId) -> AttachedScene:
        """Put the asset into the scene's field (image, sound or music). Raises like `require_place`."""


HOLDERS: list[AssetHolder] = []
"""Filled by the apps that hold assets, when Django starts."""


def register_holder(holder: AssetHolder) -> None:
    """Add an app that refers to assets; twice is the same as once."""
    if holder not in HOLDERS:
        HOLDERS.append(holder)


ATTACHERS: list[SceneAttacher] = []
"""One, when an app with scenes is installed."""


def register_attacher(attacher: SceneAttacher) -> None:
    """Name the app whose scenes take assets; the last one named counts."""
    ATTACHERS[:] = [attacher]
