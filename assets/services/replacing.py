"""How does an asset get other bytes under the same id? The earlier ones stay as versions and can come back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.documents import VERSIONS_MAX, Asset
from assets.media.facts import DeclaredFile
from assets.media.inspection import inspect
from assets.queries.files import files_of_take
from assets.services.access import editable_asset
from assets.services.changing import change_as_read
from assets.services.storing import Kept, discard, media_limits, place_media
from storycore.access import Actor
from storycore.errors import NotFound
from storycore.mongo.documents import now, valid_changes
from storycore.mongo.reading import Row

Version = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewFile:
    """What the sender says of the bytes; `metadata` tells how they were made."""

    file_name: str
    mime_type: str | None = None
    metadata: dict[str, Any] | None = None


def replace_file(actor: Actor, asset: ObjectId, file: Path | BinaryIO, new: NewFile) -> bool:
    """Give an asset other bytes of the same type; what it had becomes its newest version.

    An asset keeps VERSIONS_MAX versions, the oldest goes first. False when it has these very bytes already.
    Raises Unauthenticated, NotFound, Forbidden, a MediaRefused, StorageUnavailable, Conflict.
    """
    row = editable_asset(actor, asset)
    declared = DeclaredFile(new.file_name, new.mime_type, row["type"])
    with inspect(file, declared, media_limits()) as media:
        if media.facts.sha256 == (row.get("metadata") or {}).get("sha256"):
            return False
        facts = {**(new.metadata or {}), **media.facts.as_metadata()}
        metadata = valid_changes(Asset, {"metadata": facts})["metadata"]
        versions = [*(row.get("versions") or []), *_as_version(row)]

        def record(kept: Kept, session: ClientSession) -> None:
            changes = kept.fields(metadata) | {"versions": versions[-VERSIONS_MAX:]}
            change_as_read(row, changes, session)

        place_media(row["uploaded_by"], media, record, is_public=bool(row.get("is_public")))
    discard(file for gone in versions[:-VERSIONS_MAX] for file in files_of_take(gone))
    return True


def restore_version(actor: Actor, asset: ObjectId, version: str) -> None:
    """Make an earlier version the asset's file again; the present one becomes its newest version.

    Raises Unauthenticated, NotFound for an unknown version too, Forbidden, Conflict.
    """
    row = editable_asset(actor, asset)
    versions: list[Version] = row.get("versions") or []
    wanted = next((one for one in versions if one.get("id") == version), None)
    if wanted is None:
        raise NotFound("This asset has no such version.", field="version")
    others = [one for one in versions if one is not wanted]
    changes = {
        "file": wanted["file"],
        "metadata": wanted["metadata"],
        "versions": [*others, *_as_version(row)],
    }
    change_as_read(row, changes)


def _as_version(row: Row) -> list[Version]:
    """What an asset has now, as the version to be; nothing when it never had a file."""
    if not row.get("file"):
        return []
    return [
        {
            "id": uuid.uuid4().hex,
            "file": row["file"],
            "metadata": row.get("metadata") or {},
            "replaced_at": now().isoformat(),
        }
    ]
