"""How does a file become an asset? Checked, stored, recorded; a failure leaves nothing that can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.documents import TYPES, Asset
from assets.media.facts import CheckedMedia, DeclaredFile
from assets.media.inspection import inspect
from assets.services.filing import plain_folder, plain_tags
from assets.services.storing import Kept, media_limits, place_media
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.mongo.documents import valid_new
from storycore.mongo.reading import Row
from storycore.mongo.writing import insert


@dataclass(frozen=True, slots=True)
class NewAsset:
    """What the sender says of an upload; `name` is what people see, by default the file's own.

    `metadata` says how the file was made; facts read from its bytes win over it. `id` is given when the
    asset's id was promised before.
    """

    type: str
    file_name: str
    mime_type: str | None = None
    name: str | None = None
    is_public: bool = False
    folder: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None
    id: ObjectId | None = None


def upload_asset(actor: Actor, file: Path | BinaryIO, new: NewAsset) -> ObjectId:
    """Check the bytes, store them where the setting says, and record the asset; returns its id.

    The same bytes sent twice by one owner are stored once. Raises Unauthenticated, InvalidInput, a
    MediaRefused of assets.errors with its own code, StorageUnavailable, Conflict when `new.id` is taken.
    """
    owner = require_login(actor)
    require_type(new.type)
    declared = DeclaredFile(new.file_name, new.mime_type, new.type)  # type: ignore[arg-type]
    with inspect(file, declared, media_limits()) as media:
        # Everything that can be refused is refused before a byte is stored.
        body = _record(owner, media, new)

        def record(kept: Kept, session: ClientSession) -> None:
            insert(Asset, body | kept.fields(body["metadata"]), session)

        place_media(owner, media, record, is_public=new.is_public)
    return ObjectId(body["_id"])


def require_type(type_: str) -> None:
    """Refuse a type that is none; the bytes of a video are refused later. Raises InvalidInput."""
    if type_ not in TYPES:
        raise InvalidInput("type is image or sound.", field="type")


def _record(owner: str, media: CheckedMedia, new: NewAsset) -> Row:
    facts = media.facts
    asset = {
        "type": facts.type,
        "name": (new.name or "").strip() or facts.original_name,
        "metadata": {**(new.metadata or {}), **facts.as_metadata()},
        "folder": plain_folder(new.folder),
        "tags": plain_tags(new.tags),
        "uploaded_by": owner,
        "is_public": new.is_public,
    }
    body = valid_new(Asset, asset)
    return body | {"_id": new.id} if new.id else body
