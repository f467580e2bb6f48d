"""How are files kept in a folder of this machine?"""

from __future__ import annotations

import heapq
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast
from urllib.parse import urlencode

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.encoding import filepath_to_uri

from assets.errors import StorageUnavailable, StoredFileMissing
from assets.storage.base import PAGE_FILES, FilePage, FoundFile, StoredFile, require_key

# Beside the files, so that a rename never crosses file systems; no key can begin with a dot.
UNFINISHED = ".unfinished"
SALT = "assets.storage.local"


class DurableFiles(FileSystemStorage):
    """Django's file storage, but a file is whole and on disk or not there at all."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        unfinished = Path(self.path(UNFINISHED)) / uuid.uuid4().hex
        for folder in (path.parent, unfinished.parent):
            folder.mkdir(mode=self.directory_permissions_mode, parents=True, exist_ok=True)
        try:
            with unfinished.open("xb") as target:
                target.writelines(content.chunks())
                target.flush()
                os.fsync(target.fileno())
            unfinished.chmod(self.file_permissions_mode)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return name


@dataclass(frozen=True)
class LocalStore:
    """Files under `root`, served at `base_url`; links to private ones hold `url_seconds`."""

    name: ClassVar[str] = "local"

    root: str | Path
    base_url: str = "/media/"
    url_seconds: int = 3600

    @cached_property
    def files(self) -> DurableFiles:
        """The Django storage beneath."""
        return DurableFiles(
            location=self.root,
            base_url=self.base_url,
            file_permissions_mode=0o644,
            directory_permissions_mode=0o755,
        )

    def save(
        self,
        key: str,
        file: BinaryIO,
        content_type: str,  # noqa: ARG002 - the extension says it
        *,
        private: bool = False,  # noqa: ARG002 - the view that serves it asks
    ) -> StoredFile:
        """Write to a file of its own, flush it to disk, then give it its name."""
        with _failures():
            self.files.save(require_key(key), File(file))
        return StoredFile(key, self.name)

    def open(self, stored: StoredFile) -> BinaryIO:
        """The file itself."""
        with _failures():
            return cast("BinaryIO", self.files.open(stored.key, "rb").file)

    def delete(self, stored: StoredFile) -> None:
        """Remove the file; folders stay."""
        with _failures():
            self.files.delete(stored.key)

    def exists(self, stored: StoredFile) -> bool:
        """True when the file is there."""
        return bool(self.files.exists(stored.key))

    def size(self, stored: StoredFile) -> int:
        """The file's size in bytes."""
        with _failures():
            return int(self.files.size(stored.key))

    def list(
        self, prefix: str = "", *, cursor: str | None = None, limit: int = PAGE_FILES
    ) -> FilePage:
        """Files in the order of their keys; the cursor is the last key seen."""
        with _failures():
            following = (
                key for key in self._keys(prefix) if key.startswith(prefix) and key > (cursor or "")
            )
            keys = heapq.nsmallest(limit + 1, following)
            found = [self._found(key) for key in keys[:limit]]
        more = keys[limit - 1] if len(keys) > limit else None
        return FilePage(tuple(item for item in found if item), more)

    def url(self, stored: StoredFile, *, private: bool = False, filename: str | None = None) -> str:
        """An address below `base_url`; `token` and `download` are for the view that serves it."""
        query = {"token": self._token(stored.key)} if private else {}
        query |= {"download": filename} if filename else {}
        address = self.base_url + filepath_to_uri(stored.key)
        return f"{address}?{urlencode(query)}" if query else address

    def set_private(self, stored: StoredFile, *, private: bool) -> StoredFile:  # noqa: ARG002
        """Nothing to change: the view that serves the file asks whose it is."""
        return stored

    def discard_unfinished(self, before: datetime, *, dry_run: bool = False) -> int:
        """Remove what a killed process was writing."""
        removed = 0
        with _failures(), suppress(FileNotFoundError):
            for path in Path(self.files.path(UNFINISHED)).iterdir():
                if path.stat().st_mtime < before.timestamp():
                    removed += 1
                    if not dry_run:
                        path.unlink(missing_ok=True)
        return removed

    def is_valid_token(self, key: str, token: str) -> bool:
        """True when `token` was made by `url` for this key and is not too old."""
        try:
            signing.TimestampSigner(salt=SALT).unsign(f"{key}:{token}", max_age=self.url_seconds)
        except signing.BadSignature:
            return False
        return True

    def _token(self, key: str) -> str:
        return str(signing.TimestampSigner(salt=SALT).sign(key)).removeprefix(f"{key}:")

    def _keys(self, prefix: str) -> Iterator[str]:
        root = Path(self.files.location)
        start = root / prefix.rpartition("/")[0]
        for folder, subfolders, names in os.walk(start):
            if UNFINISHED in subfolders:
                subfolders.remove(UNFINISHED)
            inside = Path(folder).relative_to(root)
            yield from ((inside / name).as_posix() for name in names)

    def _found(self, key: str) -> FoundFile | None:
        try:
            status = Path(self.files.path(key)).stat()
        except FileNotFoundError:
            return None  # Deleted since it was listed.
        modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
        return FoundFile(StoredFile(key, self.name), status.st_size, modified_at)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise StoredFileMissing("There is no such file.") from error
    except OSError as error:
        raise StorageUnavailable("The file storage cannot be used now.") from error


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a loss of power, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
