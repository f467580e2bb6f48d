"""What does an operation answer? The one function that runs it, within a time budget."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pymongo
from django.conf import settings
from graphql import (
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    execute_sync,
    get_named_type,
)
from pymongo.errors import PyMongoError

from storycore.graphql.compat.answers import in_clients_path, in_clients_shape
from storycore.graphql.context import Context
from storycore.graphql.errors import INTERNAL, Problem, Refusal, presented, problem
from storycore.graphql.mutation import Mutation
from storycore.graphql.operations import Operation
from storycore.graphql.plan.answering import Holds, planned_answer
from storycore.mongo.budget import time_budget


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation brought: `data` for orjson (it may hold orjson.Fragment), and what went wrong.

    `holds` is there when readers without a login share it, and tells later whether it still is the answer.
    """

    data: Any
    errors: list[Problem] = field(default_factory=list)
    holds: Holds | None = None


_AGAIN_SECONDS = 1.0


class TimeBudgetSpent(BaseException):
    """The operation took longer than it may.

    Not an Exception on purpose: the executor would turn it into an error of one field and go on with the next.
    """


class BudgetedExecution(ExecutionContext):
    """Execution that looks at the clock before each object."""

    def execute_fields(self, *arguments: Any) -> Any:
        if time.monotonic() > self.context_value.deadline:
            raise TimeBudgetSpent
        return super().execute_fields(*arguments)

    def execute_fields_serially(self, *arguments: Any) -> Any:
        if time.monotonic() > self.context_value.deadline:
            raise TimeBudgetSpent
        return super().execute_fields_serially(*arguments)


def run(operation: Operation, context: Context, root: Any = None) -> Answer:
    """Run it by its compiled plan, else by graphql-core; its MongoDB commands share the time budget.

    `root` is what the fields of a subscription are resolved from: the event that is told.
    Raises Refusal when the variables do not fit: then nothing was run.
    """
    budget_seconds = settings.GRAPHQL_TIME_BUDGET_SECONDS + _waiting_seconds(operation)
    context.deadline = time.monotonic() + budget_seconds
    try:
        try:
            with time_budget(budget_seconds):
                planned = planned_answer(operation, context)
            if planned is not None:
                return Answer(_shaped(operation, planned.data), holds=planned.holds)
        except PyMongoError:
            # The executor says so at its place. It does not wait as long for the server once more.
            context.deadline = min(context.deadline, time.monotonic() + _AGAIN_SECONDS)
        with pymongo.timeout(max(0.001, context.deadline - time.monotonic())):
            result = _executed(operation, context, root)
    except TimeBudgetSpent:
        entry = problem(
            f"The operation was stopped after {budget_seconds:g} seconds.",
            INTERNAL,
            reason="TIMED_OUT",
            requestId=context.request_id,
        )
        return Answer(None, [entry])
    data = _shaped(operation, result.data)
    if not result.errors:
        return Answer(data)
    problems = presented(result.errors, context.request_id)
    for entry in problems:
        if entry.get("path"):
            entry["path"] = in_clients_path(entry["path"])
    if result.data is None and all(error.path is None for error in result.errors):
        raise Refusal(problems)
    return Answer(data, problems)


def _shaped(operation: Operation, data: Any) -> Any:
    """Old clients get the shape that they asked for; see storycore.graphql.compat."""
    return in_clients_shape(data) if operation.kind == "mutation" else data


def _waiting_seconds(operation: Operation) -> float:
    """How long the mutations at the root of an operation may wait for something outside of it."""
    root = operation.schema.mutation_type
    if operation.kind != "mutation" or root is None:
        return 0.0
    names = [
        node.name.value
        for node in operation.node.selection_set.selections
        if isinstance(node, FieldNode)
    ]
    payloads = [get_named_type(root.fields[name].type) for name in names if name in root.fields]
    kinds = [getattr(one, "graphene_type", None) for one in payloads]
    return sum(
        kind.waiting_seconds()
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, Mutation)
    )


def _executed(operation: Operation, context: Context, root: Any = None) -> ExecutionResult:
    # The synchronous form does not ask of every value whether it is awaitable: a tenth of the run.
    return execute_sync(
        operation.schema,
        operation.document.ast,
        root_value=root,
        context_value=context,
        variable_values=operation.variables,
        operation_name=operation.name,
        execution_context_class=BudgetedExecution,
        hide_suggestions=not settings.DEBUG,
    )
