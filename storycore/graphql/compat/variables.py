"""Does a variable fit where it is used? Old clients declare String! for ids, and ID! for texts."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from graphql import (
    SKIP,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
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

    A variable that is used as both is left as it is. Both are texts, so no value changes.
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
    """Collects, for each variable, the names of the types that its places want, and the fragments spread."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.wanted: dict[str, set[str]] = {}
        self.spreads: set[str] = set()

    def enter_variable_definition(self, *_: Any) -> Any:
        """Where a variable is declared, it is not used."""
        return SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """A place where a variable stands."""
        type_ = self.info.get_input_type()
        if type_ is not None:
            self.wanted.setdefault(node.name.value, set()).add(get_named_type(type_).name)

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
    wanted: dict[str, set[str]] = {}
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


def _declared(node: VariableDefinitionNode, wanted: set[str]) -> VariableDefinitionNode:
    declared = _plain_name(node)
    if declared not in _SWAPPED or len(wanted) != 1 or not wanted <= _SWAPPED - {declared}:
        return node
    changed = copy(node)
    changed.type = _renamed(node.type, next(iter(wanted)))
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
