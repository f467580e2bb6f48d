"""How does a file come into a scene in one go? Permission first, then the upload, then the scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from bson import ObjectId

from assets.ports import ATTACHERS, AttachedScene, SceneAttacher
from assets.services.deletion import delete_asset
from assets.services.uploads import NewAsset, upload_asset
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput, StoryCoreError


@dataclass(frozen=True, slots=True)
class Place:
    """Where an asset is to go: `field` is image, sound or music."""

    scene: ObjectId
    field: str


def upload_into_scene(
    actor: Actor, file: BinaryIO, new: NewAsset, place: Place
) -> tuple[ObjectId, AttachedScene]:
    """Upload a file and put it into a scene; when the scene refuses it, no asset stays.

    Raises as `upload_asset` does, and NotFound, Forbidden, InvalidInput for the scene.
    """
    require_login(actor)
    attacher = _attacher()
    attacher.require_place(actor, place.scene, place.field, new.type)
    asset = upload_asset(actor, file, new)
    try:
        return asset, attacher.attach(actor, place.scene, place.field, asset)
    except StoryCoreError:
        delete_asset(actor, asset)
        raise


def _attacher() -> SceneAttacher:
    if not ATTACHERS:
        raise InvalidInput("This server has no scenes.", field="scene_id")
    return ATTACHERS[0]
