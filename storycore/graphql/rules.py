"""Which documents are valid GraphQL by newer words of its specification than the library's own rules know?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    specified_rules,
)
from graphql.validation import ValidationContext

_CONDITIONS = frozenset({"skip", "include"})


class UnconditionalSubscriptionRule(ASTValidationRule):
    """A subscription has one root field whatever its variables are: nothing on the way to it is conditional."""

    context: ValidationContext

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Look at everything that stands at the root of a subscription."""
        if node.operation is not OperationType.SUBSCRIPTION:
            return
        for selection in self._at_root(node.selection_set, set()):
            if any(one.name.value in _CONDITIONS for one in selection.directives):
                message = "The root field of a subscription takes no @skip and no @include."
                self.report_error(GraphQLError(message, selection))

    def _at_root(self, selections: SelectionSetNode, seen: set[str]) -> Iterator[SelectionNode]:
        for selection in selections.selections:
            yield selection
            inner: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                inner = None if name in seen else self.context.get_fragment(name)
                seen.add(name)
            if inner is not None and not isinstance(inner, FieldNode):
                yield from self._at_root(inner.selection_set, seen)


RULES = (*specified_rules, UnconditionalSubscriptionRule)
"""All that a document is validated by."""
