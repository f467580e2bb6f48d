"""How does a stored value become a value of the answer? Exactly as graphql-core completes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, is_leaf_type

from storycore.graphql.plan.tree import Unplannable

Complete = Callable[[Any], Any]
Embedded = Callable[[GraphQLObjectType], list[tuple[str, Any, Any]]]


def completer(type_: Any, embedded: Embedded) -> Complete:
    """A function that writes a value of `type_`; `embedded` names the selected fields of an object.

    It raises Unplannable for what graphql-core answers with an error, so that it words that error.
    """
    if isinstance(type_, GraphQLNonNull):
        return partial(_required, completer(type_.of_type, embedded))
    if isinstance(type_, GraphQLList):
        return partial(_listed, completer(type_.of_type, embedded))
    if is_leaf_type(type_):
        return partial(_leaf, type_.serialize)
    if isinstance(type_, GraphQLObjectType):
        fields = [_embedded_field(*entry) for entry in embedded(type_)]
        return partial(_object, fields)
    raise Unplannable


def _required(complete: Complete, value: Any) -> Any:
    found = complete(value)
    if found is None:
        raise Unplannable
    return found


def _listed(complete: Complete, values: Any) -> Any:
    if values is None:
        return None
    if not isinstance(values, list | tuple):
        raise Unplannable
    return [complete(value) for value in values]


def _leaf(serialize: Complete, value: Any) -> Any:
    if value is None:
        return None
    found = serialize(value)
    if found is None:
        raise Unplannable
    return found


def _object(fields: list[tuple[str, Complete]], value: Any) -> Any:
    return None if value is None else {key: read(value) for key, read in fields}


def _embedded_field(key: str, resolve: Any, complete: Any) -> tuple[str, Complete]:
    if resolve is None:
        return key, lambda _value: complete
    if not isinstance(resolve, partial) or resolve.func is not dict_or_attr_resolver:
        raise Unplannable
    name, default = resolve.args
    return key, lambda value: complete(_got(value, name, default))


def _got(value: Any, name: str, default: Any) -> Any:
    return dict_or_attr_resolver(name, default, value, None)
