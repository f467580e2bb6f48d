"""Which earlier files does an asset keep? For its owner and admins; others see none."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId

from assets.documents import Asset
from storycore.access import Actor
from storycore.mongo.reading import Fields, Row, find_in


def versions_by_asset(
    actor: Actor, assets: Collection[ObjectId], _fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The versions of each asset that the actor owns, newest first. One command."""
    found: dict[ObjectId, list[Row]] = {asset: [] for asset in assets}
    if actor.user_id is None:
        return found
    own = None if actor.is_admin else {"uploaded_by": actor.user_id}
    for row in find_in(Asset, "_id", assets, ("versions",), where=own):
        # Their addresses are signed whoever may see the asset: a take that was put away is nobody else's.
        takes = [take | {"is_public": False} for take in row.get("versions") or []]
        found[row["_id"]] = takes[::-1]
    return found
