"""Which few values of each variable decide a condition, so that trying them tries everything?

A number that is only compared with constants behaves alike between two neighbouring constants: one
value of each stretch stands for all. The same holds for texts compared with constants and for lists
that are only asked for constants. Where no such set is known, none is given.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scenarios.logic.nodes import Expression, Node
from scenarios.logic.variables import Number, Value, Variable, kind_of

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ATOMS = frozenset({"variable", "visits", "visited", "once"})
_MAX_RANGE = 512
_MAX_SUBSETS_OF = 5

Atom = tuple[str, str]
Samples = dict[Atom, tuple[Value, ...]]


@dataclass(slots=True)
class _Uses:
    """How a condition uses one variable: the constants it meets, and what else it is asked.

    `contains` when it stands to the right of `in`, `otherwise` when it meets more than constants.
    """

    constants: list[Value] = field(default_factory=list)
    contains: bool = False
    otherwise: bool = False


def samples(
    expression: Expression, declared: Mapping[str, Variable], present: str | None
) -> Samples | None:
    """Values to try for everything that a sound condition reads; None when no finite set is enough.

    Keys are ("variable", name), ("visits", scene) and ("once", ""), the last with numbers of uses.
    """
    found: Samples = {}
    for atom, uses in _uses_by_atom(expression.root).items():
        kind, name = atom
        if kind == "once":
            values: tuple[Value, ...] | None = (0, 1)
        elif kind == "visits":
            visits = Variable(name, "integer", min=int(name == present))
            values = _numbers(visits, uses)
        else:
            values = _values(declared[name], uses)
        if values is None:
            return None
        found[atom] = values
    return found


def _uses_by_atom(root: Node) -> dict[Atom, _Uses]:
    found: dict[Atom, _Uses] = {}
    # A stand-in above the root, so that a root that is a variable has a parent too.
    waiting = [Node("whole", args=(root,))]
    while waiting:
        parent = waiting.pop()
        waiting.extend(parent.args)
        for index, part in enumerate(parent.args):
            if part.op in _ATOMS:
                _record(found, part, parent, index)
    return found


def _record(found: dict[Atom, _Uses], part: Node, parent: Node, index: int) -> None:
    if part.op == "visited":
        # A scene is visited when it has at least one visit.
        found.setdefault(("visits", str(part.value)), _Uses()).constants.append(1)
        return
    uses = found.setdefault((part.op, str(part.value or "")), _Uses())
    constants = _compared_with(parent, index)
    uses.contains = uses.contains or (parent.op, index) == ("in", 1)
    if constants is None:
        uses.otherwise = True
    else:
        uses.constants.extend(constants)


def _compared_with(parent: Node, index: int) -> list[Value] | None:
    """The constants that an operand meets in its operation; None when it meets anything else."""
    if parent.op in _COMPARISONS:
        return _constants([parent.args[1 - index]])
    if parent.op == "in" and index == 1:
        return _constants(parent.args[:1])
    if parent.op == "in" and parent.args[1].op == "list":
        return _constants(parent.args[1].args)
    return None


def _constants(nodes: Iterable[Node]) -> list[Value] | None:
    values = [_constant(node) for node in nodes]
    return None if None in values else [value for value in values if value is not None]


def _constant(node: Node) -> Value | None:
    if node.op == "neg" and node.args[0].op == "const":
        number = node.args[0].value
        return None if number is None or isinstance(number, str) else -number
    return node.value if node.op == "const" else None


def _values(variable: Variable, uses: _Uses) -> tuple[Value, ...] | None:
    if variable.kind == "boolean":
        return (False, True)
    if variable.kind == "number":
        return _numbers(variable, uses)
    if variable.kind == "list":
        return None if uses.otherwise else _subsets(uses)
    # What a text contains says more about it than any of the constants it is compared with.
    opaque = uses.otherwise or uses.contains
    if variable.type == "enum":
        return variable.values if opaque else _listed(variable, uses)
    return None if opaque else _texts(uses)


def _listed(variable: Variable, uses: _Uses) -> tuple[Value, ...]:
    """The values that are mentioned, and one that stands for all the others."""
    others = [value for value in variable.values if value not in uses.constants]
    return (*(value for value in variable.values if value in uses.constants), *others[:1])


def _texts(uses: _Uses) -> tuple[Value, ...] | None:
    """The texts that are mentioned, and one that is not."""
    mentioned = {text for text in uses.constants if isinstance(text, str)}
    other = next(text for n in itertools.count() if (text := f"~{n}") not in mentioned)
    return (*sorted(mentioned), other)


def _subsets(uses: _Uses) -> tuple[Value, ...] | None:
    """Every selection of the items that are asked for."""
    asked = [item for item in dict.fromkeys(uses.constants) if not isinstance(item, (bool, tuple))]
    if len(asked) > _MAX_SUBSETS_OF:
        return None
    sizes = range(len(asked) + 1)
    return tuple(itertools.chain.from_iterable(itertools.combinations(asked, n) for n in sizes))


def _numbers(variable: Variable, uses: _Uses) -> tuple[Value, ...] | None:
    low, high = variable.low, variable.high
    if uses.otherwise:
        small = variable.type == "integer" and high - low < _MAX_RANGE
        return tuple(range(int(low), int(high) + 1)) if small else None
    marks = {
        value
        for value in uses.constants
        if kind_of(value) == "number" and not isinstance(value, (str, tuple))
    }
    if variable.type == "integer":
        whole = {math.floor(mark) for mark in marks}
        points: set[Number] = {low, high} | whole | {mark + 1 for mark in whole}
    else:
        points = _with_midpoints({low, high} | {mark for mark in marks if low <= mark <= high})
    return tuple(sorted(point for point in points if low <= point <= high))


def _with_midpoints(marks: set[Number]) -> set[Number]:
    """The marks and one number between each two neighbours."""
    ordered = sorted(marks)
    between = ((left + right) / 2 for left, right in itertools.pairwise(ordered))
    return {*ordered, *between}
