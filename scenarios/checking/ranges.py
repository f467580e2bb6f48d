"""Which values can an expression have at all, when every variable can hold what it is declared to?

Interval arithmetic: always a superset of what really happens, so what it rules out is impossible.
Bounds are computed with the same rounding as the values, which is monotone and therefore safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scenarios.logic.nodes import Expression, Node
from scenarios.logic.variables import MAX_NUMBER, Number, Variable


@dataclass(frozen=True, slots=True)
class Truth:
    """Which of true and false are possible; a condition that fails counts as false."""

    can_be_true: bool = True
    can_be_false: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers between two bounds, both included."""

    low: Number = -MAX_NUMBER
    high: Number = MAX_NUMBER


@dataclass(frozen=True, slots=True)
class Texts:
    """One of these texts; None when it can be any."""

    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list of just these parts; None when it can be any list."""

    parts: tuple[Possible, ...] | None = None


Possible = Truth | Span | Texts | Items


def possible_truth(
    expression: Expression, declared: Mapping[str, Variable], present: str | None
) -> Truth:
    """What a sound condition can be; `present` is a scene that has been visited for sure."""
    estimate = _Estimate(declared, present)
    truth = estimate.truth(expression.root)
    return Truth(truth.can_be_true, truth.can_be_false or estimate.may_fail)


class _Estimate:
    """One method a group of operations. `may_fail` is set when any part could end in an error."""

    def __init__(self, declared: Mapping[str, Variable], present: str | None) -> None:
        self.declared = declared
        self.present = present
        self.may_fail = False

    def of(self, node: Node) -> Possible:
        return _RULES[node.op](self, node)

    def truth(self, node: Node) -> Truth:
        value = self.of(node)
        return value if isinstance(value, Truth) else Truth()

    def span(self, node: Node) -> Span:
        value = self.of(node)
        return value if isinstance(value, Span) else Span()

    def constant(self, node: Node) -> Possible:
        value = node.value
        if isinstance(value, bool):
            return Truth(value, not value)
        if isinstance(value, (int, float)):
            return Span(value, value)
        return Texts(frozenset([str(value)]))

    def variable(self, node: Node) -> Possible:
        variable = self.declared[str(node.value)]
        if variable.kind == "boolean":
            return Truth()
        if variable.kind == "number":
            return Span(variable.low, variable.high)
        if variable.kind == "list":
            return Items()
        return Texts(frozenset(variable.values) if variable.type == "enum" else None)

    def visited(self, node: Node) -> Truth:
        return Truth(can_be_false=node.value != self.present)

    def visits(self, node: Node) -> Span:
        return Span(int(node.value == self.present))

    def once(self, _node: Node) -> Truth:
        return Truth()

    def items(self, node: Node) -> Items:
        return Items(tuple(self.of(part) for part in node.args))

    def conjunction(self, node: Node) -> Truth:
        parts = [self.truth(part) for part in node.args]
        return Truth(all(p.can_be_true for p in parts), any(p.can_be_false for p in parts))

    def disjunction(self, node: Node) -> Truth:
        parts = [self.truth(part) for part in node.args]
        return Truth(any(p.can_be_true for p in parts), all(p.can_be_false for p in parts))

    def negation(self, node: Node) -> Truth:
        return _opposite(self.truth(node.args[0]))

    def equality(self, node: Node) -> Truth:
        truth = _equal(*map(self.of, node.args))
        return truth if node.op == "==" else _opposite(truth)

    def less(self, node: Node) -> Truth:
        left, right = map(self.span, node.args)
        if node.op in (">", ">="):
            left, right = right, left
        if node.op in ("<", ">"):
            return Truth(left.low < right.high, left.high >= right.low)
        return Truth(left.low <= right.high, left.high > right.low)

    def membership(self, node: Node) -> Truth:
        item, container = map(self.of, node.args)
        if not isinstance(container, Items) or container.parts is None:
            return Truth()
        parts = [_equal(item, part) for part in container.parts]
        return Truth(any(p.can_be_true for p in parts), all(p.can_be_false for p in parts))

    def negative(self, node: Node) -> Span:
        span = self.span(node.args[0])
        return Span(-span.high, -span.low)

    def plus(self, node: Node) -> Possible:
        left, right = map(self.of, node.args)
        if isinstance(left, Span) and isinstance(right, Span):
            return self.within(left.low + right.low, left.high + right.high)
        self.may_fail = True  # The joined text can be too long.
        return Texts()

    def minus(self, node: Node) -> Span:
        left, right = map(self.span, node.args)
        return self.within(left.low - right.high, left.high - right.low)

    def times(self, node: Node) -> Span:
        left, right = map(self.span, node.args)
        return self.within(
            *(one * two for one in (left.low, left.high) for two in (right.low, right.high))
        )

    def divided(self, node: Node) -> Span:
        left, right = map(self.span, node.args)
        if right.low <= 0 <= right.high:
            self.may_fail = True
            return Span()
        return self.within(
            *(one / two for one in (left.low, left.high) for two in (right.low, right.high))
        )

    def modulo(self, node: Node) -> Span:
        _, right = map(self.span, node.args)
        if right.low <= 0 <= right.high:
            self.may_fail = True
        return Span(min(0, right.low), max(0, right.high))

    def within(self, *corners: Number) -> Span:
        """The span of these numbers, as far as numbers go."""
        low, high = min(corners), max(corners)
        if low < -MAX_NUMBER or high > MAX_NUMBER:
            self.may_fail = True
        return Span(min(max(low, -MAX_NUMBER), MAX_NUMBER), max(min(high, MAX_NUMBER), -MAX_NUMBER))


def _opposite(truth: Truth) -> Truth:
    return Truth(truth.can_be_false, truth.can_be_true)


def _equal(left: Possible, right: Possible) -> Truth:
    """Whether two values can be equal and can differ; those of different kinds never are equal."""
    if left.__class__ is not right.__class__:
        return Truth(can_be_true=False)
    if isinstance(left, Span) and isinstance(right, Span):
        meet = left.low <= right.high and right.low <= left.high
        return Truth(meet, not left.low == left.high == right.low == right.high)
    one, two = _finite(left), _finite(right)
    if one is None or two is None:
        return Truth()
    return Truth(not one.isdisjoint(two), not (len(one) == 1 and one == two))


def _finite(value: Possible) -> frozenset[bool] | frozenset[str] | None:
    if isinstance(value, Truth):
        return frozenset(
            each
            for each, can_be in ((True, value.can_be_true), (False, value.can_be_false))
            if can_be
        )
    return value.values if isinstance(value, Texts) else None


_RULES: Mapping[str, Callable[[_Estimate, Node], Possible]] = {
    "const": _Estimate.constant,
    "variable": _Estimate.variable,
    "visited": _Estimate.visited,
    "visits": _Estimate.visits,
    "once": _Estimate.once,
    "list": _Estimate.items,
    "and": _Estimate.conjunction,
    "or": _Estimate.disjunction,
    "not": _Estimate.negation,
    "in": _Estimate.membership,
    "neg": _Estimate.negative,
    "+": _Estimate.plus,
    "-": _Estimate.minus,
    "*": _Estimate.times,
    "/": _Estimate.divided,
    "%": _Estimate.modulo,
    **dict.fromkeys(("==", "!="), _Estimate.equality),
    **dict.fromkeys(("<", "<=", ">", ">="), _Estimate.less),
}
