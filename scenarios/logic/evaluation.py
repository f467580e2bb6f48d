"""What is an expression's value in a given state of play?

Compiled to closures once, then a typical condition takes about a microsecond. The browser's
evaluator follows the same rules, and tests/scenarios/logic/vectors.json is run by both: numbers are
doubles within 2^53 - 1, whole ones are ints, truth is no number, values of different kinds are
never equal, only numbers have an order, `%` takes the sign of the divisor. Operands are evaluated
left to right and then checked left to right.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.errors import ExpressionError
from scenarios.logic.nodes import Expression, Node
from scenarios.logic.variables import MAX_LIST, MAX_NUMBER, MAX_TEXT, NUMBERS, Value, canonical


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can read: values, visits by scene id, earlier uses of its owner."""

    variables: Mapping[str, Value]
    visits: Mapping[str, int] = field(default_factory=dict)
    uses: int = 0


Compiled = Callable[[Scope], Any]
_Fail = Callable[[Node, str, str], ExpressionError]


def compile_expression(expression: Expression) -> Compiled:
    """A function from a Scope to the value; it raises ExpressionError when there is none."""

    def fail(node: Node, reason: str, message: str) -> ExpressionError:
        return expression.error(node.at, reason, message)

    return _compiled(expression.root, fail)


