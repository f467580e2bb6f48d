"""What are the roots of a read? Fields of Query that fetch rows by one function of a door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from storycore.graphql.relations import Record, Siblings, selected
from storycore.mongo.reading import Row


class ReadOne(graphene.Field):
    """A root field with at most one row: `fetch(actor, fields, **arguments)` returns it or None."""

    def __init__(
        self, type_: Any, *, fetch: Callable[..., Row | None], description: str, **arguments: Any
    ) -> None:
        self.row_type = type_
        self.fetch = fetch
        super().__init__(type_, args=arguments, description=description, resolver=self._resolve)

    def _resolve(self, _root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Record | None:
        row = self.fetch(info.context.actor, selected(info, self.row_type), **arguments)
        return None if row is None else Siblings.records([row])[0]


class ReadMany(graphene.Field):
    """A root field with a page of rows: `fetch(actor, fields, **arguments)` returns them in order."""

    def __init__(
        self, type_: Any, *, fetch: Callable[..., list[Row]], description: str, **arguments: Any
    ) -> None:
        self.row_type = type_
        self.fetch = fetch
        listed = graphene.NonNull(graphene.List(graphene.NonNull(type_)))
        super().__init__(
            listed, args=arguments, description=description, resolver=self._resolve
        )

    def _resolve(self, _root: Any, info: GraphQLResolveInfo, **arguments: Any) -> list[Record]:
        rows = self.fetch(info.context.actor, selected(info, self.row_type), **arguments)
        return Siblings.records(rows)


LIMIT = {
    "limit": graphene.Int(description="How many rows; a server setting caps it."),
    "offset": graphene.Int(description="How many rows to pass over."),
}
"""The arguments of a plain list."""
