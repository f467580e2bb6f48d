"""How does a plan answer? One command per level, fewer where rows are already there, then one pass to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from bson import ObjectId

from storycore.access import Actor
from storycore.graphql.plan.linking import Found, keys_of, placed, rows_by_id
from storycore.graphql.plan.tree import Group, Link, Plan, Root, RowNode, Rows
from storycore.graphql.reads import ReadOne
from storycore.graphql.relations import Written
from storycore.ids import raw_id
from storycore.mongo.reading import Row
from storycore.mongo.relating import RowBy, RowsBy

_NOTHING: tuple[frozenset[str], Rows] = (frozenset(), [])


class Run:
    """One answer of a plan in the making. `arguments` are those of its roots, coerced, in their order.

    What it learns on the way about a shared answer: the versions of the roots, the compared rows, and whether
    nothing was hidden from this reader.
    """

    def __init__(self, plan: Plan, actor: Actor, arguments: Sequence[Mapping[str, Any]]) -> None:
        self.plan = plan
        self.actor = actor
        self.arguments = arguments
        self.versions: dict[ObjectId, tuple[Any, ...]] = {}
        self.compared: dict[str, dict[str, Any]] = {}
        self.is_whole = True
        # Lists fetched last by collection: the stored names that their rows have, and the rows.
        self.fetched: dict[Any, tuple[frozenset[str], Rows]] = {}

    def answer(self) -> dict[str, Any]:
        """The `data`.

        Raises whatever the reads raise, and Unplannable when the reference executor must answer.
        """
        return {
            root.key: self._root(root, arguments)
            for root, arguments in zip(self.plan.roots, self.arguments, strict=True)
        }

    def payload(self, node: RowNode, row: Row) -> dict[str, Any]:
        """The payload of a mutation from its row; a row that was given whole is not read back."""
        links: list[Found] = [None] * len(node.links)
        written = row.get("written")
        if written is not None:
            for index, link in enumerate(node.links):
                if isinstance(link.relation, Written) and link.documents is not None:
                    links[index] = self._placed(link, link.documents.key, (), [written])
        return self._finished(node, [row], links)[0]

    def _root(self, root: Root, arguments: Mapping[str, Any]) -> Any:
        if isinstance(root.read, ReadOne):
            return self._one(root, root.read, arguments["id"])
        rows = root.read.fetch(self.actor, root.node.needs, **arguments)
        return self._written(root.node, rows)

    def _one(self, root: Root, read: ReadOne, text: str) -> Any:
        node = root.node
        lookups: dict[str, Any] = {
            f"__{index}": (link.relation.load, link.relation.by, link.node.needs)
            for index, link in enumerate(node.links)
            if _can_be_looked_up(link)
        }
        group = node.children
        children = cast("tuple[RowsBy, frozenset[str]] | None", group and (group.load, group.needs))
        found = None
        for key in read.keys(self.actor, text):
            found = read.rows.find_with(self.actor, key, node.needs, lookups, children)
            if found is not None:
                break
        if found is None:
            return None
        row, below = found
        loaded = {int(name[2:]): row.pop(name) for name in lookups}
        if self.plan.shared is not None:
            names = self.plan.shared.sharing.version
            self.versions[row["_id"]] = tuple(row.get(name) for name in names)
            self.is_whole &= all(loaded.values())
        links: list[Found] = [None] * len(node.links)
        for index, rows in loaded.items():
            link = node.links[index]
            if link.documents is not None:
                links[index] = self._placed(link, link.documents.key, keys_of([row], link), rows)
        if group is not None and children is not None:
            self.fetched[children[0].document] = (group.needs, below)
            keys = {index: keys_of([row], node.links[index]) for index in group.links}
            self._spread(node, group, keys, below, links)
        return self._finished(node, [row], links)[0]

    def _written(self, node: RowNode, rows: Rows) -> list[dict[str, Any]]:
        return (
            self._finished(node, rows, [None] * len(node.links)) if node.links else node.emit(rows)
        )

    def _finished(self, node: RowNode, rows: Rows, links: list[Found]) -> list[dict[str, Any]]:
        """The response objects, once everything is there that their links lead to."""
        for group in node.groups:
            if any(links[index] is None for index in group.links):
                self._load(node, group, rows, links)
        return node.emit(rows, *links)

    def _load(self, node: RowNode, group: Group, rows: Rows, links: list[Found]) -> None:
        load = node.links[group.links[0]].documents
        if load is None:
            for index in group.links:
                links[index] = self._computed(node.links[index], rows)
            return
        keys = {index: keys_of(rows, node.links[index]) for index in group.links}
        wanted = {raw: key for some in keys.values() for raw, key in some.items()}
        self._spread(node, group, keys, self._found(load, wanted, group.needs), links)

    def _spread(
        self,
        node: RowNode,
        group: Group,
        keys: Mapping[int, Mapping[bytes, ObjectId]],
        found: Rows,
        links: list[Found],
    ) -> None:
        """Write the found rows, and put them where the links of the group look for them."""
        first = node.links[group.links[0]]
        by = cast("RowBy | RowsBy", group.load).key
        if group.is_same:
            # The same fields of the same rows: they are written once for all of these places.
            wanted = {raw for some in keys.values() for raw in some}
            same = self._placed(first, by, wanted, found)
            for index in group.links:
                links[index] = same
            return
        for index, own in keys.items():
            rows = [row for row in found if raw_id(row[by]) in own]
            links[index] = self._placed(node.links[index], by, own, rows)

    def _computed(self, link: Link, rows: Rows) -> dict[Any, Any]:
        """What a function finds that knows its own keys: users, counts, places that use something."""
        relation = link.relation
        keys = dict.fromkeys(key for row in rows if (key := row.get(relation.by)) is not None)
        if not keys:
            return {}
        found = relation.load(self.actor, keys, link.node.needs)
        if self.plan.shared is not None and link.node.type_name in self.plan.shared.reads:
            known = self.compared.setdefault(link.node.type_name, {})
            known.update({key: found.get(key) for key in keys})
        if not relation.many:
            there = {key: row for key, row in found.items() if row is not None}
            return dict(zip(there, self._written(link.node, [*there.values()]), strict=True))
        flat = iter(self._written(link.node, [row for some in found.values() for row in some]))
        return {key: [next(flat) for _ in some] for key, some in found.items()}

    def _found(
        self, load: RowBy | RowsBy, keys: Mapping[bytes, ObjectId], needs: frozenset[str]
    ) -> Rows:
        """The rows that keys lead to; those that this answer has fetched already are used again."""
        if not keys:
            return []
        if isinstance(load, RowsBy):
            rows = load.rows(self.actor, keys.values(), needs)
            self.fetched[load.document] = (needs, rows)
            return rows
        names, known = self.fetched.get(load.document, _NOTHING) if load.key == "_id" else _NOTHING
        if not known or not needs <= names:
            rows = load.rows(self.actor, keys.values(), needs)
            self.is_whole &= len(rows) == len(keys)
            return rows
        by_id = rows_by_id(known)
        there = [row for key in keys if (row := by_id.get(key)) is not None]
        if len(there) == len(keys):
            return there
        missing = [key for raw, key in keys.items() if raw not in by_id]
        more = load.rows(self.actor, missing, needs)
        self.is_whole &= len(more) == len(missing)
        return there + more

    def _placed(self, link: Link, by: str, keys: Iterable[bytes], found: Rows) -> Found:
        return placed(link, by, keys, found, self._written(link.node, found))


def _can_be_looked_up(link: Link) -> bool:
    load = link.relation.load
    return (isinstance(load, RowBy) and load.guard is None) or (
        isinstance(load, RowsBy) and not load.many
    )