def compile_condition(expression: Expression) -> Callable[[Scope], bool]:
    """The same for what must be true or false."""
    run = compile_expression(expression)

    def holds(scope: Scope) -> bool:
        value = run(scope)
        if value is True or value is False:
            return value
        raise expression.error(expression.root.at, "TYPE_MISMATCH", "A condition is true or false.")

    return holds


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value in one state; to ask often, keep what `compile_expression` returns."""
    return compile_expression(expression)(scope)


def same(left: object, right: object) -> bool:
    """Whether two values are equal: never across kinds, though Python calls 1 and True equal."""
    return left == right and (left.__class__ is bool) is (right.__class__ is bool)


def bounded(number: float) -> int | float | None:
    """The canonical form of a result; None beyond the bound of numbers."""
    return canonical(number) if -MAX_NUMBER <= number <= MAX_NUMBER else None


def _compiled(node: Node, fail: _Fail) -> Compiled:
    return _BUILDERS[node.op](node, [_compiled(part, fail) for part in node.args], fail)


def _constant(node: Node, _parts: list[Compiled], _fail: _Fail) -> Compiled:
    value = node.value
    return lambda _scope: value


def _variable(node: Node, _parts: list[Compiled], fail: _Fail) -> Compiled:
    name = str(node.value)

    def run(scope: Scope) -> Value:
        try:
            return scope.variables[name]
        except KeyError:
            raise fail(node, "UNDECLARED_VARIABLE", f"No variable is called {name}.") from None

    return run


def _visited(node: Node, _parts: list[Compiled], _fail: _Fail) -> Compiled:
    scene = str(node.value)
    return lambda scope: scope.visits.get(scene, 0) > 0


def _visits(node: Node, _parts: list[Compiled], _fail: _Fail) -> Compiled:
    scene = str(node.value)
    return lambda scope: scope.visits.get(scene, 0)


def _once(_node: Node, _parts: list[Compiled], _fail: _Fail) -> Compiled:
    return lambda scope: scope.uses == 0


def _joined(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    """`and`, `or`: stops at the first part that decides."""
    decisive = node.op == "or"
    pairs = tuple(zip(parts, node.args, strict=True))

    def run(scope: Scope) -> bool:
        for part, source in pairs:
            value = part(scope)
            if value is decisive:
                return decisive
            if value.__class__ is not bool:
                raise _mismatch(fail, source, "true or false")
        return not decisive

    return run


def _not(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    (part,) = parts
    (source,) = node.args

    def run(scope: Scope) -> bool:
        value = part(scope)
        if value.__class__ is not bool:
            raise _mismatch(fail, source, "true or false")
        return not value

    return run


def _equality(node: Node, parts: list[Compiled], _fail: _Fail) -> Compiled:
    left, right = parts
    wanted = node.op == "=="
    return lambda scope: same(left(scope), right(scope)) is wanted


def _ordering(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    left, right = parts
    compare = _ORDERINGS[node.op]

    def run(scope: Scope) -> bool:
        one, two = left(scope), right(scope)
        if one.__class__ in NUMBERS and two.__class__ in NUMBERS:
            return compare(one, two)
        raise _not_numbers(fail, node, one)

    return run


def _membership(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    left, right = parts

    def run(scope: Scope) -> bool:
        item, container = left(scope), right(scope)
        if container.__class__ is tuple:
            if item.__class__ is str or item.__class__ in NUMBERS:
                return item in container
            raise _mismatch(fail, node.args[0], "a text or a number")
        if container.__class__ is not str:
            raise _mismatch(fail, node.args[1], "a list or a text")
        if item.__class__ is not str:
            raise _mismatch(fail, node.args[0], "a text")
        return item in container

    return run


def _arithmetic(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    left, right = parts
    compute = _ARITHMETIC[node.op]
    divides = node.op in "/%"

    def run(scope: Scope) -> int | float:
        one, two = left(scope), right(scope)
        if one.__class__ not in NUMBERS or two.__class__ not in NUMBERS:
            raise _not_numbers(fail, node, one)
        if divides and two == 0:
            raise fail(node, "DIVISION_BY_ZERO", "Nothing can be divided by zero.")
        return _within(node, fail, compute(one, two))

    return run


def _plus(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    left, right = parts

    def run(scope: Scope) -> int | float | str:
        one: Any = left(scope)
        two: Any = right(scope)
        if one.__class__ is str:
            return _concatenated(node, fail, one, two)
        if one.__class__ not in NUMBERS:
            raise _mismatch(fail, node.args[0], "a number or a text")
        if two.__class__ not in NUMBERS:
            raise _mismatch(fail, node.args[1], "a number")
        return _within(node, fail, one + two)

    return run


def _concatenated(node: Node, fail: _Fail, one: str, two: object) -> str:
    if not isinstance(two, str):
        raise _mismatch(fail, node.args[1], "a text")
    if len(one) + len(two) > MAX_TEXT:
        raise fail(node, "TEXT_TOO_LONG", f"A text has at most {MAX_TEXT} characters.")
    return one + two


def _within(node: Node, fail: _Fail, number: float) -> int | float:
    result = bounded(number)
    if result is None:
        raise fail(node, "NUMBER_TOO_LARGE", f"Numbers go up to {MAX_NUMBER}.")
    return result


def _negative(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    (part,) = parts

    def run(scope: Scope) -> int | float:
        value: Any = part(scope)
        if value.__class__ not in NUMBERS:
            raise _mismatch(fail, node.args[0], "a number")
        return -value

    return run


def _list(node: Node, parts: list[Compiled], fail: _Fail) -> Compiled:
    def run(scope: Scope) -> tuple[int | float | str, ...]:
        items = tuple(part(scope) for part in parts)
        for item, source in zip(items, node.args, strict=True):
            if item.__class__ is not str and item.__class__ not in NUMBERS:
                raise _mismatch(fail, source, "a text or a number")
        if len(items) > MAX_LIST:
            raise fail(node, "LIST_TOO_LONG", f"A list has at most {MAX_LIST} items.")
        return items

    return run


def _not_numbers(fail: _Fail, node: Node, left: object) -> ExpressionError:
    """Which of two operands is no number? The first one that is none."""
    return _mismatch(fail, node.args[left.__class__ in NUMBERS], "a number")


def _mismatch(fail: _Fail, node: Node, wanted: str) -> ExpressionError:
    return fail(node, "TYPE_MISMATCH", f"This should be {wanted}.")


_ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
_BUILDERS: Mapping[str, Callable[[Node, list[Compiled], _Fail], Compiled]] = {
    "const": _constant,
    "variable": _variable,
    "list": _list,
    "visited": _visited,
    "visits": _visits,
    "once": _once,
    "not": _not,
    "neg": _negative,
    "in": _membership,
    "+": _plus,
    **dict.fromkeys(("and", "or"), _joined),
    **dict.fromkeys(("==", "!="), _equality),
    **dict.fromkeys(_ORDERINGS, _ordering),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
}
