"""How is an asset removed without a trace, and without pulling it from under a story?"""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.documents import Asset
from assets.errors import AssetInUse
from assets.ports import HOLDERS, Usage
from assets.queries.addresses import store_of
from assets.queries.files import files_of, unnamed_files
from assets.services.access import editable_asset
from assets.services.changing import tell_holders
from storycore.access import Actor
from storycore.errors import Unavailable
from storycore.mongo.documents import now
from storycore.mongo.reading import find_one
from storycore.mongo.writing import in_transaction, stored


@dataclass(frozen=True, slots=True)
class DeletedAsset:
    """What went with an asset; `is_file_gone` is False when the sweep must try its file again."""

    cleared_references: int
    is_file_gone: bool


def delete_asset(actor: Actor, asset: ObjectId, *, force: bool = False) -> DeletedAsset:
    """Remove an asset: marked first, then its file, then its record, so that no step can lose track of a file.

    Raises Unauthenticated, NotFound, Forbidden, and AssetInUse with the places the actor may know, unless
    `force`, which clears every reference in the same transaction as the mark.
    """
    row = editable_asset(actor, asset)
    # Who follows assets learns of the mark when the record may be gone: it says itself who may know.
    mark = {
        "deleting": True,
        "marked": {name: row.get(name) for name in ("uploaded_by", "is_public")},
    }
    used = any(holder.used_ids([asset]) for holder in HOLDERS)
    if used and not force:
        raise AssetInUse([_plain(usage) for usage in usages_of(actor, asset)])

    def work(session: ClientSession) -> int:
        stored(Asset).update_one(
            {"_id": asset},
            {"$set": {**mark, "updated_at": now()}, "$inc": {"revision": 1}},
            session=session,
        )
        tell_holders(asset, session)
        return sum(holder.let_go(asset, session) for holder in HOLDERS)

    cleared = in_transaction(work)
    try:
        finish_deletion(asset)
    except Unavailable:
        # The mark is durable: the sweep removes the file and the record later.
        return DeletedAsset(cleared, is_file_gone=False)
    return DeletedAsset(cleared, is_file_gone=True)


def finish_deletion(asset: ObjectId) -> None:
    """Remove the files of a marked asset that nothing else uses, then its record. Running it again is harmless.

    Raises StorageUnavailable when a file could not be removed; the record then stays marked.
    """
    row = find_one(Asset, {"_id": asset, "deleting": True}, None)
    if row is None:
        return
    for file in unnamed_files(files_of(row), besides=asset):
        store_of(file.backend).delete(file)

    def work(session: ClientSession) -> None:
        # A scene that was saved while the mark was set may refer to it again.
        for holder in HOLDERS:
            holder.let_go(asset, session)
        stored(Asset).delete_one({"_id": asset, "deleting": True}, session=session)

    in_transaction(work)


def usages_of(actor: Actor | None, asset: ObjectId) -> list[Usage]:
    """Where an asset is used, as far as the actor may know (None: everywhere)."""
    return [usage for holder in HOLDERS for usage in holder.usages(actor, [asset]).get(asset, [])]


def _plain(usage: Usage) -> dict[str, str]:
    place = {
        "sceneId": usage.scene_id,
        "sceneTitle": usage.scene_title,
        "scenarioId": usage.scenario_id,
        "projectId": usage.project_id,
        "projectTitle": usage.project_title,
        "field": usage.field,
    }
    return {name: str(value) for name, value in place.items() if value is not None}
