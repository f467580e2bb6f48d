"""Where does a browser get an asset's bytes?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from assets.storage import open_store
from assets.storage.base import AssetStore, StoredFile
from storycore.mongo.reading import Row


@lru_cache(maxsize=8)
def store_of(backend: str) -> AssetStore:
    """The configured store of this name; files of an older setting stay readable through theirs."""
    return open_store(backend, settings.ASSET_STORES.get(backend, {}))


def asset_url(row: Row) -> str | None:
    """The address of the asset's file; signed and short-lived when the asset is private."""
    return _url(row.get("file"), row)


def full_asset_url(row: Row) -> str | None:
    """The same with scheme and host, for clients that live on another one."""
    return _absolute(asset_url(row))


def thumbnail_url(row: Row, box: int = 320) -> str | None:
    """The address of the small preview that fits in a square of `box` pixels; None without one."""
    for one in (row.get("metadata") or {}).get("thumbnails") or []:
        if one.get("box") == box:
            return _url(one.get("file"), row)
    return None


def thumbnails(row: Row) -> list[dict[str, Any]]:
    """Every preview with its size and address, the smallest first; none for sounds."""
    return [
        {"width": one["width"], "height": one["height"], "url": _url(one.get("file"), row)}
        for one in (row.get("metadata") or {}).get("thumbnails") or []
    ]


def _url(file: Mapping[str, Any] | None, row: Row) -> str | None:
    if not file:
        return None
    stored = StoredFile.from_record(file)
    return store_of(stored.backend).url(stored, private=not row.get("is_public"))


def _absolute(url: str | None) -> str | None:
    return f"{settings.PUBLIC_URL}{url}" if url and url.startswith("/") else url
