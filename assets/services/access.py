"""Which asset may this actor change or use? The only way from an id to a document's row for writers."""

from __future__ import annotations

from bson import ObjectId

from assets.documents import Asset
from assets.queries.assets import assets_by_id
from storycore.access import Actor, is_owner, require_login, require_owner
from storycore.errors import InvalidReference, NotFound
from storycore.mongo.reading import Row, find_in


def editable_asset(actor: Actor, asset: ObjectId) -> Row:
    """The asset's row, when the actor may change it.

    Raises Unauthenticated, NotFound (also for a private asset of somebody else), Forbidden.
    """
    require_login(actor)
    row = assets_by_id.find(actor, asset, None)
    if row is None:
        raise NotFound("There is no such asset.", field="id")
    require_owner(actor, row.get("uploaded_by"), thing="asset")
    return row


def require_usable_assets(actor: Actor, wanted: dict[str, tuple[ObjectId, str]]) -> None:
    """Check that each asset exists, may be used by the actor and has the asked type, in one command.

    `wanted` maps the name of the input field to (asset id, type). Raises InvalidReference naming the field;
    a private asset of somebody else answers like one that does not exist.
    """
    if not wanted:
        return
    ids = {asset for asset, _ in wanted.values()}
    rows = find_in(Asset, "_id", ids, ("type", "is_public", "uploaded_by", "deleting"))
    usable = {
        row["_id"]: row["type"]
        for row in rows
        if not row.get("deleting")
        and (row.get("is_public") or is_owner(actor, row.get("uploaded_by")))
    }
    for field, (asset, type_) in wanted.items():
        if asset not in usable:
            raise InvalidReference("There is no such asset.", field=field)
        if usable[asset] != type_:
            raise InvalidReference(
                f"This asset is of type {usable[asset]}; here one of type {type_} is needed.",
                field=field,
            )
