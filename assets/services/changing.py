"""What when two change one asset at once? The second is told; nobody writes over what they did not read."""

from __future__ import annotations

from typing import Any

from pymongo.client_session import ClientSession

from assets.documents import Asset
from storycore.errors import Conflict
from storycore.mongo.documents import now
from storycore.mongo.reading import Row
from storycore.mongo.writing import stored


def change_as_read(row: Row, changes: dict[str, Any], session: ClientSession | None = None) -> None:
    """Set fields of an asset that is still as `row` was read, and raise its revision.

    Raises Conflict when it was changed or deleted since.
    """
    answer = stored(Asset).update_one(
        {"_id": row["_id"], "revision": row.get("revision"), "deleting": {"$ne": True}},
        {"$set": changes | {"updated_at": now()}, "$inc": {"revision": 1}},
        session=session,
    )
    if answer.matched_count == 0:
        raise Conflict("This asset was changed by somebody else in between; try again.")
