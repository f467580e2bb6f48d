"""How do a choice's effects, and those of entering a scene, change the variables?

Effects run in order, each sees what the ones before it did. An integer rounds down and a number
stays within its bounds. An effect that fails changes nothing, is reported, and does not stop the
others: a reader is never left without a next scene because an author divided by zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.errors import ExpressionError
from scenarios.logic.evaluation import Scope, bounded, compile_expression, same
from scenarios.logic.kinds import bind_scenes, check_types
from scenarios.logic.nodes import Expression, error_at
from scenarios.logic.parsing import parse
from scenarios.logic.story import Effect
from scenarios.logic.variables import MAX_LIST, Kind, Value, Variable, fitted

_NEEDS: Mapping[str, Kind] = {
    "add": "number",
    "toggle": "boolean",
    "append": "list",
    "remove": "list",
}


_Change = Callable[[Scope, Value], Value]


@dataclass(frozen=True, slots=True)
class CompiledEffect:
    """An effect ready to run: `change` makes the new value of a present one.

    With an `error` the change always raises that. `expression` is there when the value could be
    read, even if it does not fit; toggle has none.
    """

    effect: Effect
    change: _Change
    initial: Value
    expression: Expression | None = None
    error: ExpressionError | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """All variables after a list of effects, and what went wrong on the way."""

    variables: Mapping[str, Value]
    problems: tuple[ExpressionError, ...] = ()


def compile_effect(
    effect: Effect, declared: Mapping[str, Variable], names: Mapping[str, str]
) -> CompiledEffect:
    """The effect with its value parsed and checked; a fault is kept in `error`, not raised."""
    expression = None
    try:
        variable = _target(effect, declared)
        if effect.op == "toggle":
            return CompiledEffect(effect, _toggled, variable.initial)
        expression = parse(effect.value)
        _check_value(effect, variable, expression, declared)
        expression = bind_scenes(expression, names)
    except ExpressionError as error:
        return CompiledEffect(effect, _failing(error), "", expression, error)
    return CompiledEffect(
        effect, _change(effect, variable, expression), variable.initial, expression
    )


def check_effect(effect: Effect, declared: Mapping[str, Variable]) -> None:
    """Raise ExpressionError unless the effect fits its variable; scenes that it names are not looked at."""
    variable = _target(effect, declared)
    if effect.op != "toggle":
        _check_value(effect, variable, parse(effect.value), declared)


def apply_effects(effects: Sequence[CompiledEffect], scope: Scope) -> Applied:
    """The variables after these effects; `scope` itself is not changed."""
    if not effects:
        return Applied(scope.variables)
    variables = dict(scope.variables)
    seen = Scope(variables, scope.visits, scope.uses)
    problems = []
    for effect in effects:
        try:
            present = variables.get(effect.effect.variable, effect.initial)
            variables[effect.effect.variable] = effect.change(seen, present)
        except ExpressionError as error:
            problems.append(error)
    return Applied(variables, tuple(problems))


def _target(effect: Effect, declared: Mapping[str, Variable]) -> Variable:
    variable = declared.get(effect.variable)
    if variable is None:
        raise error_at(
            effect.value, 0, "UNDECLARED_VARIABLE", f"No variable is called {effect.variable:.80}."
        )
    if variable.kind != _NEEDS.get(effect.op, variable.kind):
        raise error_at(
            effect.value,
            0,
            "TYPE_MISMATCH",
            f"{effect.op} does not apply to {variable.name}: it is of type {variable.type}.",
        )
    return variable


def _check_value(
    effect: Effect, variable: Variable, expression: Expression, declared: Mapping[str, Variable]
) -> None:
    kind, at = check_types(expression, declared), expression.root.at
    wanted = ("text", "number") if effect.op in ("append", "remove") else (variable.kind,)
    if kind not in wanted:
        raise expression.error(at, "TYPE_MISMATCH", f"{variable.name} cannot take a {kind} here.")
    root = expression.root
    if root.op == "const" and variable.type == "enum" and root.value not in variable.values:
        raise _not_listed(expression, variable)


def _toggled(_scope: Scope, present: Value) -> Value:
    return not present


def _failing(error: ExpressionError) -> _Change:
    def change(_scope: Scope, _present: Value) -> Value:
        # Without its old traceback, which would grow with every play.
        raise error.with_traceback(None)

    return change


def _change(effect: Effect, variable: Variable, expression: Expression) -> _Change:
    run = compile_expression(expression)
    combine = _CHANGES[effect.op]

    def change(scope: Scope, present: Value) -> Value:
        value = fitted(variable, combine(expression, present, run(scope)))
        if value is None:
            raise _not_listed(expression, variable)
        return value

    return change


def _set(_expression: Expression, _present: Any, given: Any) -> Value:
    return given


def _add(expression: Expression, present: Any, given: Any) -> Value:
    total = bounded(present + given)
    if total is None:
        raise expression.error(expression.root.at, "NUMBER_TOO_LARGE", "The sum is too large.")
    return total


def _append(expression: Expression, present: Any, given: Any) -> Value:
    if len(present) >= MAX_LIST:
        raise expression.error(
            expression.root.at, "LIST_TOO_LONG", f"A list has at most {MAX_LIST} items."
        )
    return (*present, given)


def _remove(_expression: Expression, present: Any, given: Any) -> Value:
    """Without the first such item; a list that has none stays as it is."""
    for index, item in enumerate(present):
        if same(item, given):
            return present[:index] + present[index + 1 :]
    return present


def _not_listed(expression: Expression, variable: Variable) -> ExpressionError:
    return expression.error(
        expression.root.at,
        "VALUE_NOT_ALLOWED",
        f"{variable.name} is one of: {', '.join(variable.values)}.",
    )


_CHANGES = {"set": _set, "add": _add, "append": _append, "remove": _remove}
