"""What do the doors tell of an asset's file? Values that GraphQL and REST derive alike from its row."""

from __future__ import annotations

from typing import Any

from storycore.mongo.reading import Row

_MEGABYTE = 1024 * 1024


def file_name_of(row: Row) -> str | None:
    """The stored file's name, without its folder."""
    key: str | None = (row.get("file") or {}).get("key")
    return key.rpartition("/")[2] if key else None


def megabytes_of(row: Row) -> float | None:
    """The size in megabytes, to two decimals."""
    size = (row.get("metadata") or {}).get("size")
    return None if size is None else round(size / _MEGABYTE, 2)


def public_metadata_of(row: Row) -> dict[str, Any]:
    """All facts but where previews lie: that is the store's business."""
    return {
        name: value for name, value in (row.get("metadata") or {}).items() if name != "thumbnails"
    }
