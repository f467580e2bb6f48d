"""What does a client mean that asks for `position` without saying which of its fields? All of it."""

from __future__ import annotations

from graphql import (
    FieldNode,
    GraphQLNamedType,
    GraphQLObjectType,
    NameNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

# Far above any value of the schema, and far below what would make a long answer of a short question.
FIELDS_MAX = 60


def whole_of(type_: GraphQLNamedType) -> SelectionSetNode | None:
    """A selection of everything in a plain value: no id, no arguments, nothing that leads on to other things.

    None for anything else (a scene, a payload, a connection): there a client has to say what it wants.
    """
    found = _selected(type_, ())
    return None if found is None or _size(found) > FIELDS_MAX else found


def _selected(type_: GraphQLNamedType, above: tuple[str, ...]) -> SelectionSetNode | None:
    if not isinstance(type_, GraphQLObjectType) or type_.name in above or "id" in type_.fields:
        return None
    nodes = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if field.args or not (is_leaf_type(inner) or is_composite_type(inner)):
            return None
        selection = None
        if is_composite_type(inner):
            selection = _selected(inner, (*above, type_.name))
            if selection is None:
                return None
        nodes.append(
            FieldNode(
                name=NameNode(value=name), arguments=(), directives=(), selection_set=selection
            )
        )
    return SelectionSetNode(selections=tuple(nodes))


def _size(selections: SelectionSetNode) -> int:
    return sum(
        1 + (_size(node.selection_set) if node.selection_set else 0)
        for node in selections.selections
        if isinstance(node, FieldNode)
    )
