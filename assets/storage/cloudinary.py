"""How are files kept at Cloudinary?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import PurePath
from typing import Any, BinaryIO, ClassVar

import cloudinary.api
import cloudinary.uploader
from django.core.files.base import File

from assets.storage.base import PAGE_FILES, FilePage, FoundFile, StoredFile, require_key
from assets.storage.cloudinary_files import (
    IMAGE,
    PUBLIC,
    RAW,
    SIGNED,
    VIDEO,
    CloudinaryFiles,
    Reference,
    failures,
)

# Every place a file of ours can lie in; a listing goes through them one after another.
SHELVES = tuple((kind, access) for kind in (IMAGE, VIDEO, RAW) for access in (PUBLIC, SIGNED))
MAX_PAGE_FILES = 500
NOT_IN_FLAGS = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class CloudinaryStore:
    """Files of one Cloudinary account below `folder`.

    Private files are of type `authenticated`: only signed addresses deliver them. `api_url` and
    `delivery_host` are for accounts with addresses of their own.
    """

    name: ClassVar[str] = "cloudinary"

    cloud_name: str
    api_key: str
    api_secret: str = field(repr=False)
    folder: str = ""
    api_url: str = "https://api.cloudinary.com"
    delivery_host: str = ""
    signature_algorithm: str = "sha1"
    timeout_seconds: int = 60

    @cached_property
    def files(self) -> CloudinaryFiles:
        """The Django storage beneath."""
        account: dict[str, Any] = {
            "cloud_name": self.cloud_name,
            "api_key": self.api_key,
            "api_secret": self.api_secret,
            "upload_prefix": self.api_url,
            "signature_algorithm": self.signature_algorithm,
            "timeout": self.timeout_seconds,
            "oauth_token": None,
        }
        if self.delivery_host:
            account |= {"secure_distribution": self.delivery_host, "private_cdn": True}
        return CloudinaryFiles(account, self.folder)

    def save(
        self,
        key: str,
        file: BinaryIO,
        content_type: str,  # noqa: ARG002 - Cloudinary reads it from the bytes
        *,
        private: bool = False,
    ) -> StoredFile:
        """Send in one piece, or in parts from 6 MB on; the answer's ids are remembered."""
        reference = self.files.upload(require_key(key), File(file), private=private)
        return StoredFile(key, self.name, reference.as_extra())

    def open(self, stored: StoredFile) -> BinaryIO:
        """A copy in memory or, from a megabyte on, on disk."""
        return self.files.download(_reference(stored))

    def delete(self, stored: StoredFile) -> None:
        """Remove the file by its id and resource type."""
        self.files.destroy(_reference(stored))

    def exists(self, stored: StoredFile) -> bool:
        """True when the Admin API knows the file."""
        return self.files.holds(_reference(stored))

    def size(self, stored: StoredFile) -> int:
        """The file's size in bytes."""
        return int(self.files.details(_reference(stored))["bytes"])

    def list(
        self, prefix: str = "", *, cursor: str | None = None, limit: int = PAGE_FILES
    ) -> FilePage:
        """Files shelf by shelf; the cursor is the shelf's number and Cloudinary's own."""
        number, _, inner = (cursor or "0:").partition(":")
        shelf = int(number)
        resource_type, kind = SHELVES[shelf]
        inside = f"{self.files.folder}/" if self.files.folder else ""
        with failures():
            answer = cloudinary.api.resources(
                **self.files.account,
                resource_type=resource_type,
                type=kind,
                prefix=inside + prefix,
                max_results=min(limit, MAX_PAGE_FILES),
                next_cursor=inner or None,
            )
        files = tuple(self._found(entry, inside) for entry in answer["resources"])
        if answer.get("next_cursor"):
            return FilePage(files, f"{shelf}:{answer['next_cursor']}")
        return FilePage(files, f"{shelf + 1}:" if shelf + 1 < len(SHELVES) else None)

    def url(self, stored: StoredFile, *, private: bool = False, filename: str | None = None) -> str:
        """An address of the delivery network, signed when the file is private."""
        flags = ""
        if filename is not None:
            # A dot would begin another extension, a slash another part of the address.
            stem = NOT_IN_FLAGS.sub("_", PurePath(filename).stem).strip("_")
            flags = f"attachment:{stem}" if stem else "attachment"
        return self.files.address(_reference(stored), signed=private, flags=flags)

    def set_private(self, stored: StoredFile, *, private: bool) -> StoredFile:
        """Move the file to the other delivery type; addresses handed out before stop working."""
        reference = _reference(stored)
        kind = SIGNED if private else PUBLIC
        if reference.type == kind:
            return stored
        with failures():
            answer = cloudinary.uploader.rename(
                reference.public_id,
                reference.public_id,
                **self.files.account,
                resource_type=reference.resource_type,
                type=reference.type,
                to_type=kind,
                invalidate=True,
            )
        version = str(answer.get("version", reference.version))
        moved = replace(reference, type=kind, version=version)
        return replace(stored, extra=moved.as_extra())

    def discard_unfinished(self, before: datetime, *, dry_run: bool = False) -> int:  # noqa: ARG002
        """Nothing to do: Cloudinary forgets parts that were never completed."""
        return 0

    def _found(self, entry: dict[str, Any], inside: str) -> FoundFile:
        reference = Reference(
            entry["public_id"],
            entry["resource_type"],
            entry["type"],
            entry.get("format", ""),
            str(entry.get("version", "")),
        )
        key = reference.public_id.removeprefix(inside)
        if reference.resource_type != RAW:
            key = ".".join(key.rsplit("_", 1))
        modified_at = datetime.fromisoformat(entry["created_at"])
        return FoundFile(
            StoredFile(key, self.name, reference.as_extra()), int(entry["bytes"]), modified_at
        )


def _reference(stored: StoredFile) -> Reference:
    return Reference.from_extra(stored.extra)
