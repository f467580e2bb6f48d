"""May a compiled plan answer this operation? If not, the reference executor does and nobody notices."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, OperationType, print_ast
from graphql.execution.values import get_variable_values

from storycore.errors import StoryCoreError
from storycore.graphql.context import Context
from storycore.graphql.operations import Operation
from storycore.graphql.plan.compiling import compile_query
from storycore.graphql.plan.running import run_plan
from storycore.graphql.plan.tree import Plan, Unplannable

_PLANS_PER_DOCUMENT = 32


def planned_answer(operation: Operation, context: Context) -> dict[str, Any] | None:
    """The `data` of a query by its compiled plan, equal to the reference's; None when that must answer.

    Reading twice changes nothing, so every error is left to the reference executor to find again and to word.
    """
    if operation.node.operation is not OperationType.QUERY:
        return None
    coerced = get_variable_values(
        operation.schema, operation.node.variable_definitions, operation.variables
    )
    if isinstance(coerced, list):
        return None
    plan = _plan(operation, coerced)
    if plan is None:
        return None
    try:
        return run_plan(plan, context.actor, coerced)
    except (Unplannable, StoryCoreError, GraphQLError):
        return None


def _plan(operation: Operation, variables: dict[str, Any]) -> Plan | None:
    """The plan, compiled once for each operation and each set of values of its boolean variables."""
    compiled = operation.document.compiled
    names = compiled.get(operation.name)
    if names is None:
        names = compiled[operation.name] = _flags(operation)
    key = (operation.name, tuple(variables.get(name) for name in names))
    if key not in compiled:
        if len(compiled) >= _PLANS_PER_DOCUMENT:
            return None
        try:
            compiled[key] = compile_query(
                operation.schema, operation.node, operation.document.fragments, variables
            )
        except Unplannable:
            compiled[key] = None
    found: Plan | None = compiled[key]
    return found


def _flags(operation: Operation) -> tuple[str, ...]:
    """The variables that may stand in @skip and @include: the ones of type Boolean."""
    return tuple(
        one.variable.name.value
        for one in operation.node.variable_definitions
        if print_ast(one.type).rstrip("!") == "Boolean"
    )
