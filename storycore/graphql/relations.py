"""How does one row lead to the next? Fields and relations, declared once with what they read.

A type's field is a Column (a leaf read from named stored fields) or a Relation (other rows, loaded for all
siblings in one batch). The reference executor resolves them here; the compiled read plan uses the same
declarations, so both ask MongoDB the same questions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, cast

import graphene
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
)

from storycore.access import Actor
from storycore.mongo.reading import Row

Load = Callable[[Actor, Collection[Any], frozenset[str]], Mapping[Any, Any]]
"""(who asks, keys, stored names) -> rows by key: one row or None for One, a list of rows for Many."""


class Record:
    """A row on its way through the executor; it knows its siblings, so that relations load once for all."""

    __slots__ = ("row", "siblings")

    def __init__(self, row: Row, siblings: Siblings) -> None:
        self.row = row
        self.siblings = siblings


class Siblings:
    """The rows that stand at the same place of one answer, and what was loaded for all of them."""

    __slots__ = ("loaded", "rows")

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.loaded: dict[Any, dict[Any, Any]] = {}

    @classmethod
    def records(cls, rows: Iterable[Row]) -> list[Record]:
        """One record for each row."""
        listed = list(rows)
        siblings = cls(listed)
        return [Record(row, siblings) for row in listed]


class Column(graphene.Field):
    """A leaf: `read(row)` makes its value from the stored fields `needs`, by default the first of them.

    `stored_name` is set when the value is that of one stored field, as it is.
    """

    def __init__(
        self,
        type_: Any,
        *needs: str,
        description: str,
        read: Callable[[Row], Any] | None = None,
        **options: Any,
    ) -> None:
        self.needs = frozenset(needs)
        self.stored_name = None if read else needs[0]
        self.read = read or _reader(needs[0])
        super().__init__(type_, description=description, resolver=self._resolve, **options)

    def _resolve(self, record: Record, _info: GraphQLResolveInfo) -> Any:
        return self.read(record.row)


class Relation(graphene.Field):
    """Rows of another type, found by the value of the stored field `by` of this one."""

    many = False

    def __init__(
        self, type_: Any, *, by: str, load: Load, description: str, **options: Any
    ) -> None:
        self.by = by
        self.load = load
        self.needs = frozenset((by,))
        super().__init__(type_, description=description, resolver=self._resolve, **options)

    @property
    def target(self) -> Any:
        """The graphene type of the related rows."""
        found = self.type
        while hasattr(found, "of_type"):
            found = found.of_type
        return found

    def _resolve(self, record: Record, info: GraphQLResolveInfo) -> Any:
        place = (id(self), id(info.field_nodes[0]))
        loaded = record.siblings.loaded.get(place)
        if loaded is None:
            loaded = self._load_for(record.siblings.rows, info)
            record.siblings.loaded[place] = loaded
        return self._pick(loaded, record.row.get(self.by))

    def _load_for(self, rows: list[Row], info: GraphQLResolveInfo) -> dict[Any, Any]:
        keys = dict.fromkeys(key for row in rows if (key := row.get(self.by)) is not None)
        if not keys:
            return {}
        found = self.load(info.context.actor, list(keys), selected(info, self.target))
        return self._linked(found)

    def _linked(self, found: Mapping[Any, Any]) -> dict[Any, Any]:
        present = {key: row for key, row in found.items() if row is not None}
        return dict(zip(present, Siblings.records(present.values()), strict=True))

    def _pick(self, loaded: dict[Any, Any], key: Any) -> Any:
        return loaded.get(key)


class One(Relation):
    """At most one related row; null when there is none that the actor may see."""


class Written(One):
    """The row that a mutation wrote: `perform` gives it whole as `written`, else it is read back."""

    def _load_for(self, rows: list[Row], info: GraphQLResolveInfo) -> dict[Any, Any]:
        written = {row[self.by]: row["written"] for row in rows if row.get("written")}
        return self._linked(written) if written else super()._load_for(rows, info)


class Many(Relation):
    """All related rows, in the order of the loader: `[Type!]!`."""

    many = True

    def __init__(
        self, type_: Any, *, by: str, load: Load, description: str, **options: Any
    ) -> None:
        listed = graphene.NonNull(graphene.List(graphene.NonNull(type_)))
        super().__init__(listed, by=by, load=load, description=description, **options)

    def _linked(self, found: Mapping[Any, Any]) -> dict[Any, Any]:
        flat = iter(Siblings.records(row for rows in found.values() for row in rows))
        return {key: [next(flat) for _ in rows] for key, rows in found.items()}

    def _pick(self, loaded: dict[Any, Any], key: Any) -> Any:
        return loaded.get(key, [])


def _reader(name: str) -> Callable[[Row], Any]:
    def read(row: Row) -> Any:
        return row.get(name)

    return read


def selected(info: GraphQLResolveInfo, target: Any, *path: str) -> frozenset[str]:
    """The stored names that the operation needs of rows of `target` at this place.

    `path` leads through wrapping fields, as ("edges", "node") of a connection. Skipped fields count too:
    a superset costs little and is always right.
    """
    sets = [node.selection_set for node in info.field_nodes if node.selection_set]
    for name in path:
        nodes = [node for one in sets for node in _fields(one, info.fragments, None)]
        sets = [
            node.selection_set for node in nodes if node.name.value == name and node.selection_set
        ]
    readable = target.readable_fields()
    needs: set[str] = set()
    for one in sets:
        for node in _fields(one, info.fragments, target.type_names()):
            field = readable.get(node.name.value)
            if field is not None:
                needs |= field.needs
    return frozenset(needs)


def _fields(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    names: frozenset[str] | None,
) -> Iterable[FieldNode]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
            continue
        inner: InlineFragmentNode | FragmentDefinitionNode
        if isinstance(node, FragmentSpreadNode):
            inner = fragments[node.name.value]
        else:
            inner = cast("InlineFragmentNode", node)
        condition: Any = inner.type_condition
        if names is None or condition is None or condition.name.value in names:
            yield from _fields(inner.selection_set, fragments, names)
