"""Which leaf types does the schema have beyond GraphQL's own?"""

from __future__ import annotations

from typing import Any

import graphene
from graphql import (
    BooleanValueNode,
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

_DEPTH_MAX = 32


class JSON(graphene.Scalar):
    """Any JSON value: an object, a list, a text, a number, true, false or null."""

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        return _literal(node, variables or {}, 1)


def _literal(node: ValueNode, variables: dict[str, Any], depth: int) -> Any:
    if depth > _DEPTH_MAX:
        raise GraphQLError(f"The JSON is nested deeper than {_DEPTH_MAX} levels.", node)
    if isinstance(node, ObjectValueNode):
        return {one.name.value: _literal(one.value, variables, depth + 1) for one in node.fields}
    if isinstance(node, ListValueNode):
        return [_literal(one, variables, depth + 1) for one in node.values]
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    return _leaf(node)


def _leaf(node: ValueNode) -> Any:
    if isinstance(node, IntValueNode):
        return int(node.value)
    if isinstance(node, FloatValueNode):
        return float(node.value)
    return node.value if isinstance(node, StringValueNode | BooleanValueNode) else None
