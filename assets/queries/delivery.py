"""May this file be handed out, and as what? One command for each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from assets.documents import Asset
from assets.queries.addresses import FILE_PLACES, store_of
from assets.storage.local import LocalStore
from storycore.access import Actor
from storycore.mongo.reading import Row, find_one

PREVIEW_TYPE = "image/webp"
_FIELDS = ("name", "file", "metadata", "versions", "is_public", "uploaded_by")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a browser is told of a file; the key is its tag, because a key's bytes never change."""

    mime_type: str
    file_name: str
    etag: str
    is_public: bool


def find_delivered(key: str, actor: Actor, token: str | None) -> Delivered | None:
    """The file under a key of the local store, when the actor or the link's token may have it.

    One stored file may belong to several assets: the one that opens it widest counts.
    """
    signed = token is not None and cast("LocalStore", store_of("local")).is_valid_token(key, token)
    where = {"$or": [{place: key} for place in FILE_PLACES], "deleting": {"$ne": True}}
    if not signed and not actor.is_admin:
        seen = [{"is_public": True}]
        if actor.user_id is not None:
            seen.append({"uploaded_by": actor.user_id})  # type: ignore[dict-item]
        where = {"$and": [where, {"$or": seen}]}
    row = find_one(Asset, where, _FIELDS)
    return None if row is None else _delivered(row, key)


def _delivered(row: Row, key: str) -> Delivered:
    mime_type = PREVIEW_TYPE
    for one in [row, *(row.get("versions") or [])]:
        if (one.get("file") or {}).get("key") == key:
            mime_type = (one.get("metadata") or {}).get("mimeType") or "application/octet-stream"
    extension = "." + key.rpartition(".")[2]
    name = row["name"] if row["name"].endswith(extension) else row["name"] + extension
    return Delivered(
        mime_type=mime_type,
        file_name=name,
        etag=f'"{key.rpartition("/")[2].partition(".")[0]}"',
        is_public=bool(row.get("is_public")),
    )
