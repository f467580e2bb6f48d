"""How are many documents read in one command? Plain rows with only the asked fields."""

from __future__ import annotations

from collections.abc import Collection as Values
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mongoengine import Document
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from storycore.mongo.connection import collection

Row = dict[str, Any]
"""One document, or the asked part of it, under its stored names; `_id` is always there."""

Fields = Values[str] | None
"""Stored names to fetch; None fetches everything."""

Sort = Sequence[tuple[str, int]]

# The server's first batch would be 101 documents, and every further one costs a round trip; it still cuts
# an answer at 16 MB.
BATCH = 10_000


def collection_of(document: type[Document]) -> str:
    """The name of the collection that holds a document class."""
    name: str = document._meta["collection"]  # noqa: SLF001 - MongoEngine's only place for it
    return name


def rows_of(document: type[Document]) -> Collection[Row]:
    """The collection that holds a document class, for reads by the driver."""
    return collection(collection_of(document))


def projection(fields: Fields, *more: str) -> dict[str, int] | None:
    """The MongoDB projection of `fields` and `more`; None when everything is asked for.

    A field inside another one that is asked for whole is left out: the server refuses both together.
    """
    if fields is None:
        return None
    names = {*fields, *more}
    wanted = [name for name in names if "." not in name or name.partition(".")[0] not in names]
    return dict.fromkeys(wanted, 1) or {"_id": 1}


def find_in(
    document: type[Document],
    key: str,
    values: Values[Any],
    fields: Fields,
    *,
    where: Mapping[str, Any] | None = None,
    sort: Sort = (),
) -> list[Row]:
    """The documents whose `key` is one of `values`, narrowed by `where`: one command, none for no values."""
    if not values:
        return []
    query: dict[str, Any] = {key: {"$in": list(values)}}
    if where:
        query = {"$and": [query, dict(where)]}
    cursor = rows_of(document).find(query, projection(fields, key), batch_size=BATCH)
    return (cursor.sort(list(sort)) if sort else cursor).to_list()


def find_where(
    document: type[Document],
    where: Mapping[str, Any],
    fields: Fields,
    *,
    sort: Sort,
    limit: int | None,
    offset: int = 0,
) -> list[Row]:
    """One page of the documents that match `where`, None for all of them; an empty page asks nothing."""
    if limit == 0:
        # To MongoDB it would mean no limit at all.
        return []
    cursor = rows_of(document).find(dict(where), projection(fields))
    return cursor.sort(list(sort)).skip(offset).limit(limit or 0).to_list()


def find_one(
    document: type[Document],
    where: Mapping[str, Any],
    fields: Fields,
    session: ClientSession | None = None,
) -> Row | None:
    """The first document that matches `where`, or None; with a session as its transaction sees it."""
    return rows_of(document).find_one(dict(where), projection(fields), session=session)


def count_where(document: type[Document], where: Mapping[str, Any]) -> int:
    """How many documents match `where`."""
    return rows_of(document).count_documents(dict(where))


def grouped(rows: Iterable[Row], *, by: str, keys: Values[Any]) -> dict[Any, list[Row]]:
    """The rows under the value of their field `by`; every key is there, with [] when nothing was found."""
    groups: dict[Any, list[Row]] = {key: [] for key in keys}
    for row in rows:
        groups[row[by]].append(row)
    return groups


def keyed(rows: Iterable[Row], *, by: str = "_id") -> dict[Any, Row]:
    """The rows under the value of their field `by`."""
    return {row[by]: row for row in rows}
