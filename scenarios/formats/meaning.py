"""What do a dialect's conditions and assignments mean in the language of the contract, and back?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scenarios.errors import ExpressionError
from scenarios.formats.expression_reading import Reader, Token, tokens_of, understood
from scenarios.formats.expression_writing import as_test, written
from scenarios.formats.expressions import (
    Binary,
    Call,
    Const,
    Grammar,
    Name,
    Node,
    NotUnderstood,
    Unary,
)
from scenarios.formats.grammars import CONTRACT, GRAMMARS, STATEMENTS
from scenarios.logic.parsing import parse
from scenarios.logic.story import Effect, EffectOp
from scenarios.logic.variables import is_name

_OPENING = frozenset("([")
_CLOSING = frozenset(")]")
_WITHOUT = re.compile(r"\s*(s\.\w+)\s*=\s*_\.without\(\s*(s\.\w+)\s*,(.*)\)\s*;?\s*\Z", re.DOTALL)
_FILTER = re.compile(
    r"\s*(\w+)\s*:\s*(\w+)\.filter\(\s*(\w+)\s*=>\s*\3\s*!==\s*(.*)\)\s*\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a passage's markup is read against: its dialect, the scenes there are, the types of variables."""

    dialect: str
    names: frozenset[str]
    kinds: Mapping[str, str] = field(default_factory=dict)


def tree(text: str, grammar: Grammar) -> Node:
    """The expression in `text`. Raises NotUnderstood."""
    return _tree(text, grammar.name)


@lru_cache(maxsize=4096)
def _tree(text: str, name: str) -> Node:
    """Read once: the same conditions come up again at every step of reading and writing a story."""
    grammar = GRAMMARS[name]
    return understood(Reader(tokens_of(text, grammar), grammar).whole(), grammar)


def contract_text(node: Node) -> str:
    """The tree as the text of a condition or value, proven to parse. Raises NotUnderstood."""
    if any(isinstance(part, Name) and not is_name(part.id) for part in walk(node)):
        raise NotUnderstood
    text = written(node, CONTRACT)
    try:
        parse(text)
    except ExpressionError as problem:
        raise NotUnderstood(text) from problem
    return text


def walk(node: Node) -> list[Node]:
    """The node and all nodes below it."""
    found, waiting = [], [node]
    while waiting:
        part = waiting.pop()
        found.append(part)
        match part:
            case Unary(operand=operand):
                waiting.append(operand)
            case Binary(left=left, right=right):
                waiting += (right, left)
            case Call(args=args):
                waiting += reversed(args)
    return found


def condition_in(text: str, grammar: Grammar, context: Context) -> str:
    """A dialect's condition in the language of the contract. Raises NotUnderstood."""
    return test_text(tree(text, grammar), context)


def test_text(node: Node, context: Context) -> str:
    """The same for a tree: every scene it asks for must be there."""
    for part in walk(node):
        match part:
            case Call("visited" | "visits", (Const(str() as scene),)):
                if scene not in context.names:
                    raise NotUnderstood(scene)
    return contract_text(as_test(node, context.kinds))


def all_of(conditions: tuple[str, ...]) -> str | None:
    """The one condition that holds when all of them do; None for none. Raises NotUnderstood."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    node = tree(conditions[0], CONTRACT)
    for condition in conditions[1:]:
        node = Binary("and", node, tree(condition, CONTRACT))
    return contract_text(node)


def negated(condition: str) -> str:
    """The condition that holds when this one does not. Raises NotUnderstood."""
    node = tree(condition, CONTRACT)
    if isinstance(node, Unary) and node.op == "not":
        return contract_text(node.operand)
    return contract_text(Unary("not", node))


def condition_text(condition: str, grammar: Grammar) -> str:
    """A condition of the contract in a dialect. Raises NotUnderstood when it cannot be said there."""
    return written(tree(condition, CONTRACT), grammar)


def effects_in(text: str, grammar: Grammar, separators: str = ",;") -> tuple[Effect, ...]:
    """The changes that a list of assignments makes. Raises NotUnderstood if one is not understood."""
    removal = _WITHOUT.match(text) if grammar.name == "snowman" else None
    if removal and removal[1] == removal[2]:
        return (Effect(removal[1][2:], "remove", contract_text(tree(removal[3], grammar))),)
    parts = _split(tokens_of(text, grammar), separators)
    if not parts:
        raise NotUnderstood(text)
    return tuple(_assignment(part, grammar) for part in parts)


def chapbook_effect(line: str, grammar: Grammar) -> Effect:
    """The change that one line of Chapbook's variables section makes. Raises NotUnderstood."""
    removal = _FILTER.match(line)
    if removal and removal[1] == removal[2]:
        return Effect(removal[1], "remove", contract_text(tree(removal[4], grammar)))
    variable, colon, value = line.partition(":")
    variable = variable.strip()
    if not colon or not is_name(variable):
        raise NotUnderstood(line)
    raw = Reader(tokens_of(value, grammar), grammar).whole()
    match raw:
        case Call(".concat", (Name(id=own), item)) if own == variable:
            return Effect(variable, "append", contract_text(understood(item, grammar)))
    return assigned(variable, understood(raw, grammar))


