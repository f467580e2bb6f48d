"""How does a change reach an asset's record? As read, or not at all; and who holds the asset is told.

Who holds an asset is found in the transaction that changes it, and who takes it up writes to its record: of a
change and a taking up at the same moment one begins again, so that no holder is ever missed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.documents import Asset
from assets.ports import HOLDERS
from storycore.errors import Conflict
from storycore.mongo.documents import now
from storycore.mongo.reading import Row
from storycore.mongo.writing import in_transaction, stored, update


def change_words(asset: ObjectId, body: dict[str, Any]) -> None:
    """Set fields of an asset that lead to no file, whoever else changes it."""

    def work(session: ClientSession) -> None:
        changes = {"$set": body | {"updated_at": now()}, "$inc": {"revision": 1}}
        update(Asset, asset, changes, session)
        tell_holders(asset, session)

    in_transaction(work)


def change_as_read(row: Row, changes: dict[str, Any], session: ClientSession | None = None) -> None:
    """Set fields of an asset that is still as `row` was read, and raise its revision.

    Raises Conflict when it was changed or deleted since.
    """
    if session is None:
        in_transaction(lambda own: change_as_read(row, changes, own))
        return
    answer = stored(Asset).update_one(
        {"_id": row["_id"], "revision": row.get("revision"), "deleting": {"$ne": True}},
        {"$set": changes | {"updated_at": now()}, "$inc": {"revision": 1}},
        session=session,
    )
    if answer.matched_count == 0:
        raise Conflict("This asset was changed by somebody else in between; try again.")
    tell_holders(row["_id"], session)


def tell_holders(asset: ObjectId, session: ClientSession) -> None:
    """Say to all who hold an asset, in the transaction that changes it, that it is not what it was."""
    for holder in HOLDERS:
        holder.asset_changed(asset, session)


def take_up(assets: Collection[ObjectId], session: ClientSession | None) -> None:
    """Note, in the transaction that puts assets into a document of another app, that it holds them now."""
    if assets:
        where = {"_id": {"$in": list(assets)}}
        stored(Asset).update_many(where, {"$inc": {"taken_up": 1}}, session=session)
