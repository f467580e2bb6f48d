"""How does Django's storage interface speak to Cloudinary?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import cloudinary.api
import cloudinary.exceptions
import cloudinary.uploader
import cloudinary.utils
import requests
from django.core.files.base import File
from django.core.files.storage import Storage

from assets.errors import StorageUnavailable, StoredFileMissing

# Cloudinary takes parts of no less than 5 MB; the last one may be smaller.
PART_BYTES = 6_000_000
MEMORY_BYTES = 1 << 20
LINK_SECONDS = 300
IMAGE, VIDEO, RAW = "image", "video", "raw"
PUBLIC, SIGNED = "upload", "authenticated"
# Sound counts as video there.
RESOURCE_TYPES = {
    **dict.fromkeys((".jpg", ".png", ".gif", ".webp"), IMAGE),
    **dict.fromkeys((".mp3", ".wav", ".ogg", ".mp4", ".webm"), VIDEO),
}


@dataclass(frozen=True)
class Reference:
    """What Cloudinary knows a file by: from its address alone it could not be deleted."""

    public_id: str
    resource_type: str
    type: str = PUBLIC
    format: str = ""
    version: str = ""

    def as_extra(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_extra(cls, extra: Mapping[str, str]) -> Reference:
        return cls(**extra)


class CloudinaryFiles(Storage):
    """A Django storage over Cloudinary's SDK: names map to ids by one rule.

    `account` holds what every call of the SDK needs; nothing is taken from the SDK's own global
    configuration.
    """

    def __init__(self, account: Mapping[str, Any], folder: str = "") -> None:
        self.account = dict(account)
        self.folder = folder.strip("/")

    def reference(self, name: str, kind: str = PUBLIC) -> Reference:
        """What a name is stored as.

        Cloudinary keeps the extension of a picture or sound apart, so it becomes a part of the id:
        `a.wav` and `a.ogg` would be the same file otherwise.
        """
        path = PurePosixPath(self.folder, name)
        resource_type = RESOURCE_TYPES.get(path.suffix, RAW)
        if resource_type == RAW:
            return Reference(str(path), RAW, kind)
        extension = path.suffix[1:]
        return Reference(f"{path.with_suffix('')}_{extension}", resource_type, kind, extension)

    def upload(self, name: str, content: File, *, private: bool = False) -> Reference:
        """Send a file, in parts when it is large; returns what Cloudinary made of it."""
        wanted = self.reference(name, SIGNED if private else PUBLIC)
        send = cloudinary.uploader.upload
        if content.size > PART_BYTES:
            send = cloudinary.uploader.upload_large
        content.seek(0)
        with failures():
            answer = send(
                _KeptOpen(content, name=PurePosixPath(name).name),
                **self.account,
                **_address(wanted),
                public_id=wanted.public_id,
                overwrite=True,
                invalidate=True,
                chunk_size=PART_BYTES,
            )
        return Reference(
            answer["public_id"],
            answer["resource_type"],
            answer.get("type", wanted.type),
            answer.get("format", wanted.format),
            str(answer.get("version", "")),
        )

    def download(self, reference: Reference) -> BinaryIO:
        """The bytes by a signed link of the API; on disk from a megabyte on."""
        link = cloudinary.utils.private_download_url(
            reference.public_id,
            reference.format,
            **self.account,
            **_address(reference),
            expires_at=int(time.time()) + LINK_SECONDS,
        )
        target = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - the caller closes
        with failures(), ExitStack() as unless_done:
            unless_done.callback(target.close)
            with requests.get(link, stream=True, timeout=self.account["timeout"]) as answer:
                if answer.status_code == requests.codes.not_found:
                    raise StoredFileMissing("There is no such file.")
                answer.raise_for_status()
                target.writelines(answer.iter_content(MEMORY_BYTES))
            target.seek(0)
            unless_done.pop_all()
        return cast("BinaryIO", target)

    def destroy(self, reference: Reference) -> None:
        """Remove the file and the copies of the delivery network."""
        with failures():
            answer = cloudinary.uploader.destroy(
                reference.public_id, **self.account, **_address(reference), invalidate=True
            )
        if answer.get("result") not in ("ok", "not found"):
            raise StorageUnavailable("The file storage did not remove the file.")

    def details(self, reference: Reference) -> Mapping[str, Any]:
        """What the Admin API says of the file. Raises StoredFileMissing."""
        with failures():
            answer = cloudinary.api.resource(
                reference.public_id, **self.account, **_address(reference)
            )
        return cast("Mapping[str, Any]", answer)

    def holds(self, reference: Reference) -> bool:
        """True when the Admin API knows the file."""
        try:
            self.details(reference)
        except StoredFileMissing:
            return False
        return True

    def exists(self, name: str) -> bool:
        return self.holds(self.reference(name))

    def size(self, name: str) -> int:
        return int(self.details(self.reference(name))["bytes"])

    def delete(self, name: str) -> None:
        self.destroy(self.reference(name))

    def url(self, name: str | None) -> str:
        return self.address(self.reference(name or ""))

    def address(self, reference: Reference, *, signed: bool = False, flags: str = "") -> str:
        """Where the delivery network serves the file."""
        address, _ = cloudinary.utils.cloudinary_url(
            reference.public_id,
            **self.account,
            **_address(reference),
            format=reference.format or None,
            version=reference.version or None,
            sign_url=signed or reference.type == SIGNED,
            flags=flags or None,
            secure=True,
        )
        return str(address)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def _open(self, name: str, mode: str = "rb") -> File:  # noqa: ARG002 - only ever read
        return File(self.download(self.reference(name)), name=name)

    def _save(self, name: str, content: File) -> str:
        self.upload(name, content)
        return name


class _KeptOpen(File):
    """The SDK closes what it sends; the file is the caller's."""

    def close(self) -> None:
        pass


def _address(reference: Reference) -> dict[str, str]:
    return {"resource_type": reference.resource_type, "type": reference.type}


@contextmanager
def failures() -> Iterator[None]:
    """What the SDK raises, in our words."""
    try:
        yield
    except cloudinary.exceptions.NotFound as error:
        raise StoredFileMissing("There is no such file.") from error
    except (cloudinary.exceptions.Error, requests.RequestException, OSError) as error:
        raise StorageUnavailable("The file storage cannot be used now.") from error
