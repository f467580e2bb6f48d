"""When is ink's choice without words taken? Only when no other choice is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.formats.expressions import Binary, Call, Const, Node, NotUnderstood, Unary
from scenarios.formats.grammars import CONTRACT
from scenarios.formats.meaning import all_of, contract_text, tree

_MOST = 20


@dataclass(frozen=True, slots=True)
class Way:
    """Another choice: its condition, where it leads, and whether nothing else leads there."""

    condition: str | None
    target: str
    is_only_way: bool


def nothing_else(condition: str | None, others: Sequence[Way]) -> str | None:
    """The condition of a fallback beside these choices; None when there is none.

    That another choice was taken before cannot be asked from here, but whether the scene was visited that
    only it leads to. Raises NotUnderstood when that does not decide it.
    """
    if len(others) > _MOST:
        raise NotUnderstood("There are too many choices to ask for each.")
    closed = tuple(_closed(way) for way in others)
    return all_of((*((condition,) if condition else ()), *closed))


def _closed(way: Way) -> str:
    if way.condition is None:
        raise NotUnderstood("A choice that is always there leaves no room for another.")
    node = _without_once(tree(way.condition, CONTRACT), way)
    match node:
        case Unary("not", operand):
            return contract_text(operand)
    return contract_text(Unary("not", node))


def _without_once(node: Node, way: Way) -> Node:
    match node:
        case Call("once", ()):
            if not way.is_only_way:
                raise NotUnderstood(way.target)
            return Unary("not", Call("visited", (Const(way.target),)))
        case Unary(op, operand):
            return Unary(op, _without_once(operand, way))
        case Binary(op, left, right):
            return Binary(op, _without_once(left, way), _without_once(right, way))
    return node
