"""How are the words about an asset changed? Its name, its folder, its tags, and who may see it."""

from __future__ import annotations

from typing import TypedDict

from bson import ObjectId

from assets.documents import Asset
from assets.queries.addresses import store_of
from assets.services.access import editable_asset
from assets.storage.base import StoredFile
from storycore.access import Actor
from storycore.mongo.documents import now, valid_changes
from storycore.mongo.reading import Row
from storycore.mongo.writing import update


class AssetChanges(TypedDict, total=False):
    """What may be given; an absent key leaves the field as it is, None clears it."""

    name: str | None
    folder: str | None
    tags: list[str] | None
    is_public: bool | None


def update_asset(actor: Actor, asset: ObjectId, changes: AssetChanges) -> None:
    """Change an asset's words. Closing or opening it to the public reaches the store before the record.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, StorageUnavailable.
    """
    row = editable_asset(actor, asset)
    given = {
        name: value
        for name, value in changes.items()
        if not (name == "is_public" and value is None)
    }
    body = valid_changes(Asset, given)
    if "is_public" in body and body["is_public"] != bool(row.get("is_public")):
        body |= _moved(row, private=not body["is_public"])
    if body:
        update(Asset, asset, {"$set": body | {"updated_at": now()}, "$inc": {"revision": 1}})


def _moved(row: Row, *, private: bool) -> dict[str, object]:
    if not row.get("file"):
        return {}
    stored = StoredFile.from_record(row["file"])
    moved = store_of(stored.backend).set_private(stored, private=private)
    return {"file": moved.as_record()}
