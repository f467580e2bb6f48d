"""How does a client read a long list? Keyset connections; the total is counted only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from storycore.access import Actor
from storycore.graphql.relations import Record, Siblings, selected
from storycore.mongo.reading import Row
from storycore.paging import Cursor, Window, parse_window


class PageInfo(graphene.ObjectType):
    """Where a page of a connection lies in its list."""

    has_next_page = graphene.Boolean(required=True, description="Whether more rows follow.")
    has_previous_page = graphene.Boolean(required=True, description="Whether rows come before.")
    start_cursor = graphene.String(
        description="The cursor of the first row; null on an empty page."
    )
    end_cursor = graphene.String(description="The cursor of the last row; null on an empty page.")


@dataclass(frozen=True)
class Listing:
    """How a connection reads.

    `page` returns at most `window.size + 1` rows in the window's own sort order, `count` the number of all
    rows; both take the actor and the same filters.
    """

    page: Callable[[Actor, Mapping[str, Any], Window, frozenset[str]], list[Row]]
    count: Callable[[Actor, Mapping[str, Any]], int]


def connection_type(type_: Any) -> Any:
    """The connection and edge types of a row type, as `SceneConnection` and `SceneEdge`."""
    name = type_._meta.name  # noqa: SLF001 - graphene's only place for it
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One {name} in a connection.",
            "cursor": graphene.String(
                required=True, description="The place of this row in the list."
            ),
            "node": graphene.Field(type_, required=True, description="The row itself."),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of {name} rows, newest first.",
            "row_type": type_,
            "edges": graphene.List(
                graphene.NonNull(edge), required=True, description="The rows with cursors."
            ),
            "nodes": graphene.List(
                graphene.NonNull(type_), required=True, description="The rows alone."
            ),
            "page_info": graphene.Field(
                PageInfo, required=True, description="Where this page lies."
            ),
            "total_count": graphene.Int(
                required=True,
                description="How many rows there are in all; counted only when asked for.",
            ),
            "resolve_edges": lambda page, _info: page.edges(),
            "resolve_nodes": lambda page, _info: page.records,
            "resolve_page_info": lambda page, _info: page.info(),
            "resolve_total_count": lambda page, _info: page.count(),
        },
    )


@dataclass(frozen=True)
class ConnectionPage:
    """One page on its way through the executor."""

    records: list[Record]
    window: Window
    has_more: bool
    count: Callable[[], int]

    def edges(self) -> list[dict[str, Any]]:
        """The records with their cursors."""
        return [{"cursor": _cursor(one.row), "node": one} for one in self.records]

    def info(self) -> PageInfo:
        """has_next_page and has_previous_page as the cursor connections specification defines them."""
        backwards = self.window.backwards
        return PageInfo(
            has_next_page=self.window.before is not None if backwards else self.has_more,
            has_previous_page=self.has_more if backwards else self.window.after is not None,
            start_cursor=_cursor(self.records[0].row) if self.records else None,
            end_cursor=_cursor(self.records[-1].row) if self.records else None,
        )


def connection_field(
    connection: Any, listing: Listing, *, description: str, **filters: Any
) -> graphene.Field:
    """A root field that answers a connection; `filters` are its further arguments."""
    arguments = {
        "first": graphene.Int(description="How many rows from the start of the list."),
        "after": graphene.String(description="Only rows after this cursor."),
        "last": graphene.Int(description="How many rows from the end of the list."),
        "before": graphene.String(description="Only rows before this cursor."),
    }

    def resolve(_root: Any, info: GraphQLResolveInfo, **given: Any) -> ConnectionPage:
        window = parse_window(**{name: given.pop(name, None) for name in arguments})
        actor = info.context.actor
        row_type = connection.row_type
        needs = selected(info, row_type, "edges", "node") | selected(info, row_type, "nodes")
        found = listing.page(actor, given, window, needs | {"created_at"})
        rows = found[: window.size]
        if window.backwards:
            rows.reverse()
        return ConnectionPage(
            Siblings.records(rows),
            window,
            len(found) > window.size,
            lambda: listing.count(actor, given),
        )

    return graphene.Field(
        connection,
        args=arguments | filters,
        required=True,
        description=description,
        resolver=resolve,
    )


def _cursor(row: Row) -> str:
    return Cursor(row["created_at"], row["_id"]).encoded()
