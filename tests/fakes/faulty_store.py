"""A store that dies before, during or after a write, around a real one."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from assets.errors import StorageUnavailable
from assets.storage.base import AssetStore, FilePage, StoredFile

FAULTS = ("before", "during", "after")


class HalfReadable(io.BytesIO):
    """A file whose second half cannot be read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._half = len(content) // 2

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self._half or size is None or size < 0:
            raise OSError("input/output error")
        return super().read(min(size, self._half))


@dataclass
class FaultyStore:
    """Passes everything on to `store`; every write and removal meets `fault` while it is set.

    The first `spared` writes are let through. A dataclass, so that it can stand in the table of stores.
    """

    store: AssetStore
    fault: str = ""
    spared: int = 0
    faults_met: int = field(default=0, init=False)

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.store.name

    def save(
        self, key: str, file: BinaryIO, content_type: str, *, private: bool = False
    ) -> StoredFile:
        if self.spared:
            self.spared -= 1
            return self.store.save(key, file, content_type, private=private)
        if self.fault == "during":
            self.faults_met += 1
            file.seek(0)
            file = HalfReadable(file.read())
        self._fail_if("before")
        stored = self.store.save(key, file, content_type, private=private)
        self._fail_if("after")
        return stored

    def delete(self, stored: StoredFile) -> None:
        self._fail_if("before")
        self.store.delete(stored)
        self._fail_if("after")

    def open(self, stored: StoredFile) -> BinaryIO:
        return self.store.open(stored)

    def exists(self, stored: StoredFile) -> bool:
        return self.store.exists(stored)

    def size(self, stored: StoredFile) -> int:
        return self.store.size(stored)

    def list(self, prefix: str = "", *, cursor: str | None = None, limit: int = 500) -> FilePage:
        return self.store.list(prefix, cursor=cursor, limit=limit)

    def url(self, stored: StoredFile, *, private: bool = False, filename: str | None = None) -> str:
        return self.store.url(stored, private=private, filename=filename)

    def set_private(self, stored: StoredFile, *, private: bool) -> StoredFile:
        return self.store.set_private(stored, private=private)

    def discard_unfinished(self, before: datetime, *, dry_run: bool = False) -> int:
        return self.store.discard_unfinished(before, dry_run=dry_run)

    def _fail_if(self, fault: str) -> None:
        if self.fault == fault:
            self.faults_met += 1
            raise StorageUnavailable("The file storage cannot be used now.")
