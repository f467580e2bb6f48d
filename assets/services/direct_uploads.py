"""How does a client send a file straight to the store? It asks for a form, posts it, and has it checked.

Between the two calls nothing is kept here: what was agreed lies in a signed ticket in the client's hands, and
a file that nobody completes is removed by the sweep.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, cast

from bson import ObjectId
from django.conf import settings
from django.core import signing

from assets.documents import Asset
from assets.errors import (
    DirectUploadsOff,
    FileTooLarge,
    MediaRefused,
    StoredFileMissing,
    UnsupportedMedia,
)
from assets.media.facts import DeclaredFile, MediaType
from assets.media.formats import FORMATS, Format, require_agreement
from assets.queries.addresses import store_of
from assets.services.filing import plain_folder, plain_tags
from assets.services.storing import media_limits
from assets.services.uploads import NewAsset, require_type, upload_asset
from assets.storage.base import AssetStore, DirectUploads, StoredFile
from storycore.access import Actor, require_login
from storycore.errors import Conflict, InvalidInput, NotFound, Unavailable
from storycore.mongo.documents import valid_new
from storycore.mongo.reading import find_one

INCOMING = "incoming"
"""The folder for files that nobody has checked yet; no address of them is ever handed out."""

# The form holds as long as a signed link; then there is time to say that it was sent.
TICKET_AGE = timedelta(hours=6)
_SALT = "assets.direct_uploads"


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a client posts to `url` as multipart/form-data: the fields in order, then the file as `file`."""

    ticket: str
    url: str
    fields: dict[str, str]
    expires_at: datetime
    max_bytes: int


def request_upload(actor: Actor, new: NewAsset) -> UploadForm:
    """A form for one file of the declared media type. Everything said is checked again when it has arrived.

    Raises Unauthenticated, InvalidInput, UnsupportedMedia, DirectUploadsOff, StorageUnavailable.
    """
    owner = require_login(actor)
    store = store_of(settings.STORAGE_TYPE)
    if not isinstance(store, DirectUploads) or not store.direct_uploads:
        raise DirectUploadsOff("This server takes files by uploadAsset only.")
    form = _declared_format(new)
    _require_words(owner, new)
    max_bytes = media_limits().bytes_of(form.type)
    key = f"{INCOMING}/{uuid.uuid4().hex}{form.extension}"
    sent = store.direct_upload(key, form.mime_type, max_bytes=max_bytes)
    promised = asdict(replace(new, mime_type=form.mime_type)) | {"id": str(ObjectId())}
    ticket = signing.dumps(
        {"owner": owner, "file": sent.file.as_record(), "new": promised}, salt=_SALT, compress=True
    )
    return UploadForm(ticket, sent.url, dict(sent.fields), sent.expires_at, max_bytes)


def complete_upload(actor: Actor, ticket: str) -> ObjectId:
    """Check what arrived as any upload is checked, and make it an asset; returns its id.

    Doing it again answers the same asset. What is refused is removed from the store.
    Raises Unauthenticated, InvalidInput, NotFound when nothing has arrived, a MediaRefused,
    StorageUnavailable.
    """
    new, file = _agreed(require_login(actor), ticket)
    if find_one(Asset, {"_id": new.id, "deleting": {"$ne": True}}, ("_id",)):
        return ObjectId(new.id)
    store = store_of(file.backend)
    try:
        _require_size(store, file, new)
        with store.open(file) as sent:
            asset = upload_asset(actor, sent, new)
    except StoredFileMissing as problem:
        raise NotFound("No file has arrived for this upload.", field="upload_id") from problem
    except Conflict:
        return ObjectId(new.id)  # The same call, made twice at once: the other one was first.
    except MediaRefused:
        # After any other failure the file stays, so that completing can be tried again.
        _remove(store, file)
        raise
    _remove(store, file)
    return asset


def _declared_format(new: NewAsset) -> Format:
    require_type(new.type)
    declared = (new.mime_type or "").partition(";")[0].strip().lower()
    form = next((one for one in FORMATS if declared in one.mime_types), None)
    if form is None:
        allowed = ", ".join(one.mime_type for one in FORMATS)
        raise UnsupportedMedia(
            f"No file of the media type {declared[:60]!r} is taken.",
            reason="TYPE_MISMATCH",
            allowed=f"Allowed are {allowed}.",
        )
    require_agreement(form, DeclaredFile(new.file_name, declared, cast("MediaType", new.type)))
    return form


def _require_words(owner: str, new: NewAsset) -> None:
    """Refuse a name, folder or tags that could not be stored later, before the file is sent."""
    name = (new.name or "").strip() or PurePath(new.file_name).name or "file"
    valid_new(
        Asset,
        {
            "type": new.type,
            "name": name,
            "folder": plain_folder(new.folder),
            "tags": plain_tags(new.tags),
            "uploaded_by": owner,
            "is_public": new.is_public,
        },
    )


def _agreed(owner: str, ticket: str) -> tuple[NewAsset, StoredFile]:
    try:
        agreed: dict[str, Any] = signing.loads(ticket, salt=_SALT, max_age=TICKET_AGE)
    except signing.BadSignature:
        agreed = {}
    if agreed.get("owner") != owner:
        raise InvalidInput("This is no upload of yours, or its time is over.", field="upload_id")
    given = agreed["new"]
    new = NewAsset(**given | {"tags": tuple(given["tags"]), "id": ObjectId(given["id"])})
    return new, StoredFile.from_record(agreed["file"])


def _require_size(store: AssetStore, file: StoredFile, new: NewAsset) -> None:
    """The store was told the limit; a look at the size is cheaper than finding out by reading."""
    size, most = store.size(file), media_limits().bytes_of(cast("MediaType", new.type))
    if size > most:
        raise FileTooLarge.of(size, most, new.type)


def _remove(store: AssetStore, file: StoredFile) -> None:
    with suppress(Unavailable):
        store.delete(file)
