"""Which stored files do records name, and how does a record come to name others?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from bson import ObjectId

from assets.documents import Asset
from assets.media.formats import FORMATS
from assets.storage.base import StoredFile
from storycore.mongo.reading import Row, find_where

PRESENT_PLACES = ("file.key", "metadata.thumbnails.file.key")
VERSION_PLACES = ("versions.file.key", "versions.metadata.thumbnails.file.key")
FILE_PLACES = (*PRESENT_PLACES, *VERSION_PLACES)
"""Where the record of an asset names stored files: now, and in its earlier versions."""

FILE_FIELDS = ("file", "metadata.thumbnails", "versions")
"""What of a record has to be read to know its files."""

# Videos are made here and never uploaded, so no format of uploads has them.
_MEDIA_TYPES = {form.extension: form.mime_type for form in FORMATS} | {".mp4": "video/mp4"}

Spot = tuple[str, str]
"""A place in the stores: backend and key. The same key in two stores is two files."""


def spot_of(file: StoredFile) -> Spot:
    """Where the file lies."""
    return file.backend, file.key


def files_of(row: Row) -> Iterator[StoredFile]:
    """Every stored file of an asset: its bytes, its previews, and those of its earlier versions."""
    for one in [row, *(row.get("versions") or [])]:
        yield from files_of_take(one)


def files_of_take(take: Mapping[str, Any]) -> Iterator[StoredFile]:
    """The stored files of one take: an asset's present one, or one of its earlier versions."""
    if take.get("file"):
        yield StoredFile.from_record(take["file"])
    for preview in (take.get("metadata") or {}).get("thumbnails") or []:
        yield StoredFile.from_record(preview["file"])


def named_spots(files: Collection[StoredFile], *, besides: ObjectId | None = None) -> set[Spot]:
    """Where records (other than the one with the id `besides`) name any of these files. One command."""
    keys = list({file.key for file in files})
    if not keys:
        return set()
    where: dict[str, Any] = {"$or": [{place: {"$in": keys}} for place in FILE_PLACES]}
    if besides is not None:
        where["_id"] = {"$ne": besides}
    rows = find_where(Asset, where, FILE_FIELDS, sort=(("_id", 1),), limit=None)
    return {spot_of(file) for row in rows for file in files_of(row)}


def unnamed_files(
    files: Iterable[StoredFile], *, besides: ObjectId | None = None
) -> list[StoredFile]:
    """Those of the files that no record (other than `besides`) names, each once."""
    distinct = {spot_of(file): file for file in files}
    named = named_spots(distinct.values(), besides=besides)
    return [file for spot, file in distinct.items() if spot not in named]


def with_files(row: Row, changed: Mapping[Spot, StoredFile]) -> dict[str, Any]:
    """The `$set` body that makes an asset name other files in the place of those in `changed`."""
    body = _changed_take(row, changed)
    changes: dict[str, Any] = {"file": body["file"]} if row.get("file") else {}
    if (row.get("metadata") or {}).get("thumbnails"):
        changes["metadata.thumbnails"] = body["metadata"]["thumbnails"]
    if row.get("versions"):
        changes["versions"] = [_changed_take(one, changed) for one in row["versions"]]
    return changes


def mime_type_of(key: str) -> str:
    """The media type of a stored file, which its key's extension tells: keys are made by the server."""
    return _MEDIA_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")


def _changed_take(take: Mapping[str, Any], changed: Mapping[Spot, StoredFile]) -> dict[str, Any]:
    body = dict(take)
    if take.get("file"):
        body["file"] = _changed(take["file"], changed)
    metadata = take.get("metadata") or {}
    if metadata.get("thumbnails"):
        previews = [
            one | {"file": _changed(one["file"], changed)} for one in metadata["thumbnails"]
        ]
        body["metadata"] = {**metadata, "thumbnails": previews}
    return body


def _changed(record: Mapping[str, Any], changed: Mapping[Spot, StoredFile]) -> dict[str, Any]:
    file = changed.get((record["backend"], record["key"]))
    return dict(record) if file is None else file.as_record()
