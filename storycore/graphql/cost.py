"""How many values may this operation bring back? Fields multiplied by the sizes of the lists they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from storycore.graphql.limits import Fragments

PAGE_ARGUMENTS = ("limit", "first", "last")
# Scenes of a story, choices of a scene: lists without a page have no upper bound in the schema.
_PLAIN_LIST = 10

_Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class _Place:
    selections: SelectionSetNode
    parent: Any
    times: int
    page: int | None = None
    """The page size that the lists right below belong to: `edges` and `nodes` of a connection."""


class Estimator:
    """Estimates operations of one schema; runs after validation, so every field and fragment exists."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    def cost(
        self, operation: OperationDefinitionNode, fragments: Fragments, variables: Mapping[str, Any]
    ) -> int:
        """The most values that the answer may hold, give or take the lists without a page size."""
        total = 0
        root = self._schema.get_root_type(operation.operation)
        stack = [_Place(operation.selection_set, root, 1)]
        while stack:
            place = stack.pop()
            for node in place.selections.selections:
                if isinstance(node, FieldNode):
                    total += place.times
                    inner = self._below(node, place, variables)
                else:
                    inner = self._inside(node, fragments, place)
                if inner is not None:
                    stack.append(inner)
        return total

    def _below(self, node: FieldNode, place: _Place, variables: Mapping[str, Any]) -> _Place | None:
        field = (
            place.parent.fields.get(node.name.value)
            if isinstance(place.parent, _Composite)
            else None
        )
        if field is None or node.selection_set is None:
            # __typename, __schema and __type read nothing that is stored.
            return None
        page = _page_size(node, field, variables)
        times = place.times
        if is_list_type(get_nullable_type(field.type)):
            size = page if page is not None else place.page
            times *= _PLAIN_LIST if size is None else size
            page = None
        return _Place(node.selection_set, get_named_type(field.type), times, page)

    def _inside(self, node: Any, fragments: Fragments, place: _Place) -> _Place:
        holder = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        condition = holder.type_condition
        parent = place.parent if condition is None else self._schema.get_type(condition.name.value)
        return _Place(holder.selection_set, parent, place.times, place.page)


def page_variables(
    operation: OperationDefinitionNode, fragments: Fragments
) -> dict[str, int | None]:
    """The variables that page sizes come from, with their defaults: the cost depends on nothing else."""
    found: set[str] = set()
    seen: set[str] = set()
    stack = [operation.selection_set]
    while stack:
        for node in stack.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                if node.name.value not in seen:
                    seen.add(node.name.value)
                    stack.append(fragments[node.name.value].selection_set)
                continue
            if isinstance(node, FieldNode):
                found |= _variables_of_page(node)
            if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set is not None:
                stack.append(node.selection_set)
    return {
        definition.variable.name.value: _number(definition.default_value, {})
        for definition in operation.variable_definitions
        if definition.variable.name.value in found
    }


def _variables_of_page(node: FieldNode) -> set[str]:
    return {
        argument.value.name.value
        for argument in node.arguments
        if argument.name.value in PAGE_ARGUMENTS and isinstance(argument.value, VariableNode)
    }


def _page_size(node: FieldNode, field: GraphQLField, variables: Mapping[str, Any]) -> int | None:
    """The page that a field is asked for, cut to the server's own cap; None for a field without pages."""
    if not any(name in field.args for name in PAGE_ARGUMENTS):
        return None
    size: Any = None
    for argument in node.arguments:
        if argument.name.value in PAGE_ARGUMENTS:
            given = _number(argument.value, variables)
            size = given if given is not None else size
    if size is None:
        size = settings.PAGE_SIZE
    return max(0, min(size, settings.PAGE_SIZE_MAX))


def _number(value: Any, variables: Mapping[str, Any]) -> int | None:
    if isinstance(value, IntValueNode):
        return int(value.value)
    if isinstance(value, VariableNode):
        given = variables.get(value.name.value)
        return given if isinstance(given, int) else None
    return None
