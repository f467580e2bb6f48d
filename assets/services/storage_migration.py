"""How do all files move from one store to another while the server runs? Asset by asset, each file verified."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from bson import ObjectId
from django.conf import settings

from assets.documents import Asset
from assets.queries.addresses import store_of
from assets.queries.files import (
    FILE_PLACES,
    Spot,
    files_of,
    mime_type_of,
    spot_of,
    with_files,
)
from assets.services.changing import change_as_read
from assets.services.storing import discard
from assets.storage.base import StoredFile
from storycore.errors import Conflict, InvalidInput, StoryCoreError
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import stored

_BLOCK = 1 << 20
# A rename or a new take may come in between; the asset is then read and moved once more.
_TRIES = 3


@dataclass
class Migration:
    """How far it has come: of `total` assets, `moved` ones, `files` and `size` in bytes, and what failed."""

    total: int
    moved: int = 0
    files: int = 0
    size: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many assets were looked at."""
        return self.moved + len(self.failed)


Progress = Callable[[Migration], None]


def migrate_storage(source: str, target: str, progress: Progress) -> Migration:
    """Move every file of `source` to `target`, then name it there, then remove it here.

    It may be stopped at any point and run again: what moved is not looked at twice, and a half-written file
    is written again. An asset whose bytes are not those of its record, or that cannot be read or stored, is
    left where it is and reported. `progress` is called after each asset. Raises InvalidInput.
    """
    _require_stores(source, target)
    where = {"$or": [{place.replace(".key", ".backend"): source} for place in FILE_PLACES]}
    assets = stored(Asset)
    state = Migration(total=assets.count_documents(where))
    last: ObjectId | None = None
    while row := next(
        assets.find(where | ({"_id": {"$gt": last}} if last else {}), {"_id": 1})
        .sort("_id", 1)
        .limit(1),
        None,
    ):
        last = row["_id"]
        try:
            _move_asset(row["_id"], source, target, state)
        except StoryCoreError as problem:
            state.failed.append((str(last), problem.message))
        progress(state)
    return state


def _require_stores(source: str, target: str) -> None:
    for name in (source, target):
        if name not in settings.ASSET_STORES:
            known = ", ".join(settings.ASSET_STORES)
            raise InvalidInput(f"There is no store {name!r} in the settings; there are: {known}.")
    if source == target:
        raise InvalidInput("Both stores are the same.")


def _move_asset(asset: ObjectId, source: str, target: str, state: Migration) -> None:
    for attempt in range(1, _TRIES + 1):
        row = find_one(Asset, {"_id": asset, "deleting": {"$ne": True}}, None)
        if row is None:
            return  # Deleted meanwhile, or to be finished by the sweep.
        try:
            size = _move_files(row, source, target)
        except Conflict:
            if attempt == _TRIES:
                raise
        else:
            state.moved += 1
            state.files += size[0]
            state.size += size[1]
            return


def _move_files(row: Row, source: str, target: str) -> tuple[int, int]:
    """Move the files of one asset; how many they were and how many bytes."""
    hashes = _known_hashes(row)
    wanted = {spot_of(file): file for file in files_of(row) if file.backend == source}
    moved: dict[Spot, StoredFile] = {}
    size = 0
    try:
        for spot, file in wanted.items():
            moved[spot], length = _copied(row, file, target, hashes.get(file.key))
            size += length
        change_as_read(row, with_files(row, moved))
    except StoryCoreError:
        discard(moved.values())
        raise
    discard(wanted.values())
    return len(moved), size


def _copied(row: Row, file: StoredFile, target: str, sha256: str | None) -> tuple[StoredFile, int]:
    """A verified copy under the same key, and its size. Raises StoredFileMissing, InvalidInput."""
    with store_of(file.backend).open(file) as opened:
        digest, length = _digest(opened)
        if sha256 is not None and digest != sha256:
            raise InvalidInput(f"The bytes of {file.key} are not those of its record.")
        opened.seek(0)
        copy = store_of(target).save(
            file.key, opened, mime_type_of(file.key), private=not row.get("is_public")
        )
    with store_of(target).open(copy) as written:
        if _digest(written) != (digest, length):
            raise InvalidInput(f"The copy of {file.key} is not what was sent.")
    return copy, length


def _digest(file: BinaryIO) -> tuple[str, int]:
    total, length = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        total.update(block)
        length += len(block)
    return total.hexdigest(), length


def _known_hashes(row: Row) -> dict[str, str]:
    """What the facts say of the main files; previews have no hash in the record."""
    takes: list[dict[str, Any]] = [row, *(row.get("versions") or [])]
    return {
        take["file"]["key"]: take["metadata"]["sha256"]
        for take in takes
        if take.get("file") and (take.get("metadata") or {}).get("sha256")
    }
