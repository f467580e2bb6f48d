"""How are the words about an asset changed? Its name, its folder, its tags, and who may see it."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, TypedDict

from bson import ObjectId

from assets.documents import Asset
from assets.queries.addresses import store_of
from assets.queries.files import Spot, files_of, mime_type_of, named_spots, spot_of, with_files
from assets.services.access import editable_asset
from assets.services.changing import change_as_read, change_words
from assets.services.filing import plain_folder, plain_tags
from assets.services.storing import discard
from assets.storage.base import StoredFile
from storycore.access import Actor
from storycore.errors import StoryCoreError
from storycore.mongo.documents import valid_changes
from storycore.mongo.reading import Row


class AssetChanges(TypedDict, total=False):
    """What may be given; an absent key leaves the field as it is, None clears it."""

    name: str | None
    folder: str | None
    tags: list[str] | None
    is_public: bool | None


def update_asset(actor: Actor, asset: ObjectId, changes: AssetChanges) -> None:
    """Change an asset's words. Closing or opening it to the public reaches the store before the record.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, StorageUnavailable, Conflict.
    """
    row = editable_asset(actor, asset)
    given: dict[str, Any] = {
        name: value
        for name, value in changes.items()
        if not (name == "is_public" and value is None)
    }
    if "folder" in given:
        given["folder"] = plain_folder(changes["folder"])
    if "tags" in given:
        given["tags"] = plain_tags(changes["tags"])
    body = valid_changes(Asset, given)
    if "is_public" in body and body["is_public"] != bool(row.get("is_public")):
        _open_or_close(row, body)
    elif body:
        change_words(asset, body)


def _open_or_close(row: Row, body: dict[str, Any]) -> None:
    """Move all files of the asset, then record it; when that fails, what was moved is moved back."""
    private = not body["is_public"]
    moved: dict[Spot, StoredFile] = {}
    try:
        shared = named_spots(list(files_of(row)), besides=row["_id"])
        for file in files_of(row):
            spot = spot_of(file)
            if spot in moved:
                continue
            if spot in shared:
                moved[spot] = _copied(file, private=private)
            else:
                moved[spot] = store_of(file.backend).set_private(file, private=private)
        change_as_read(row, body | with_files(row, moved))
    except StoryCoreError:
        for spot, file in moved.items():
            if spot_of(file) == spot:
                with suppress(StoryCoreError):
                    store_of(file.backend).set_private(file, private=not private)
        discard(file for spot, file in moved.items() if spot_of(file) != spot)
        raise
    # What is at another place now is removed here, unless another asset names it.
    discard(file for file in files_of(row) if spot_of(moved[spot_of(file)]) != spot_of(file))


def _copied(file: StoredFile, *, private: bool) -> StoredFile:
    """A copy for this asset alone: the file itself stays as open as the other assets need it."""
    place = PurePosixPath(file.key)
    key = str(place.with_name(uuid.uuid4().hex + place.suffix))
    store = store_of(file.backend)
    with store.open(file) as source:
        return store.save(key, source, mime_type_of(key), private=private)
