"""What are the bytes of an asset? For services that pack them up, never for a browser."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bson import ObjectId

from assets.queries.addresses import store_of
from assets.queries.assets import assets_by_id
from assets.queries.files import mime_type_of
from assets.storage.base import StoredFile
from storycore.access import Actor
from storycore.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class AssetBytes:
    """A stored file as a whole."""

    id: ObjectId
    name: str
    mime_type: str
    content: bytes


def read_assets(actor: Actor, assets: Collection[ObjectId], *, most_bytes: int) -> list[AssetBytes]:
    """The files of those assets that the actor may see, in the order of `assets`.

    Raises InvalidInput when they are larger than `most_bytes` together, StorageUnavailable,
    StoredFileMissing.
    """
    rows = assets_by_id(actor, assets, ("name", "file", "metadata.size"))
    wanted = [rows[key] for key in assets if key in rows and rows[key].get("file")]
    size = sum((row.get("metadata") or {}).get("size") or 0 for row in wanted)
    if size > most_bytes:
        raise InvalidInput(
            f"The pictures and sounds have {size} bytes; at most {most_bytes} are packed up.",
            field="id",
        )
    return [_read(row["_id"], row["name"], row["file"]) for row in wanted]


def copy_asset(actor: Actor, asset: ObjectId, folder: Path, *, type_: str, most_bytes: int) -> Path:
    """Copy the file of an asset that the actor may see into a folder; returns where it is.

    Raises NotFound, InvalidInput for another type and for one larger than `most_bytes`, StorageUnavailable,
    StoredFileMissing.
    """
    row = assets_by_id.find(actor, asset, ("name", "type", "file", "metadata.size"))
    if row is None or not row.get("file") or row["type"] != type_:
        raise NotFound(f"There is no such {type_}.", field=type_)
    if ((row.get("metadata") or {}).get("size") or 0) > most_bytes:
        raise InvalidInput(f"{row['name']} is too large to be worked on.", field=type_)
    file = StoredFile.from_record(row["file"])
    path = folder / f"{asset}{PurePosixPath(file.key).suffix}"
    with store_of(file.backend).open(file) as opened, path.open("wb") as copy:
        shutil.copyfileobj(opened, copy)
    return path


def _read(key: ObjectId, name: str, record: dict[str, str]) -> AssetBytes:
    file = StoredFile.from_record(record)
    with store_of(file.backend).open(file) as opened:
        return AssetBytes(key, name, mime_type_of(file.key), opened.read())
