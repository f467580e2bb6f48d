"""May a compiled plan answer this operation? If not, the reference executor does and nobody notices."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import orjson
from django.conf import settings
from graphql import GraphQLError, OperationType, print_ast
from graphql.execution.values import get_argument_values, get_variable_values

from storycore.errors import StoryCoreError
from storycore.graphql.context import Context
from storycore.graphql.operations import Operation
from storycore.graphql.plan.compiling import compile_mutation, compile_query
from storycore.graphql.plan.keeping import LOOKED_UP, Keeper, keeper, key_of
from storycore.graphql.plan.running import Run
from storycore.graphql.plan.tree import Plan, Unplannable
from storycore.graphql.sharing import Kept, Shared

_PLANS_PER_DOCUMENT = 32

Holds = Callable[[], bool]
Compiled = TypeVar("Compiled")
Compile = Callable[..., Compiled]

_NO_ROOTS = Plan(())


@dataclass(frozen=True, slots=True)
class Planned:
    """The `data` of an answer; `holds` tells later whether it still is the one of readers without a login."""

    data: dict[str, Any] | orjson.Fragment
    holds: Holds | None = None


def planned_answer(operation: Operation, context: Context) -> Planned | None:
    """The answer to a query by its compiled plan, equal to the reference's; None when that must answer.

    What readers share may come as the bytes that were kept of it (storycore.graphql.sharing).
    Reading twice changes nothing, so every error is left to the reference executor to find again and to word.
    """
    if operation.node.operation is OperationType.MUTATION:
        return _performed(operation, context)
    if operation.node.operation is not OperationType.QUERY:
        return None
    try:
        ready = operation.readied.get("plan") or _ready(operation)
        if ready is None:
            return None
        plan, arguments = ready
        run = Run(plan, context.actor, arguments)
        if plan.shared is None or (shelf := keeper()) is None:
            return Planned(run.answer())
        return _shared_answer(plan.shared, operation, run, shelf)
    except (Unplannable, StoryCoreError, GraphQLError):
        return None


def _performed(operation: Operation, context: Context) -> Planned | None:
    """The answer to a mutation that went well in every part.

    If anything goes wrong, the reference executor finds what was performed already (Mutation.outcome), does the
    rest and words it all.
    """
    coerced = get_variable_values(
        operation.schema, operation.node.variable_definitions, operation.variables
    )
    acts = None if isinstance(coerced, list) else _plan(operation, coerced, compile_mutation)
    if isinstance(coerced, list) or acts is None:
        return None
    data: dict[str, Any] = {}
    try:
        for act in acts:
            if time.monotonic() > context.deadline:
                return None
            arguments = get_argument_values(act.definition, act.syntax, coerced)
            row = act.mutation.outcome(context, act.key, arguments)
            if isinstance(row, Exception):
                return None
            data[act.key] = Run(_NO_ROOTS, context.actor, ()).payload(act.node, row)
    except (Unplannable, StoryCoreError, GraphQLError):
        return None
    return Planned(data)


def _ready(operation: Operation) -> tuple[Plan, list[dict[str, Any]]] | None:
    """The plan and the arguments of its roots, kept with the operation. Raises GraphQLError."""
    coerced = get_variable_values(
        operation.schema, operation.node.variable_definitions, operation.variables
    )
    if isinstance(coerced, list):
        return None
    plan = _plan(operation, coerced, compile_query)
    if plan is None:
        return None
    arguments = [get_argument_values(root.definition, root.syntax, coerced) for root in plan.roots]
    operation.readied["plan"] = plan, arguments
    return plan, arguments


def _shared_answer(shared: Shared, operation: Operation, run: Run, shelf: Keeper) -> Planned:
    key = key_of(operation)
    is_known = run.actor.is_authenticated
    outcome = "miss"
    for kept in shelf.candidates(key) if key is not None else ():
        if is_known and not kept.is_whole:
            break
        if kept.holds(shared):
            LOOKED_UP.labels("hit").inc()
            return Planned(orjson.Fragment(kept.data), partial(_holds, kept, shared, _end()))
        outcome = "stale"
    LOOKED_UP.labels(outcome).inc()
    data = run.answer()
    # Only what nobody in particular was told is kept, and only when every root was there to be watched.
    if is_known or key is None or None in data.values():
        return Planned(data)
    written = orjson.dumps(data)
    made = Kept(written, run.versions, run.compared, run.is_whole)
    shelf.put(key, made)
    return Planned(orjson.Fragment(written), partial(_holds, made, shared, _end()))


def _end() -> float:
    return time.monotonic() + settings.GRAPHQL_CACHE_SECONDS


def _holds(kept: Kept, shared: Shared, end: float) -> bool:
    is_same = time.monotonic() < end and kept.holds(shared)
    LOOKED_UP.labels("hit" if is_same else "stale").inc()
    return is_same


def _plan(
    operation: Operation, variables: dict[str, Any], compiled_from: Compile[Compiled]
) -> Compiled | None:
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
            compiled[key] = compiled_from(
                operation.schema, operation.node, operation.document.fragments, variables
            )
        except Unplannable:
            compiled[key] = None
    found: Compiled | None = compiled[key]
    return found


def _flags(operation: Operation) -> tuple[str, ...]:
    """The variables that may stand in @skip and @include: the ones of type Boolean."""
    return tuple(
        one.variable.name.value
        for one in operation.node.variable_definitions
        if print_ast(one.type).rstrip("!") == "Boolean"
    )
