"""How do related rows find each other? By the bytes of their ids: an ObjectId hashes and compares in Python.

With 360 documents in an answer that was a fifth of its time. `raw_id` and RAW_ID in storycore.ids say where
the driver keeps the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from storycore.graphql.plan.tree import Link, Rows
from storycore.ids import raw_id
from storycore.mongo.reading import Row

Found = Mapping[Any, Any] | None
"""What stands in the answer for each key; None while it is not loaded."""


def keys_of(rows: Rows, link: Link) -> dict[bytes, ObjectId]:
    """The distinct ids in the rows that a link starts from, by their bytes. What is no id leads nowhere."""
    by = link.relation.by
    return {raw_id(key): key for row in rows if (key := row.get(by)).__class__ is ObjectId}


def rows_by_id(rows: Rows) -> dict[bytes, Row]:
    """The rows by the bytes of their ids."""
    return {raw_id(row["_id"]): row for row in rows}


def placed(
    link: Link, by: str, keys: Iterable[bytes], rows: Rows, written: list[dict[str, Any]]
) -> dict[bytes, Any]:
    """The response objects of the found rows by the key, in their field `by`, that leads to them."""
    if not link.relation.many:
        return {raw_id(row[by]): one for row, one in zip(rows, written, strict=True)}
    groups: dict[bytes, list[dict[str, Any]]] = {key: [] for key in keys}
    for row, one in zip(rows, written, strict=True):
        groups[raw_id(row[by])].append(one)
    return groups