def _split(tokens: list[Token], separators: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "macro" or (token.kind == "sign" and token.text in _OPENING):
            depth += 1
        elif token.kind == "sign" and token.text in _CLOSING:
            depth -= 1
        if depth == 0 and token.kind == "sign" and token.text in separators:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _assignment(part: list[Token], grammar: Grammar) -> Effect:
    if len(part) > 2 and part[-2] == Token("operator", "into"):
        part = [part[-1], Token("operator", "to"), *part[:-2]]
    if len(part) < 2 or part[0].kind != "name":
        raise NotUnderstood
    variable, sign, rest = part[0].text, part[1], part[2:]
    if sign in (Token("sign", "++"), Token("sign", "--")) and not rest:
        return Effect(variable, "add", "1" if sign.text == "++" else "-1")
    if sign == Token("sign", "."):
        return _method(variable, rest, grammar)
    value = understood(Reader(rest, grammar, it=variable).whole(), grammar)
    if sign in (Token("operator", "to"), Token("sign", "=")):
        return assigned(variable, value)
    if sign in (Token("sign", "+="), Token("sign", "-=")):
        return _added(variable, sign.text[0], value)
    if sign in (Token("sign", "*="), Token("sign", "/="), Token("sign", "%=")):
        return Effect(variable, "set", contract_text(Binary(sign.text[0], Name(variable), value)))
    raise NotUnderstood


def _method(variable: str, rest: list[Token], grammar: Grammar) -> Effect:
    node = Reader([Token("name", variable), Token("sign", "."), *rest], grammar).whole()
    match node:
        case Call(".push" | ".delete" as method, (Name(), item)):
            op: EffectOp = "append" if method == ".push" else "remove"
            return Effect(_named(variable), op, contract_text(understood(item, grammar)))
    raise NotUnderstood


def _added(variable: str, sign: str, value: Node) -> Effect:
    if isinstance(value, Const) and isinstance(value.value, str):
        return Effect(_named(variable), "set", contract_text(Binary(sign, Name(variable), value)))
    if sign == "-":
        value = value.operand if isinstance(value, Unary) else Unary("-", value)
    return Effect(_named(variable), "add", contract_text(value))


def assigned(variable: str, value: Node) -> Effect:
    """The effect of giving `variable` this value: what adds, toggles or appends is told apart."""
    own = Name(_named(variable))
    match value:
        case Unary("not", operand) if operand == own:
            return Effect(variable, "toggle")
        case Binary("+" | "-" as sign, left, Call("list", (item,))) if left == own:
            return Effect(variable, "append" if sign == "+" else "remove", contract_text(item))
        case Binary("+" | "-" as sign, left, right) if left == own and _is_number(right):
            return _added(variable, sign, right)
    return Effect(variable, "set", contract_text(value))


def _is_number(node: Node) -> bool:
    if isinstance(node, Unary):
        return node.op == "-" and _is_number(node.operand)
    return isinstance(node, Const) and type(node.value) in (int, float)


def _named(variable: str) -> str:
    if not is_name(variable):
        raise NotUnderstood(variable)
    return variable


def effect_text(effect: Effect, grammar: Grammar) -> str:
    """The assignment that makes this change in a dialect. Raises NotUnderstood when it has none."""
    templates = STATEMENTS[grammar.name]
    variable = grammar.variable_template.format(effect.variable)
    if effect.op == "toggle":
        return templates.toggle.format(v=variable)
    node = tree(effect.value, CONTRACT)
    template = getattr(templates, effect.op)
    if effect.op == "add" and isinstance(node, Unary) and node.op == "-":
        template, node = templates.subtract, node.operand
    # A sum added to a variable keeps its own parentheses: `x - (a + b)`.
    return str(
        template.format(v=variable, e=written(node, grammar, 6 if effect.op == "add" else 0))
    )
