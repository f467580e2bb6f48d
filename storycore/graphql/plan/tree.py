"""What is a compiled read? A tree of rows to fetch, each with what it needs and how it is written out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField

from storycore.graphql.mutation import Mutation
from storycore.graphql.reads import ReadMany, ReadOne
from storycore.graphql.relations import Load, Relation
from storycore.graphql.sharing import Shared
from storycore.mongo.reading import Row
from storycore.mongo.relating import RowBy, RowsBy

Emit = Callable[..., list[dict[str, Any]]]
"""emit(rows, *links) -> response objects; each link maps a key to what stands in its place."""


class Unplannable(Exception):
    """The operation has a form, or the data a value, that plans don't know: the reference executor answers."""


@dataclass(slots=True)
class Link:
    """The rows that hang on each row of a node, under one response key."""

    relation: Relation
    node: RowNode
    is_required: bool

    @property
    def documents(self) -> RowBy | RowsBy | None:
        """What ids of documents lead to; None when a function knows its own keys."""
        load = self.relation.load
        return load if isinstance(load, RowBy | RowsBy) else None


@dataclass(frozen=True, slots=True)
class Group:
    """The links of a node, by their places, that read the same rows by the same relation: one command for all.

    `needs` are the stored names that they want together; `is_same` says that they write the same objects.
    """

    load: Load
    links: tuple[int, ...]
    needs: frozenset[str]
    is_same: bool


@dataclass(slots=True)
class RowNode:
    """Rows of one type at one place of the answer.

    `needs` are the stored names to fetch, `groups` which links are served together, `children` the group whose
    rows can come in the same command as the one row that they start from. `emit` writes the response objects;
    its link arguments come in the order of `links`.
    """

    type_name: str
    needs: frozenset[str] = frozenset()
    links: list[Link] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    children: Group | None = None
    emit: Emit = field(default=lambda _rows: [])


@dataclass(frozen=True, slots=True)
class Root:
    """One field of Query: how its rows are found and what hangs on them."""

    key: str
    read: ReadOne | ReadMany
    definition: GraphQLField
    syntax: FieldNode
    node: RowNode


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole query; `shared` says how its answers are judged when readers may share them."""

    roots: Sequence[Root]
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One field of Mutation: who performs it, and how its payload is written."""

    key: str
    mutation: type[Mutation]
    definition: GraphQLField
    syntax: FieldNode
    node: RowNode


Rows = list[Row]
