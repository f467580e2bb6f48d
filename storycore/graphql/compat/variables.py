"""Does a variable fit where it is used? Old clients declare ids as String!, texts as ID!, and lists loosely."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from graphql import (
    SKIP,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)

_SWAPPED = frozenset({"ID", "String"})


def with_fitting_variables(document: DocumentNode, schema: GraphQLSchema) -> DocumentNode:
    """The document with ID and String variables declared as the places that use them want it.

    A variable that is used as both is left as it is. Both are texts, so no value changes; a list that may hold
    no null where it is used is declared so, and one that holds a null is refused then.
    """
    fragments = {
        node.name.value: _uses(node, schema)
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    definitions = [
        _fitted(node, schema, fragments) if isinstance(node, OperationDefinitionNode) else node
        for node in document.definitions
    ]
    changed = copy(document)
    changed.definitions = tuple(definitions)
    return changed


class _Uses(Visitor):
    """Collects, for each variable, the types that its places want, and the fragments spread."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.wanted: dict[str, set[GraphQLInputType]] = {}
        self.spreads: set[str] = set()

    def enter_variable_definition(self, *_: Any) -> Any:
        """Where a variable is declared, it is not used."""
        return SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """A place where a variable stands."""
        type_ = self.info.get_input_type()
        if type_ is not None:
            self.wanted.setdefault(node.name.value, set()).add(type_)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """A fragment may use the operation's variables too."""
        self.spreads.add(node.name.value)


def _uses(node: Any, schema: GraphQLSchema) -> _Uses:
    info = TypeInfo(schema)
    uses = _Uses(info)
    visit(node, TypeInfoVisitor(info, uses))
    return uses


def _fitted(
    node: OperationDefinitionNode, schema: GraphQLSchema, fragments: dict[str, _Uses]
) -> OperationDefinitionNode:
    if not any(_plain_name(one) in _SWAPPED for one in node.variable_definitions):
        return node
    wanted: dict[str, set[GraphQLInputType]] = {}
    for uses in _reached(_uses(node, schema), fragments):
        for name, types in uses.wanted.items():
            wanted.setdefault(name, set()).update(types)
    changed = copy(node)
    changed.variable_definitions = tuple(
        _declared(one, wanted.get(one.variable.name.value, set()))
        for one in node.variable_definitions
    )
    return changed


def _reached(first: _Uses, fragments: dict[str, _Uses]) -> Iterator[_Uses]:
    waiting, seen = [first], set[str]()
    while waiting:
        uses = waiting.pop()
        yield uses
        for name in uses.spreads - seen:
            seen.add(name)
            if name in fragments:
                waiting.append(fragments[name])


def _declared(
    node: VariableDefinitionNode, wanted: set[GraphQLInputType]
) -> VariableDefinitionNode:
    names = {get_named_type(type_).name for type_ in wanted}
    if _plain_name(node) not in _SWAPPED or len(names) != 1 or not names <= _SWAPPED:
        return node
    changed = copy(node)
    changed.type = _renamed(node.type, names.pop())
    if all(_has_no_null_inside(type_) for type_ in wanted):
        changed.type = _with_whole_items(changed.type)
    return changed


def _has_no_null_inside(type_: GraphQLInputType) -> bool:
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return isinstance(inner, GraphQLList) and isinstance(inner.of_type, GraphQLNonNull)


def _with_whole_items(type_: Any) -> Any:
    """The type of a list, its items not null; any other type as it is."""
    if isinstance(type_, NamedTypeNode):
        return type_
    changed = copy(type_)
    if isinstance(type_, NonNullTypeNode):
        changed.type = _with_whole_items(type_.type)
    elif isinstance(type_.type, NamedTypeNode):
        changed.type = NonNullTypeNode(type=type_.type)
    return changed


def _plain_name(node: VariableDefinitionNode) -> str:
    type_: Any = node.type
    while not isinstance(type_, NamedTypeNode):
        type_ = type_.type
    return str(type_.name.value)


def _renamed(type_: Any, name: str) -> Any:
    changed = copy(type_)
    if isinstance(type_, NamedTypeNode):
        changed.name = NameNode(value=name)
    else:
        changed.type = _renamed(type_.type, name)
    return changed
