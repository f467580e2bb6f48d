"""How does a file become an asset? Checked, stored, recorded; a failure leaves nothing that can be seen."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bson import ObjectId
from django.conf import settings

from assets.documents import TYPES, Asset
from assets.media.facts import CheckedMedia, DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from assets.queries.addresses import store_of
from assets.storage.base import StoredFile
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.mongo.documents import valid_mongo
from storycore.mongo.reading import Row
from storycore.mongo.writing import insert, stored, update


@dataclass(frozen=True, slots=True)
class NewAsset:
    """What the sender says of an upload; `name` is what people see, by default the file's own."""

    type: str
    file_name: str
    mime_type: str | None = None
    name: str | None = None
    is_public: bool = False
    folder: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None


def upload_asset(actor: Actor, file: Path | BinaryIO, new: NewAsset) -> ObjectId:
    """Check the bytes, store them where the setting says, and record the asset; returns its id.

    The same bytes sent twice by one owner are stored once. Raises Unauthenticated, InvalidInput, a
    MediaRefused of assets.errors with its own code, StorageUnavailable.
    """
    owner = require_login(actor)
    if new.type not in TYPES:
        raise InvalidInput(f"type is one of {', '.join(TYPES)}.", field="type")
    declared: Any = DeclaredFile(new.file_name, new.mime_type, new.type)  # type: ignore[arg-type]
    with inspect(file, declared, media_limits()) as media:
        # Everything that can be refused is refused before a byte is stored.
        body = _record(owner, media, new)
        known = _known_files(owner, media.facts.sha256)
        files = known or stored_media(media, private=not new.is_public)
        body["file"] = files["file"]
        body["metadata"]["thumbnails"] = files["thumbnails"]
        key: ObjectId = insert(Asset, body)
        if known and not store_of(known["file"]["backend"]).exists(
            StoredFile.from_record(known["file"])
        ):
            # The asset that had these bytes was deleted before this record said that it needs them too.
            _store_again(key, media, private=not new.is_public)
        return key


def media_limits() -> MediaLimits:
    """How large files may be, as the settings say."""
    return MediaLimits(
        image_bytes=settings.IMAGE_MAX_BYTES,
        sound_bytes=settings.SOUND_MAX_BYTES,
        pixels=settings.IMAGE_MAX_PIXELS,
        sound_seconds=settings.SOUND_MAX_SECONDS,
    )


def stored_media(media: CheckedMedia, *, private: bool) -> dict[str, Any]:
    """Store the bytes and the previews under new keys; returns their records.

    When one of them fails, what was stored before it is removed; what cannot be removed now, the sweep finds.
    """
    store = store_of(settings.STORAGE_TYPE)
    name = uuid.uuid4().hex
    saved: list[StoredFile] = []
    try:
        with media.open() as source:
            key = f"{media.facts.type}/{name}{media.facts.extension}"
            saved.append(store.save(key, source, media.facts.mime_type, private=private))
        for one in media.thumbnails:
            key = f"{media.facts.type}/{name}-{one.box}.webp"
            saved.append(store.save(key, io.BytesIO(one.data), one.mime_type, private=private))
    except Exception:
        for file in saved:
            store.delete(file)
        raise
    previews = [
        {"box": one.box, "width": one.width, "height": one.height, "file": file.as_record()}
        for one, file in zip(media.thumbnails, saved[1:], strict=True)
    ]
    return {"file": saved[0].as_record(), "thumbnails": previews}


def _store_again(asset: ObjectId, media: CheckedMedia, *, private: bool) -> None:
    files = stored_media(media, private=private)
    update(
        Asset,
        asset,
        {"$set": {"file": files["file"], "metadata.thumbnails": files["thumbnails"]}},
    )


def _record(owner: str, media: CheckedMedia, new: NewAsset) -> Row:
    facts = media.facts
    return valid_mongo(
        Asset(
            type=facts.type,
            name=(new.name or "").strip() or facts.original_name[:255],
            metadata={**(new.metadata or {}), **facts.as_metadata()},
            folder=new.folder,
            tags=list(new.tags),
            uploaded_by=owner,
            is_public=new.is_public,
        )
    )


def _known_files(owner: str, sha256: str) -> dict[str, Any] | None:
    """The files of an asset of this owner with the same bytes, in the present store."""
    known = stored(Asset).find_one(
        {
            "uploaded_by": owner,
            "metadata.sha256": sha256,
            "deleting": {"$ne": True},
            "file.backend": settings.STORAGE_TYPE,
        },
        {"file": 1, "metadata.thumbnails": 1},
    )
    if known is None:
        return None
    return {"file": known["file"], "thumbnails": known["metadata"].get("thumbnails") or []}
