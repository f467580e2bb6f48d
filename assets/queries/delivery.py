"""May this file be handed out, and as what? One command for each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from assets.documents import Asset
from assets.queries.addresses import store_of
from assets.queries.files import FILE_PLACES, PRESENT_PLACES, files_of, files_of_take, mime_type_of
from assets.storage.local import LocalStore
from storycore.access import Actor
from storycore.mongo.reading import Row, find_one

_FIELDS = ("name", "file", "metadata.thumbnails", "versions", "is_public")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a browser is told of a file; the key is its tag, because a key's bytes never change.

    `address` is where the file lies since it was moved out of the local store.
    """

    mime_type: str
    file_name: str
    etag: str
    is_public: bool
    address: str | None = None


def find_delivered(key: str, actor: Actor, token: str | None) -> Delivered | None:
    """The file under a key of the local store, when the actor or the link's token may have it.

    Everybody may have the present file of a public asset; earlier versions are its owner's.
    """
    row = find_one(Asset, {"$and": [{"deleting": {"$ne": True}}, _may(key, actor, token)]}, _FIELDS)
    return None if row is None else _delivered(row, key)


def _may(key: str, actor: Actor, token: str | None) -> dict[str, Any]:
    anywhere: dict[str, Any] = {"$or": [{place: key} for place in FILE_PLACES]}
    signed = token is not None and cast("LocalStore", store_of("local")).is_valid_token(key, token)
    if signed or actor.is_admin:
        return anywhere
    present = {"$or": [{place: key} for place in PRESENT_PLACES], "is_public": True}
    if actor.user_id is None:
        return present
    return {"$or": [present, anywhere | {"uploaded_by": actor.user_id}]}


def _delivered(row: Row, key: str) -> Delivered:
    extension = "." + key.rpartition(".")[2]
    name = row["name"] if row["name"].endswith(extension) else row["name"] + extension
    is_present = any(file.key == key for file in files_of_take(row))
    is_public = bool(row.get("is_public")) and is_present
    return Delivered(
        mime_type=mime_type_of(key),
        file_name=name,
        etag=f'"{key.rpartition("/")[2].partition(".")[0]}"',
        is_public=is_public,
        address=_moved_to(row, key, private=not is_public),
    )


def _moved_to(row: Row, key: str, *, private: bool) -> str | None:
    places = [file for file in files_of(row) if file.key == key]
    if any(file.backend == "local" for file in places):
        return None
    return store_of(places[0].backend).url(places[0], private=private)
