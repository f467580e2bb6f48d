"""How do documents belong together? A relation by key, declared once, read in batches or by $lookup."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from mongoengine import Document

from storycore.access import Actor
from storycore.mongo.reading import (
    Fields,
    Row,
    Sort,
    aggregated,
    collection_of,
    find_in,
    find_one,
    grouped,
    keyed,
    projection,
)

Where = Callable[[Actor], dict[str, Any]]

_GUARD = "__guard"


@dataclass(frozen=True)
class RowBy:
    """The one document whose `key` has a value, if the actor may read it.

    Called with (actor, values, fields) it reads all of them in one command. `where` narrows by the document's
    own fields. `guard` is (field, relation): the document may be read when the one that its field names may;
    it costs a second command in a batch and none in `find`.
    """

    document: type[Document]
    key: str = "_id"
    where: Where | None = None
    guard: tuple[str, RowBy] | None = None

    def __call__(self, actor: Actor, values: Collection[Any], fields: Fields) -> dict[Any, Row]:
        """The rows by the value of `key`; a value that leads to nothing is not there."""
        return keyed(self.rows(actor, values, fields), by=self.key)

    def rows(self, actor: Actor, values: Collection[Any], fields: Fields) -> list[Row]:
        """The rows in one list, each with its `key`."""
        where = self.where(actor) if self.where else None
        if self.guard is None:
            return find_in(self.document, self.key, values, fields, where=where)
        field, parents = self.guard
        wanted = None if fields is None else {*fields, field}
        rows = find_in(self.document, self.key, values, wanted, where=where)
        readable = parents(actor, {row[field] for row in rows}, ("_id",))
        return [row for row in rows if row[field] in readable]

    def find(
        self,
        actor: Actor,
        key: ObjectId,
        fields: Fields,
        lookups: Mapping[str, Lookup] | None = None,
    ) -> Row | None:
        """One row by its id in one command, with what `lookups` name put into lists of its own."""
        found = self.find_with(actor, key, fields, lookups)
        return None if found is None else found[0]

    def find_with(
        self,
        actor: Actor,
        key: ObjectId,
        fields: Fields,
        lookups: Mapping[str, Lookup] | None = None,
        children: tuple[RowsBy, Fields] | None = None,
    ) -> tuple[Row, list[Row]] | None:
        """Like `find`, and the rows that `children` finds by the row's id, in the same command."""
        if not lookups and self.guard is None and children is None:
            where = {"_id": key}
            row = find_one(
                self.document, where | self.where(actor) if self.where else where, fields
            )
            return None if row is None else (row, [])
        pipeline: list[dict[str, Any]] = [{"$match": {"_id": key}}]
        if self.where:
            pipeline.append({"$match": self.where(actor)})
        if self.guard:
            field, parents = self.guard
            pipeline.append(parents.lookup(actor, field, ("_id",), _GUARD))
            pipeline.append({"$match": {f"{_GUARD}.0": {"$exists": True}}})
        if (wanted := projection(fields)) is not None:
            pipeline.append({"$project": wanted})
        for into, (relation, local, inner) in (lookups or {}).items():
            pipeline.append(relation.lookup(actor, local, inner, into))
        if children is not None:
            relation, inner = children
            pipeline.append(relation.union(key, inner))
        rows = aggregated(self.document, pipeline)
        # The children come even when the row itself is not for this reader.
        return (rows[0], rows[1:]) if rows and rows[0]["_id"] == key else None

    def lookup(self, actor: Actor, local: str, fields: Fields, into: str) -> dict[str, Any]:
        """The batch as an aggregation stage that puts the rows of one parent into a list."""
        where = self.where(actor) if self.where else None
        return _lookup(self, local, fields, into, where=where, sort=())


@dataclass(frozen=True)
class RowsBy:
    """All documents whose `key` has a value, sorted, for a reader who may read what they belong to.

    Called with (actor, values, fields) it reads all of them in one command. `many` says that one parent may
    have more of them than a single document of MongoDB can hold: beside one parent they come as rows of the
    same command, not as a list inside it.
    """

    document: type[Document]
    key: str
    sort: Sort
    many: bool = False

    def __call__(
        self, actor: Actor, values: Collection[Any], fields: Fields
    ) -> dict[Any, list[Row]]:
        """The rows by the value of `key`; every value is there, with [] when nothing was found."""
        return grouped(self.rows(actor, values, fields), by=self.key, keys=values)

    def rows(self, _actor: Actor, values: Collection[Any], fields: Fields) -> list[Row]:
        """The rows in one list, each with its `key`; those of one parent are in order."""
        # By parent first: that is the order of the index, so that the server sorts nothing.
        return find_in(self.document, self.key, values, fields, sort=((self.key, 1), *self.sort))

    def union(self, parent: ObjectId, fields: Fields) -> dict[str, Any]:
        """The batch as an aggregation stage that appends the rows of one parent."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {self.key: parent}},
            {"$sort": dict(self.sort)},
        ]
        if (wanted := projection(fields, self.key)) is not None:
            pipeline.append({"$project": wanted})
        return {"$unionWith": {"coll": collection_of(self.document), "pipeline": pipeline}}

    def lookup(self, _actor: Actor, local: str, fields: Fields, into: str) -> dict[str, Any]:
        """The batch as an aggregation stage that puts the rows of one parent into a list."""
        return _lookup(self, local, fields, into, where=None, sort=self.sort)


Lookup = tuple[RowBy | RowsBy, str, Fields]
"""What to look up for one row: the relation, the row's own field that leads there, and the fields to fetch."""


def _lookup(
    relation: RowBy | RowsBy,
    local: str,
    fields: Fields,
    into: str,
    *,
    where: dict[str, Any] | None,
    sort: Sort,
) -> dict[str, Any]:
    pipeline: list[dict[str, Any]] = [{"$match": where}] if where else []
    if sort:
        pipeline.append({"$sort": dict(sort)})
    if (wanted := projection(fields, relation.key)) is not None:
        pipeline.append({"$project": wanted})
    return {
        "$lookup": {
            "from": collection_of(relation.document),
            "localField": local,
            "foreignField": relation.key,
            "pipeline": pipeline,
            "as": into,
        }
    }
