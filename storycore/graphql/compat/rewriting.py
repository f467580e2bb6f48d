"""How does a document of an old client become one of this schema? Before validation, once for each text.

- `imageId { url }` is read as `imageId: image { url }`; a bare `imageId` stays the id.
- A mutation without a selection asks whether it was done, and answers true.
- `position` without a selection asks for the whole of it, as any other plain value.
- `uploadAsset(...) { id url }` asks the payload for the object's own fields.
- Old names of arguments (`scenarioId` for `id`) and `String!` for `ID!` are put right.

What is already right comes out as it went in. Limits are counted on the client's own document.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)

from storycore.graphql.compat.names import DONE, FLAT, argument_of, relation_of, result_of
from storycore.graphql.compat.variables import with_fitting_variables
from storycore.graphql.compat.wholes import whole_of


def rewritten(document: DocumentNode, schema: GraphQLSchema) -> DocumentNode:
    """The document in the words of the schema. Never raises: what is unknown is left for validation."""
    changed = _Rewriting(document, schema).document()
    return with_fitting_variables(changed, schema)


class _Rewriting:
    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        self.source = document
        self.schema = schema
        self.conditions = {
            node.name.value: node.type_condition.name.value
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def document(self) -> DocumentNode:
        definitions = tuple(self._definition(node) for node in self.source.definitions)
        return _with(self.source, definitions=definitions)

    def _definition(self, node: Any) -> Any:
        if isinstance(node, OperationDefinitionNode):
            root = self.schema.get_root_type(node.operation)
            return self._inside(node, root)
        if isinstance(node, FragmentDefinitionNode):
            return self._inside(node, self.schema.get_type(node.type_condition.name.value))
        return node

    def _inside(self, node: Any, parent: Any) -> Any:
        """The node with what it selects of `parent` rewritten."""
        if node.selection_set is None or not isinstance(
            parent, GraphQLObjectType | GraphQLInterfaceType
        ):
            return node
        return _with(node, selection_set=self._set(node.selection_set, parent))

    def _set(
        self, selections: SelectionSetNode, parent: GraphQLObjectType | GraphQLInterfaceType
    ) -> SelectionSetNode:
        inner = [self._selection(node, parent) for node in selections.selections]
        return _with(selections, selections=tuple(self._gathered(inner, parent)))

    def _selection(self, node: SelectionNode, parent: Any) -> SelectionNode:
        if isinstance(node, InlineFragmentNode):
            condition: NamedTypeNode | None = node.type_condition
            type_ = parent if condition is None else self.schema.get_type(condition.name.value)
            return self._inside(node, type_)
        if not isinstance(node, FieldNode):
            return node
        field = parent.fields.get(node.name.value)
        return node if field is None else self._field(node, field, parent)

    def _field(self, node: FieldNode, field: GraphQLField, parent: Any) -> FieldNode:
        node = _with(node, arguments=_arguments(node.arguments, field))
        relation = relation_of(parent, node.name.value) if node.selection_set else None
        if relation is not None:
            node = _with(node, alias=node.alias or node.name, name=_name(relation))
            field = parent.fields[relation]
        type_ = get_named_type(field.type)
        if node.selection_set is None and is_composite_type(type_):
            is_act = parent is self.schema.mutation_type
            return _with(node, selection_set=_done() if is_act else whole_of(type_))
        return self._inside(node, type_)

    def _gathered(self, nodes: Sequence[SelectionNode], parent: Any) -> list[SelectionNode]:
        """The selections of a payload, the object's own fields put together under the object."""
        found = result_of(parent)
        if found is None:
            return list(nodes)
        name, inner = found
        own = [node for node in nodes if self._is_of(node, inner, parent)]
        if not own:
            return list(nodes)
        keys = [(node.alias or node.name).value for node in own if isinstance(node, FieldNode)]
        flat = FieldNode(
            alias=_name("__".join([FLAT, *keys])),
            name=_name(name),
            arguments=(),
            directives=(),
            selection_set=self._set(SelectionSetNode(selections=tuple(own)), inner),
        )
        first = nodes.index(own[0])
        kept: list[SelectionNode] = [node for node in nodes if node not in own]
        return [*kept[:first], flat, *kept[first:]]

    def _is_of(self, node: SelectionNode, inner: GraphQLObjectType, parent: Any) -> bool:
        """Whether a selection of a payload is meant for the object that it is about."""
        if isinstance(node, FieldNode):
            return node.name.value not in parent.fields and node.name.value in inner.fields
        if isinstance(node, FragmentSpreadNode):
            return self.conditions.get(node.name.value) == inner.name
        condition = node.type_condition if isinstance(node, InlineFragmentNode) else None
        return condition is not None and condition.name.value == inner.name


def _arguments(arguments: Sequence[ArgumentNode], field: GraphQLField) -> tuple[ArgumentNode, ...]:
    given = {argument.name.value for argument in arguments}
    changed = []
    for argument in arguments:
        name = argument_of(field, argument.name.value)
        # Both names at once is the client's mistake, which validation tells.
        is_free = name == argument.name.value or name not in given
        changed.append(_with(argument, name=_name(name)) if is_free else argument)
    return tuple(changed)


def _done() -> SelectionSetNode:
    success = FieldNode(alias=_name(DONE), name=_name("success"), arguments=(), directives=())
    return SelectionSetNode(selections=(success,))


def _name(value: str) -> NameNode:
    return NameNode(value=value)


def _with(node: Any, **changes: Any) -> Any:
    """A copy of a node with other parts; the place in the text stays, for errors."""
    changed = copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed
