"""Where do checked bytes go? Into the store of the setting, once for each owner, with a way back on failure."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from pymongo.client_session import ClientSession

from assets.documents import Asset
from assets.media.facts import CheckedMedia, MediaLimits
from assets.queries.addresses import store_of
from assets.queries.files import files_of_take, unnamed_files
from assets.storage.base import StoredFile
from storycore.errors import StoryCoreError, Unavailable
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import held, in_transaction, stored


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a file and its previews lie, as records name them."""

    file: dict[str, Any]
    thumbnails: list[dict[str, Any]]

    def fields(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """The fields of an asset with these facts and files."""
        return {"file": self.file, "metadata": {**metadata, "thumbnails": self.thumbnails}}


Record = Callable[[Kept, ClientSession], None]
"""Writes the record that names the files, within the transaction; it may run again."""


def media_limits() -> MediaLimits:
    """How large files may be, as the settings say."""
    return MediaLimits(
        image_bytes=settings.IMAGE_MAX_BYTES,
        sound_bytes=settings.SOUND_MAX_BYTES,
        pixels=settings.IMAGE_MAX_PIXELS,
        sound_seconds=settings.SOUND_MAX_SECONDS,
    )


def place_media(owner: str, media: CheckedMedia, record: Record, *, is_public: bool) -> None:
    """Store the bytes unless this owner has them, then record them; a refusal leaves nothing behind.

    A file is shared only between assets that are equally open, because closing one must not close the other.
    Raises StorageUnavailable and what `record` raises.
    """
    sha256 = media.facts.sha256
    donor = _donor(owner, sha256, is_public=is_public)
    is_lost = donor is not None and not _is_there(donor)
    if donor is not None and not is_lost:
        known = donor
        if in_transaction(lambda session: _share(known, record, session)):
            return
    kept = store_files(media, uuid.uuid4().hex, private=not is_public)

    def work(session: ClientSession) -> bool:
        # The same bytes may have come twice at once: the second to get here shares after all.
        with held(f"{owner} {sha256}", session):
            first = _donor(owner, sha256, is_public=is_public, session=session)
            if first is not None and not is_lost and _share(first, record, session):
                return False
            record(kept, session)
            return True

    try:
        is_named = in_transaction(work)
    except StoryCoreError:
        discard(files_of_take(kept.fields({})))
        raise
    if not is_named:
        discard(files_of_take(kept.fields({})))


def store_files(media: CheckedMedia, name: str, *, private: bool) -> Kept:
    """Store the bytes and the previews under keys of this name. When one of them fails, the others are removed.

    Raises StorageUnavailable.
    """
    store = store_of(settings.STORAGE_TYPE)
    saved: list[StoredFile] = []
    try:
        with media.open() as source:
            key = f"{media.facts.type}/{name}{media.facts.extension}"
            saved.append(store.save(key, source, media.facts.mime_type, private=private))
        for one in media.thumbnails:
            key = f"{media.facts.type}/{name}-{one.box}.webp"
            saved.append(store.save(key, io.BytesIO(one.data), one.mime_type, private=private))
    except Unavailable:
        discard(saved)
        raise
    previews = [
        {"box": one.box, "width": one.width, "height": one.height, "file": file.as_record()}
        for one, file in zip(media.thumbnails, saved[1:], strict=True)
    ]
    return Kept(saved[0].as_record(), previews)


def discard(files: Iterable[StoredFile]) -> None:
    """Remove files that no record names (any more); what cannot be removed now is left to the sweep."""
    for file in unnamed_files(files):
        with suppress(Unavailable):
            store_of(file.backend).delete(file)


def _donor(
    owner: str, sha256: str, *, is_public: bool, session: ClientSession | None = None
) -> Row | None:
    """An asset of this owner that has the same bytes in the present store."""
    return find_one(
        Asset,
        {
            "uploaded_by": owner,
            "metadata.sha256": sha256,
            "deleting": {"$ne": True},
            "is_public": is_public,
            "file.backend": settings.STORAGE_TYPE,
        },
        ("file", "metadata.thumbnails"),
        session,
    )


def _is_there(row: Row) -> bool:
    """Whether the store still has the files of an asset."""
    return all(store_of(file.backend).exists(file) for file in files_of_take(row))


def _share(donor: Row, record: Record, session: ClientSession) -> bool:
    """Record the donor's files for one more asset; False when the donor was changed or deleted meanwhile.

    Writing to the donor makes a deletion of it wait for this transaction, or this one see the deletion.
    """
    kept = Kept(donor["file"], donor["metadata"].get("thumbnails") or [])
    answer = stored(Asset).update_one(
        {
            "_id": donor["_id"],
            "deleting": {"$ne": True},
            "file": donor["file"],
        },
        {"$inc": {"revision": 1}},
        session=session,
    )
    if answer.matched_count == 0:
        return False
    record(kept, session)
    return True
