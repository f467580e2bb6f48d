"""Where are assets used? Asked of every app that holds some, as far as the actor may know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from bson import ObjectId

from assets.ports import HOLDERS
from storycore.access import Actor
from storycore.mongo.reading import Fields, Row


def usages_by_asset(
    actor: Actor, assets: Collection[ObjectId], _fields: Fields
) -> dict[ObjectId, list[Row]]:
    """The places that use each asset. A fixed number of commands however many assets."""
    found: dict[ObjectId, list[Row]] = {asset: [] for asset in assets}
    for holder in HOLDERS:
        for asset, usages in holder.usages(actor, assets).items():
            found[asset].extend(asdict(usage) for usage in usages)
    return found
