"""How does a plan answer? One command per level, fewer where rows are already there, then one pass to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql.execution.values import get_argument_values

from storycore.access import Actor
from storycore.graphql.plan.tree import Link, Plan, Root, RowNode, Rows
from storycore.graphql.reads import ReadOne
from storycore.ids import find_id
from storycore.mongo.reading import Row
from storycore.mongo.relating import RowBy, RowsBy


def run_plan(plan: Plan, actor: Actor, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The `data` of the answer. `variables` are coerced already.

    Raises whatever the reads raise, and Unplannable when the reference executor must answer.
    """
    run = _Run(actor, dict(variables))
    return {root.key: run.root(root) for root in plan.roots}


class _Run:
    def __init__(self, actor: Actor, variables: dict[str, Any]) -> None:
        self.actor = actor
        self.variables = variables
        # Lists fetched last by collection: (stored names that their rows have, rows by parent).
        self.fetched: dict[Any, tuple[frozenset[str], Mapping[Any, list[Row]]]] = {}

    def root(self, root: Root) -> Any:
        arguments = get_argument_values(root.definition, root.syntax, self.variables)
        if isinstance(root.read, ReadOne):
            return self._one(root, root.read, arguments["id"])
        rows = root.read.fetch(self.actor, root.node.needs, **arguments)
        return self._written(root.node, rows, {})

    def _one(self, root: Root, read: ReadOne, text: str) -> Any:
        key = find_id(text)
        if key is None:
            return None
        node = root.node
        lookups: dict[str, Any] = {
            f"__{index}": (link.relation.load, link.relation.by, link.node.needs)
            for index, link in enumerate(node.links)
            if _can_be_looked_up(link)
        }
        row = read.rows.find(self.actor, key, node.needs, lookups)
        if row is None:
            return None
        loaded = {int(name[2:]): row.pop(name) for name in lookups}
        return self._written(node, [row], loaded)[0]

    def _written(self, node: RowNode, rows: Rows, looked_up: Mapping[int, Rows]) -> Any:
        if not node.links:
            return node.emit(rows)
        links: list[Any] = [None] * len(node.links)
        for index, found in looked_up.items():
            link = node.links[index]
            parent = rows[0].get(link.relation.by)
            links[index] = self._placed(link, _by_key(link, parent, found))
        for group in node.groups:
            missing = [index for index in group if links[index] is None]
            if missing:
                self._load(node, rows, missing, links)
        return node.emit(rows, *links)

    def _load(self, node: RowNode, rows: Rows, group: list[int], links: list[Any]) -> None:
        first = node.links[group[0]]
        if len(group) == 1:
            own_keys = _keys(rows, first.relation.by)
            found = self._found(first.relation.load, own_keys, first.node.needs)
            links[group[0]] = self._placed(first, found)
            return
        keys = {index: _keys(rows, node.links[index].relation.by) for index in group}
        wanted = dict.fromkeys(key for some in keys.values() for key in some)
        needs = frozenset().union(*(node.links[index].node.needs for index in group))
        found = self._found(first.relation.load, wanted, needs)
        for index in group:
            own = {key: found[key] for key in keys[index] if key in found}
            links[index] = self._placed(node.links[index], own)

    def _found(self, load: Any, keys: dict[Any, None], needs: frozenset[str]) -> Mapping[Any, Any]:
        """Rows by key; those that this answer has fetched already, with all that is needed, are used again."""
        if not keys:
            return {}
        if not isinstance(load, RowBy) or load.key != "_id":
            found: Mapping[Any, Any] = load(self.actor, keys, needs)
            if isinstance(load, RowsBy):
                self.fetched[load.document] = (needs, found)
            return found
        known = self._known(load.document, needs)
        present = {key: row for key in keys if (row := known.get(key)) is not None} if known else {}
        if len(present) == len(keys):
            return present
        missing = [key for key in keys if key not in present] if present else keys
        fetched: Mapping[Any, Any] = load(self.actor, missing, needs)
        return {**present, **fetched} if present else fetched

    def _known(self, document: Any, needs: frozenset[str]) -> dict[Any, Row]:
        """The rows of a collection that were fetched with all of `needs`, by id."""
        names, groups = self.fetched.get(document, (frozenset(), {}))
        if not needs <= names:
            return {}
        return {row["_id"]: row for rows in groups.values() for row in rows}

    def _placed(self, link: Link, found: Mapping[Any, Any]) -> dict[Any, Any]:
        """What stands in the answer for each key."""
        if not link.relation.many:
            return dict(zip(found, self._written(link.node, list(found.values()), {}), strict=True))
        flat = iter(self._written(link.node, [row for rows in found.values() for row in rows], {}))
        return {key: [next(flat) for _ in rows] for key, rows in found.items()}


def _can_be_looked_up(link: Link) -> bool:
    load = link.relation.load
    return (isinstance(load, RowBy) and load.guard is None) or (
        isinstance(load, RowsBy) and not load.many
    )


def _by_key(link: Link, parent: Any, found: Rows) -> dict[Any, Any]:
    if link.relation.many:
        return {parent: found}
    return {parent: found[0]} if found else {}


def _keys(rows: Rows, by: str) -> dict[Any, None]:
    return dict.fromkeys(key for row in rows if (key := row.get(by)) is not None)
