"""How are files kept in S3 and what speaks like it (MinIO, R2)?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar, cast
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from assets.errors import StorageUnavailable, StoredFileMissing
from assets.storage.base import (
    OUR_NAME,
    PAGE_FILES,
    DirectUpload,
    FilePage,
    FoundFile,
    StoredFile,
    require_key,
)

PART_BYTES = 8 << 20
# What a file read back may take in memory before it goes to disk.
MEMORY_BYTES = 1 << 20
CACHE = "max-age=31536000, immutable"
GONE = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class S3Store:
    """Files in one bucket, all of it private unless the bucket itself says otherwise.

    `public_url` is where public files are served from (a CDN, a public bucket); without it they get
    signed links like private ones. `endpoint` is for everything but AWS. No ACL is sent unless `acl`
    is set: buckets made since 2023 refuse any.
    """

    name: ClassVar[str] = "s3"

    bucket: str
    region: str = ""
    endpoint: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    folder: str = ""
    acl: str = ""
    public_url: str = ""
    addressing: str = "auto"
    url_seconds: int = 3600
    direct_uploads: bool = True
    timeout_seconds: int = 30

    @cached_property
    def files(self) -> S3Storage:
        """The django-storages backend beneath."""
        return S3Storage(
            bucket_name=self.bucket,
            region_name=self.region or None,
            endpoint_url=self.endpoint or None,
            access_key=self.access_key or None,
            secret_key=self.secret_key or None,
            location=self.folder,
            default_acl=self.acl or None,
            querystring_expire=self.url_seconds,
            object_parameters={"CacheControl": CACHE},
            max_memory_size=MEMORY_BYTES,
            file_overwrite=True,
            # One part at a time: memory stays at one part, whatever the size of the file.
            transfer_config=TransferConfig(
                multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
            ),
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": self.addressing},
                connect_timeout=5,
                read_timeout=self.timeout_seconds,
                retries={"max_attempts": 3, "mode": "standard"},
                # R2 and older MinIO refuse the checksums that newer clients add unasked.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def save(
        self,
        key: str,
        file: BinaryIO,
        content_type: str,
        *,
        private: bool = False,  # noqa: ARG002 - links decide, the bucket is private
    ) -> StoredFile:
        """Send in one piece, or in parts from 8 MB on; parts of a failed one are given up."""
        content = File(file, name=key)
        content.content_type = content_type
        with _failures():
            self.files.save(require_key(key), content)
        return StoredFile(key, self.name)

    def open(self, stored: StoredFile) -> BinaryIO:
        """A copy in memory or, from a megabyte on, on disk."""
        with _failures():
            return cast("BinaryIO", self.files.open(stored.key, "rb").file)

    def delete(self, stored: StoredFile) -> None:
        """Remove the object; S3 answers the same when there was none."""
        with _failures():
            self.files.delete(stored.key)

    def exists(self, stored: StoredFile) -> bool:
        """True when the object is there."""
        with _failures():
            return bool(self.files.exists(stored.key))

    def size(self, stored: StoredFile) -> int:
        """The object's size in bytes."""
        with _failures():
            return int(self.files.size(stored.key))

    def list(
        self, prefix: str = "", *, cursor: str | None = None, limit: int = PAGE_FILES
    ) -> FilePage:
        """Objects in the order of their keys; the cursor is S3's own."""
        inside = self._inside
        go_on = {"ContinuationToken": cursor} if cursor else {}
        with _failures():
            answer = self._client.list_objects_v2(
                Bucket=self.bucket, Prefix=inside + prefix, MaxKeys=min(limit, 1000), **go_on
            )
        files = tuple(
            FoundFile(
                StoredFile(entry["Key"].removeprefix(inside), self.name),
                entry["Size"],
                entry["LastModified"],
            )
            for entry in answer.get("Contents", ())
        )
        return FilePage(files, answer.get("NextContinuationToken"))

    def url(self, stored: StoredFile, *, private: bool = False, filename: str | None = None) -> str:
        """A signed link, or one below `public_url` for what is public and not downloaded."""
        if self.public_url and not private and filename is None:
            key = self.files._normalize_name(stored.key)  # noqa: SLF001 - no public way
            return f"{self.public_url.rstrip('/')}/{filepath_to_uri(key)}"
        answer: dict[str, str] = {}
        if filename is not None:
            plain = (
                filename.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_")
            )
            answer["ResponseContentDisposition"] = (
                f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
            )
        if private:
            answer["ResponseCacheControl"] = f"private, max-age={self.url_seconds}"
        with _failures():
            return str(self.files.url(stored.key, parameters=answer))

    def set_private(self, stored: StoredFile, *, private: bool) -> StoredFile:
        """A copy under a new name for what is closed while `public_url` leads to every name.

        The file itself stays for the caller to remove. Nothing to change otherwise: links are signed.
        """
        if not private or not self.public_url:
            return stored
        place = PurePosixPath(stored.key)
        closed = StoredFile(str(place.with_name(uuid.uuid4().hex + place.suffix)), self.name)
        with _failures():
            self._client.copy_object(
                Bucket=self.bucket,
                Key=self._inside + closed.key,
                CopySource={"Bucket": self.bucket, "Key": self._inside + stored.key},
            )
        return closed

    def discard_unfinished(self, before: datetime, *, dry_run: bool = False) -> int:
        """Give up uploads in parts that a killed process had begun."""
        removed = 0
        with _failures():
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._inside):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] >= before or not self._is_ours(upload["Key"]):
                        continue
                    removed += 1
                    if not dry_run:
                        self._client.abort_multipart_upload(
                            Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
        return removed

    def direct_upload(self, key: str, content_type: str, *, max_bytes: int) -> DirectUpload:
        """A form whose signed policy fixes key, type and size; it holds for `url_seconds`.

        What arrives is only a file in the bucket: check it before it becomes an asset.
        """
        name = self.files._normalize_name(require_key(key))  # noqa: SLF001 - no public way
        with _failures():
            form = self._client.generate_presigned_post(
                self.bucket,
                name,
                Fields={"Content-Type": content_type},
                Conditions=[
                    {"Content-Type": content_type},
                    ["content-length-range", 1, max_bytes],
                ],
                ExpiresIn=self.url_seconds,
            )
        expires_at = datetime.now(UTC) + timedelta(seconds=self.url_seconds)
        return DirectUpload(StoredFile(key, self.name), form["url"], form["fields"], expires_at)

    @property
    def _inside(self) -> str:
        return f"{self.folder.strip('/')}/" if self.folder.strip("/") else ""

    def _is_ours(self, name: str) -> bool:
        return OUR_NAME.fullmatch(name.removeprefix(self._inside)) is not None

    @property
    def _client(self) -> Any:
        return self.files.connection.meta.client


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise StoredFileMissing("There is no such file.") from error
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in GONE:
            raise StoredFileMissing("There is no such file.") from error
        raise StorageUnavailable("The file storage cannot be used now.") from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        raise StorageUnavailable("The file storage cannot be used now.") from error
