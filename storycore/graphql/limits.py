"""Does this document ask for more than anybody needs? Counted after fragment expansion, before validation.

The walk keeps its own stack and stops at the first limit, so a fragment bomb costs as much as the largest
document that is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from storycore.graphql.errors import over_limit

INTROSPECTION = frozenset({"__schema", "__type"})
# Spreads and inline fragments cost steps too; a real document has fewer of them than fields.
_STEPS_PER_FIELD = 8

Fragments = Mapping[str, FragmentDefinitionNode]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one document may be; counts are of its expanded form."""

    depth: int
    aliases: int
    root_fields: int
    fields: int
    directives: int


def limits_in_force() -> Limits:
    """The limits of the settings."""
    return Limits(
        depth=settings.GRAPHQL_MAX_DEPTH,
        aliases=settings.GRAPHQL_MAX_ALIASES,
        root_fields=settings.GRAPHQL_MAX_ROOT_FIELDS,
        fields=settings.GRAPHQL_MAX_FIELDS,
        directives=settings.GRAPHQL_MAX_DIRECTIVES,
    )


@dataclass(slots=True)
class Shape:
    """What was counted in one operation."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    introspections: int = 0
    depth: int = 0
    introspection_depth: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    selections: SelectionSetNode
    depth: int
    spreads: tuple[str, ...] = ()
    is_introspection: bool = False


class Surveyor:
    """Measures the operations of one document; all of them draw on one budget of steps."""

    def __init__(self, fragments: Fragments, limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._steps_left = limits.fields * _STEPS_PER_FIELD

    def measured(self, operation: OperationDefinitionNode) -> Shape:
        """The operation's counts.

        Raises Refusal at the first limit that is passed.
        """
        shape = Shape(directives=len(operation.directives))
        shape.directives += sum(len(one.directives) for one in operation.variable_definitions)
        stack = [_Place(operation.selection_set, 1)]
        while stack:
            place = stack.pop()
            for selection in place.selections.selections:
                self._spend(shape, len(selection.directives))
                if isinstance(selection, FieldNode):
                    inner = self._field(shape, selection, place)
                elif isinstance(selection, FragmentSpreadNode):
                    inner = self._spread(shape, selection, place)
                else:
                    inner = _inlined(cast("InlineFragmentNode", selection), place)
                if inner is not None:
                    stack.append(inner)
        self._judge_depth(shape)
        return shape

    def _spend(self, shape: Shape, directives: int) -> None:
        self._steps_left -= 1
        if self._steps_left < 0:
            raise over_limit("The document selects too many fields.", reason="TOO_MANY_FIELDS")
        shape.directives += directives
        _check(shape.directives, self._limits.directives, "directives")

    def _field(self, shape: Shape, node: FieldNode, place: _Place) -> _Place | None:
        limits = self._limits
        shape.fields += 1
        _check(shape.fields, limits.fields, "fields")
        if node.alias is not None:
            shape.aliases += 1
            _check(shape.aliases, limits.aliases, "aliases")
        is_introspection = place.is_introspection
        if place.depth == 1:
            shape.root_fields += 1
            _check(shape.root_fields, limits.root_fields, "root fields")
            is_introspection = node.name.value in INTROSPECTION
            shape.introspections += is_introspection
        if is_introspection:
            shape.introspection_depth = max(shape.introspection_depth, place.depth)
        else:
            shape.depth = max(shape.depth, place.depth)
            if place.depth > limits.depth:
                raise _too_deep(limits.depth)
        if node.selection_set is None:
            return None
        return _Place(node.selection_set, place.depth + 1, place.spreads, is_introspection)

    def _spread(self, shape: Shape, node: FragmentSpreadNode, place: _Place) -> _Place | None:
        name = node.name.value
        fragment = self._fragments.get(name)
        # A cycle and an unknown fragment are for the validation to name.
        if fragment is None or name in place.spreads:
            return None
        shape.directives += len(fragment.directives)
        _check(shape.directives, self._limits.directives, "directives")
        return _Place(
            fragment.selection_set, place.depth, (*place.spreads, name), place.is_introspection
        )

    def _judge_depth(self, shape: Shape) -> None:
        """A document that only introspects may be as deep as tools make it; no other one may."""
        is_pure = shape.introspections == shape.root_fields
        if not is_pure and shape.introspection_depth > self._limits.depth:
            raise _too_deep(self._limits.depth)


def _inlined(node: InlineFragmentNode, place: _Place) -> _Place:
    return _Place(node.selection_set, place.depth, place.spreads, place.is_introspection)


def _check(count: int, limit: int, noun: str) -> None:
    if count > limit:
        reason = f"TOO_MANY_{noun.upper().replace(' ', '_')}"
        raise over_limit(f"The document has more than {limit} {noun}.", reason=reason, limit=limit)


def _too_deep(limit: int) -> Exception:
    return over_limit(
        f"The document is nested deeper than {limit} levels.", reason="TOO_DEEP", limit=limit
    )


def surveyed(operations: Iterable[OperationDefinitionNode], fragments: Fragments) -> list[Shape]:
    """The counts of every operation of a document, under the limits of the settings.

    Raises Refusal.
    """
    surveyor = Surveyor(fragments, limits_in_force())
    return [surveyor.measured(operation) for operation in operations]
