"""Which forms do old clients send, and what stands for each? Rules that the schema itself answers."""

from __future__ import annotations

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

# Aliases that no client uses: GraphQL keeps names that begin with two underscores for itself.
DONE = "__done"
FLAT = "__flat"
"""Stands before the keys that belong into the payload itself: `__flat__id__url`."""

_ID, _IDS = "Id", "Ids"
_ARGUMENTS = {"typeFilter": "type"}

Fields = GraphQLObjectType | GraphQLInterfaceType


def relation_of(parent: Fields, name: str) -> str | None:
    """The field that holds the object whose id `name` is (`imageId`: `image`); None when there is none."""
    field = parent.fields.get(name)
    if field is None or not name.endswith(_ID) or not is_leaf_type(get_named_type(field.type)):
        return None
    relation = parent.fields.get(name.removesuffix(_ID))
    if relation is None or not is_composite_type(get_named_type(relation.type)):
        return None
    return name.removesuffix(_ID)


def argument_of(field: GraphQLField, name: str) -> str:
    """The argument that an old name stands for: `scenarioId` is `id` where only that is known."""
    if name in field.args:
        return name
    if name in _ARGUMENTS and _ARGUMENTS[name] in field.args:
        return _ARGUMENTS[name]
    for ending, plain in ((_IDS, "ids"), (_ID, "id")):
        if name.endswith(ending) and plain in field.args:
            return plain
    return name


def result_of(payload: GraphQLNamedType) -> tuple[str, GraphQLObjectType] | None:
    """The field of a mutation's payload that holds the object it is about, and that object's type.

    A payload has `success`; its first field that is an object with an id is what the mutation made.
    """
    if not isinstance(payload, GraphQLObjectType) or "success" not in payload.fields:
        return None
    for name, field in payload.fields.items():
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLObjectType) and "id" in inner.fields and field.type is inner:
            return name, inner
    return None
