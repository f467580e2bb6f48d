"""How are many documents read in one command? Plain rows with only the asked fields."""

from __future__ import annotations

from collections.abc import Collection as Values
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pymongo
from mongoengine import Document
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from storycore.mongo.budget import remaining_seconds
from storycore.mongo.connection import collection, database

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
    return _found(document, query, projection(fields, key), sort=sort)


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
    return _found(
        document, dict(where), projection(fields), sort=sort, limit=limit or 0, offset=offset
    )


def find_one(
    document: type[Document],
    where: Mapping[str, Any],
    fields: Fields,
    session: ClientSession | None = None,
) -> Row | None:
    """The first document that matches `where`, or None; with a session as its transaction sees it."""
    if session is not None:
        return rows_of(document).find_one(dict(where), projection(fields), session=session)
    return next(iter(_found(document, dict(where), projection(fields), limit=1)), None)


def count_where(document: type[Document], where: Mapping[str, Any]) -> int:
    """How many documents match `where`."""
    with _on_time():
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


def aggregated(document: type[Document], pipeline: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What an aggregation over the documents brings, in one command."""
    stages = list(pipeline)
    command = {
        "aggregate": collection_of(document),
        "pipeline": stages,
        "cursor": {"batchSize": BATCH},
    }
    rows = _first_batch(document, command)
    if rows is not None:
        return rows
    with _on_time():
        return rows_of(document).aggregate(stages, batchSize=BATCH).to_list()


def _found(
    document: type[Document],
    where: dict[str, Any],
    wanted: dict[str, int] | None,
    *,
    sort: Sort = (),
    limit: int = 0,
    offset: int = 0,
) -> list[Row]:
    command: dict[str, Any] = {"find": collection_of(document), "filter": where}
    if wanted is not None:
        command["projection"] = wanted
    if sort:
        command["sort"] = dict(sort)
    if offset:
        command["skip"] = offset
    if limit:
        command["limit"] = limit
    command["batchSize"] = BATCH
    rows = _first_batch(document, command)
    if rows is not None:
        return rows
    cursor = rows_of(document).find(where, wanted, batch_size=BATCH)
    with _on_time():
        return (cursor.sort(list(sort)) if sort else cursor).skip(offset).limit(limit).to_list()


def _first_batch(document: type[Document], command: dict[str, Any]) -> list[Row] | None:
    """The rows of a command that are all in its first batch.

    That saves the driver's cursor, a sixth of what a small read costs. None when there are more rows or the
    server was lost: then the caller asks with a cursor, which reads on, and tries once more.
    """
    known = database()
    if known.read_concern.level:
        command["readConcern"] = known.read_concern.document
    seconds = remaining_seconds()
    if seconds is not None:
        command["maxTimeMS"] = int(seconds * 1_000)
    try:
        cursor = known.command(
            command, codec_options=known.codec_options, read_preference=known.read_preference
        )["cursor"]
    except AutoReconnect:
        return None
    if cursor["id"]:
        known.command("killCursors", collection_of(document), cursors=[cursor["id"]])
        return None
    rows: list[Row] = cursor["firstBatch"]
    return rows


def _on_time() -> AbstractContextManager[None]:
    """The driver's own ways, within what is left of the budget."""
    seconds = remaining_seconds()
    return nullcontext() if seconds is None else pymongo.timeout(seconds)
