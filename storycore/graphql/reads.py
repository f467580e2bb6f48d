"""What are the roots of a read? Fields of Query that fetch rows by a declared relation or by one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import graphene
from bson import ObjectId
from graphql import GraphQLResolveInfo

from storycore.access import Actor
from storycore.graphql.relations import Record, Siblings, selected
from storycore.graphql.sharing import Sharing
from storycore.ids import find_id
from storycore.mongo.reading import Row
from storycore.mongo.relating import RowBy

Alias = Callable[[Actor, str], ObjectId | None]


class ReadOne(graphene.Field):
    """A root field `name(id: ID!)` with at most one row, found through `rows`; a malformed id finds nothing.

    `sharing` says what its answers depend on, when readers may share them; `alias` finds the id of what a
    client has given a name of its own.
    """

    def __init__(
        self,
        type_: Any,
        *,
        rows: RowBy,
        noun: str,
        sharing: Sharing | None = None,
        alias: Alias | None = None,
        deprecation_reason: str | None = None,
    ) -> None:
        self.row_type = type_
        self.rows = rows
        self.alias = alias
        self.sharing = sharing
        super().__init__(
            type_,
            id=graphene.ID(required=True, description=f"The {noun}'s id."),
            description=f"One {noun}; null when there is none that you may read.",
            deprecation_reason=deprecation_reason,
            resolver=self._resolve,
        )

    def find(self, actor: Actor, fields: frozenset[str], id: str) -> Row | None:
        """The row, or None."""
        for key in self.keys(actor, id):
            if (row := self.rows.find(actor, key, fields)) is not None:
                return row
        return None

    def keys(self, actor: Actor, text: str) -> Iterator[ObjectId]:
        """What the argument may mean, the document's own id first: whoever found it asks for no other."""
        key = find_id(text)
        if key is not None:
            yield key
        named = self.alias(actor, text) if self.alias is not None else None
        if named is not None:
            yield named

    def _resolve(self, _root: Any, info: GraphQLResolveInfo, id: str) -> Record | None:
        row = self.find(info.context.actor, selected(info, self.row_type), id)
        return None if row is None else Siblings.records([row])[0]


class ReadMany(graphene.Field):
    """A root field with a page of rows: `fetch(actor, fields, **arguments)` returns them in order."""

    def __init__(
        self,
        type_: Any,
        *,
        fetch: Callable[..., list[Row]],
        description: str,
        deprecation_reason: str | None = None,
        **arguments: Any,
    ) -> None:
        self.row_type = type_
        self.fetch = fetch
        listed = graphene.NonNull(graphene.List(graphene.NonNull(type_)))
        super().__init__(
            listed,
            args=arguments,
            description=description,
            deprecation_reason=deprecation_reason,
            resolver=self._resolve,
        )

    def _resolve(self, _root: Any, info: GraphQLResolveInfo, **arguments: Any) -> list[Record]:
        rows = self.fetch(info.context.actor, selected(info, self.row_type), **arguments)
        return Siblings.records(rows)


LIMIT = {
    "limit": graphene.Int(description="How many rows; a server setting caps it."),
    "offset": graphene.Int(description="How many rows to pass over."),
}
"""The arguments of a plain list."""
