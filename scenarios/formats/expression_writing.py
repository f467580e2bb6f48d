"""How is an expression written in a dialect, and what does it ask when it stands as a condition?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from scenarios.formats.expressions import (
    COMPARISON_LEVEL,
    COMPARISONS,
    LEVELS,
    NOT_LEVEL,
    TIGHT_LEVEL,
    Binary,
    Call,
    Const,
    Grammar,
    Name,
    Node,
    NotUnderstood,
    Scalar,
    Unary,
)


def as_test(node: Node, kinds: Mapping[str, str]) -> Node:
    """The tree as a condition: where a dialect takes a number or text for true, say what is meant.

    `kinds` are the types of the variables, as far as they are known.
    """
    match node:
        case Unary("not", operand):
            return Unary("not", as_test(operand, kinds))
        case Binary("and" | "or" as op, left, right):
            return Binary(op, as_test(left, kinds), as_test(right, kinds))
        case Call("visits", args):
            return Call("visited", args)
        case Name(id=variable) if kinds.get(variable) in _EMPTIES:
            return Binary("!=", node, Const(_EMPTIES[kinds[variable]]))
    return node


_EMPTIES: Mapping[str, Scalar] = {"integer": 0, "number": 0, "string": "", "enum": ""}


def written(node: Node, grammar: Grammar, level: int = 0) -> str:
    """The tree in a dialect's spelling, with no more parentheses than needed. Raises NotUnderstood."""
    match node:
        case Const(value):
            return _constant(value, grammar)
        case Name(id=variable):
            return grammar.variable_template.format(variable)
        case Unary(op, operand):
            own = TIGHT_LEVEL if op == "-" or grammar.tight_not else NOT_LEVEL
            sign = "-" if op == "-" else grammar.spells.get("not", "not ")
            return _wrapped(sign + written(operand, grammar, own), own, level)
        case Call(name, args):
            return _called(name, args, grammar)
        case Binary("in", left, right) if grammar.member is not None:
            item, collection = written(left, grammar), written(right, grammar, TIGHT_LEVEL + 1)
            return grammar.member.format(item=item, collection=collection)
    own = COMPARISON_LEVEL if node.op in COMPARISONS else LEVELS[node.op]
    near = own + 1 if node.op in COMPARISONS else own
    sign = grammar.spells.get(node.op, node.op)
    text = f"{written(node.left, grammar, near)} {sign} {written(node.right, grammar, own + 1)}"
    return _wrapped(text, own, level)


def _wrapped(text: str, own: int, level: int) -> str:
    return f"({text})" if own < level else text


def _constant(value: Scalar, grammar: Grammar) -> str:
    if isinstance(value, str):
        quote = grammar.quote
        body = value.replace("\\", "\\\\").replace(quote, "\\" + quote)
        return quote + body.replace("\n", "\\n").replace("\t", "\\t") + quote
    if isinstance(value, float):
        # Written out in full: no dialect's numbers need know of exponents.
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    return str(value).lower()


def _called(name: str, args: tuple[Node, ...], grammar: Grammar) -> str:
    if name == "list" and grammar.sequence is not None:
        return grammar.sequence.format(", ".join(written(argument, grammar) for argument in args))
    template = {"visited": grammar.visited, "visits": grammar.visits, "once": grammar.once}.get(
        name
    )
    if template is None:
        raise NotUnderstood
    return template.format(*(written(argument, grammar) for argument in args))
