"""What must a place for files be able to do, and how is a file in it remembered?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, BinaryIO, ClassVar, Protocol, Self, runtime_checkable

from django.core.exceptions import ImproperlyConfigured

# Keys are made by the server: {type}/{uuid}{extension}.
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*(?:\.[a-z0-9]{1,8})?")
MAX_KEY_CHARACTERS = 200
# A bucket may hold what is not ours. Only names that this server gives are ever removed unasked.
OUR_NAME = re.compile(r"(?:image|sound|video|incoming)/[0-9a-f]{24,64}(?:-\d{1,5})?\.[a-z0-9]{1,8}")
PAGE_FILES = 500


@dataclass(frozen=True)
class StoredFile:
    """What a document keeps of a stored file: enough to read, address and delete it for ever.

    `extra` is the store's own: Cloudinary cannot delete by address, so its ids lie there.
    """

    key: str
    backend: str
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def as_record(self) -> dict[str, Any]:
        """Plain values for a document."""
        return {"key": self.key, "backend": self.backend, "extra": dict(self.extra)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The file that a document remembers."""
        return cls(record["key"], record["backend"], dict(record.get("extra") or {}))


@dataclass(frozen=True)
class FoundFile:
    """One file of a listing; `size` in bytes."""

    file: StoredFile
    size: int
    modified_at: datetime


@dataclass(frozen=True)
class FilePage:
    """Some files, and where to go on; a page may be empty though a cursor leads on."""

    files: tuple[FoundFile, ...]
    cursor: str | None


@dataclass(frozen=True)
class DirectUpload:
    """What a client needs to send one file straight to the store: a form to post, until then."""

    file: StoredFile
    url: str
    fields: Mapping[str, str]
    expires_at: datetime


class AssetStore(Protocol):
    """A place for files.

    Every method raises StorageUnavailable when the place does not do what was asked, `open` and
    `size` StoredFileMissing when there is no such file. A `save` that raised has left nothing that
    can be seen; the sweep finds what it may have left behind.
    """

    name: ClassVar[str]

    def save(
        self, key: str, file: BinaryIO, content_type: str, *, private: bool = False
    ) -> StoredFile:
        """Store a file, read from its start in pieces and left open; the same key again replaces."""
        ...

    def open(self, stored: StoredFile) -> BinaryIO:
        """The bytes, from their start; the caller closes."""
        ...

    def delete(self, stored: StoredFile) -> None:
        """Remove a file; that it is gone already is no error."""
        ...

    def exists(self, stored: StoredFile) -> bool:
        """True when the file is there."""
        ...

    def size(self, stored: StoredFile) -> int:
        """The file's size in bytes."""
        ...

    def list(
        self, prefix: str = "", *, cursor: str | None = None, limit: int = PAGE_FILES
    ) -> FilePage:
        """Up to `limit` files whose keys begin with `prefix`, from `cursor` on."""
        ...

    def url(self, stored: StoredFile, *, private: bool = False, filename: str | None = None) -> str:
        """Where a browser gets the file; signed when it is private, a download when named."""
        ...

    def set_private(self, stored: StoredFile, *, private: bool) -> StoredFile:
        """Close or open a file to the public; returns what to remember from now on.

        When that names another place, the file is still at the old one too: the caller removes it once it
        is recorded nowhere.
        """
        ...

    def discard_unfinished(self, before: datetime, *, dry_run: bool = False) -> int:
        """Remove the remains of our writes that were begun before then and never ended; how many.

        A dry run only counts them.
        """
        ...


@runtime_checkable
class DirectUploads(Protocol):
    """A store that takes files straight from clients, when `direct_uploads` is on."""

    @property
    def direct_uploads(self) -> bool: ...

    def direct_upload(self, key: str, content_type: str, *, max_bytes: int) -> DirectUpload:
        """A form that stores one file of this type and at most this size under this key."""
        ...


def every_file(store: AssetStore, prefix: str = "") -> Iterator[FoundFile]:
    """All files of a store, page after page."""
    page = store.list(prefix)
    yield from page.files
    while page.cursor is not None:
        page = store.list(prefix, cursor=page.cursor)
        yield from page.files


def require_key(key: str) -> str:
    """The key, when it is one that our own code makes; ValueError when not."""
    if len(key) > MAX_KEY_CHARACTERS or not KEY.fullmatch(key):
        raise ValueError(
            f"{key!r} is no storage key: lower case, digits, -, _, / and an extension."
        )
    return key


def checked_options(kind: type[Any], name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options for a store's dataclass; ImproperlyConfigured names the valid ones when wrong."""
    known = {item.name: item for item in fields(kind) if item.init}
    required = {n for n, item in known.items() if _is_required(item)}
    unknown = sorted(set(options) - set(known))
    missing = sorted(n for n in required if options.get(n) in (None, ""))
    if unknown or missing:
        complaints = [f"unknown: {', '.join(unknown)}"] if unknown else []
        complaints += [f"missing: {', '.join(missing)}"] if missing else []
        valid = ", ".join(f"{n} (required)" if n in required else n for n in known)
        raise ImproperlyConfigured(
            f"Options of storage {name!r}: {'; '.join(complaints)}. Valid are {valid}."
        )
    return dict(options)


def _is_required(item: Any) -> bool:
    return item.default is MISSING and item.default_factory is MISSING
