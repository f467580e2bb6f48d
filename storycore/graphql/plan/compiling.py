"""How does a selection set become a plan? Once for each document and each set of @skip and @include values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    print_ast,
)

from storycore.graphql.mutation import Mutation
from storycore.graphql.plan.completing import completer
from storycore.graphql.plan.emitting import Emitter
from storycore.graphql.plan.tree import Act, Group, Link, Plan, Root, RowNode, Unplannable
from storycore.graphql.reads import ReadMany, ReadOne
from storycore.graphql.relations import Column, Load, Relation
from storycore.graphql.sharing import Shared
from storycore.graphql.types import READABLE
from storycore.mongo.relating import RowsBy

Fragments = Mapping[str, FragmentDefinitionNode]


def compile_query(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Fragments,
    variables: Mapping[str, Any],
) -> Plan:
    """The plan of a valid query; of the variables only those of @skip and @include count.

    Raises Unplannable for whatever the reference executor must answer.
    """
    return _Compiler(schema, fragments, variables).plan(operation)


def compile_mutation(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Fragments,
    variables: Mapping[str, Any],
) -> Sequence[Act]:
    """The acts of a valid mutation in their order; of the variables only those of @skip and @include count.

    Raises Unplannable for whatever the reference executor must answer.
    """
    return _Compiler(schema, fragments, variables).acts(operation)


class _Compiler:
    def __init__(
        self, schema: GraphQLSchema, fragments: Fragments, variables: Mapping[str, Any]
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.nodes: dict[tuple[str, ...], RowNode] = {}
        self.types: set[str] = set()
        self.reads: dict[str, tuple[Load, frozenset[str]]] = {}

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        query = self.schema.query_type
        if query is None:
            raise Unplannable
        fields = self._collected([operation.selection_set], frozenset({query.name}))
        roots = [self._root(query, key, nodes) for key, nodes in fields.items()]
        shared = self._shared(roots)
        if shared is not None:
            for root in roots:
                root.node.needs |= set(shared.sharing.version)
        return Plan(roots, shared)

    def acts(self, operation: OperationDefinitionNode) -> Sequence[Act]:
        root = self.schema.mutation_type
        if root is None:
            raise Unplannable
        fields = self._collected([operation.selection_set], frozenset({root.name}))
        return [self._act(root, key, nodes) for key, nodes in fields.items()]

    def _act(self, root: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Act:
        definition = root.fields.get(nodes[0].name.value)
        mutation = getattr(definition.resolve, "__self__", None) if definition else None
        if definition is None or not (
            isinstance(mutation, type) and issubclass(mutation, Mutation)
        ):
            raise Unplannable
        return Act(
            key, mutation, definition, nodes[0], self._node(get_named_type(definition.type), nodes)
        )

    def _shared(self, roots: list[Root]) -> Shared | None:
        """How the answers are shared: when all roots agree, and know of everything that is read."""
        first = roots[0].read if roots else None
        if not isinstance(first, ReadOne) or first.sharing is None:
            return None
        known = first.sharing.covers | first.sharing.compared
        alike = all(
            isinstance(root.read, ReadOne)
            and root.read.rows is first.rows
            and root.read.sharing is first.sharing
            for root in roots
        )
        if not alike or not self.types <= known:
            return None
        reads = {name: self.reads[name] for name in first.sharing.compared & self.reads.keys()}
        return Shared(first.rows, first.sharing, reads)

    def _root(self, query: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Root:
        definition = query.fields.get(nodes[0].name.value)
        read = getattr(definition.resolve, "__self__", None) if definition else None
        if definition is None or not isinstance(read, ReadOne | ReadMany):
            raise Unplannable
        type_ = get_named_type(definition.type)
        return Root(key, read, definition, nodes[0], self._node(type_, nodes))

    def _node(self, type_: Any, nodes: list[FieldNode]) -> RowNode:
        row_type = READABLE.get(type_.name)
        if row_type is None:
            raise Unplannable
        readable = row_type.readable_fields()
        sets = [node.selection_set for node in nodes if node.selection_set]
        emitter = Emitter()
        node = RowNode(type_.name)
        self.types.add(type_.name)
        needs: set[str] = set()
        for key, inner in self._collected(sets, row_type.type_names()).items():
            name = inner[0].name.value
            if name == "__typename":
                emitter.constant(key, type_.name)
                continue
            field = readable.get(name)
            definition = type_.fields.get(name)
            if field is None or definition is None or definition.args:
                raise Unplannable
            needs |= field.needs
            if isinstance(field, Relation):
                link = self._link(field, definition.type, inner)
                emitter.link(key, link, len(node.links))
                node.links.append(link)
            else:
                self._leaf(emitter, key, field, definition.type, inner)
        node.needs = frozenset(needs)
        node.groups = _grouped(node.links)
        node.children = next((one for one in node.groups if _are_children(node, one)), None)
        node.emit = emitter.function(len(node.links))
        return node

    def _link(self, field: Relation, type_: Any, nodes: list[FieldNode]) -> Link:
        required = isinstance(type_, GraphQLNonNull)
        target = get_named_type(type_)
        # Equal selections share their node, so that equal rows are fetched and written once.
        same = (
            target.name,
            *(print_ast(node.selection_set) for node in nodes if node.selection_set),
        )
        if same not in self.nodes:
            self.nodes[same] = self._node(target, nodes)
        link = Link(field, self.nodes[same], required)
        if link.documents is None:
            _, needs = self.reads.get(target.name, (None, frozenset()))
            self.reads[target.name] = (field.load, needs | link.node.needs)
        return link

    def _leaf(
        self, emitter: Emitter, key: str, column: Column, type_: Any, nodes: list[FieldNode]
    ) -> None:
        sets = [node.selection_set for node in nodes if node.selection_set]
        complete = completer(type_, lambda inner: self._embedded(inner, sets))
        emitter.leaf(key, column, type_, complete)

    def _embedded(self, type_: GraphQLObjectType, sets: list[SelectionSetNode]) -> Any:
        """The fields of a value that stands inside a row: (key, definition, completer), or its type's name."""
        entries: list[tuple[str, Any, Any]] = []
        for key, nodes in self._collected(sets, frozenset({type_.name})).items():
            name = nodes[0].name.value
            if name == "__typename":
                entries.append((key, None, type_.name))
                continue
            definition = type_.fields.get(name)
            if definition is None or definition.args:
                raise Unplannable
            deeper = [node.selection_set for node in nodes if node.selection_set]
            complete = completer(definition.type, partial(self._embedded_in, deeper))
            entries.append((key, definition.resolve, complete))
        return entries

    def _embedded_in(self, sets: list[SelectionSetNode], type_: GraphQLObjectType) -> Any:
        return self._embedded(type_, sets)

    def _collected(
        self, sets: Iterable[SelectionSetNode], names: frozenset[str]
    ) -> dict[str, list[FieldNode]]:
        """Fields by response key in the order of the answer, as CollectFields of the specification does."""
        fields: dict[str, list[FieldNode]] = {}
        for one in sets:
            self._collect(one, names, fields, set())
        return fields

    def _collect(
        self,
        selections: SelectionSetNode,
        names: frozenset[str],
        fields: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                fields.setdefault(key, []).append(node)
                continue
            inner: FragmentDefinitionNode | InlineFragmentNode
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in seen:
                    continue
                seen.add(node.name.value)
                inner = self.fragments[node.name.value]
            else:
                inner = cast("InlineFragmentNode", node)
            condition: Any = inner.type_condition
            if condition is None or condition.name.value in names:
                self._collect(inner.selection_set, names, fields, seen)

    def _is_included(self, node: Any) -> bool:
        for directive in node.directives:
            if directive.name.value not in ("skip", "include"):
                raise Unplannable
            value = directive.arguments[0].value
            if isinstance(value, BooleanValueNode):
                met = value.value
            elif isinstance(value, VariableNode) and isinstance(
                self.variables.get(value.name.value), bool
            ):
                met = self.variables[value.name.value]
            else:
                raise Unplannable
            if met is (directive.name.value == "skip"):
                return False
        return True


def _grouped(links: list[Link]) -> list[Group]:
    """Links that read the same rows by the same relation go together: one command for pictures and sounds."""
    places: dict[int, list[int]] = {}
    for index, link in enumerate(links):
        places.setdefault(id(link.relation.load), []).append(index)
    groups = []
    for found in places.values():
        nodes = [links[index].node for index in found]
        needs = frozenset().union(*(node.needs for node in nodes))
        is_same = all(node is nodes[0] for node in nodes)
        groups.append(Group(links[found[0]].relation.load, tuple(found), needs, is_same))
    return groups


def _are_children(node: RowNode, group: Group) -> bool:
    """Whether one parent finds the rows of a group by its id, and they may be more than a list can hold."""
    load = group.load
    return (
        isinstance(load, RowsBy) and load.many and node.links[group.links[0]].relation.by == "_id"
    )
