"""What does an expression of any dialect say, and how is it written in another?

One small precedence parser reads every dialect into the same tree; what a dialect spells differently is
data in a Grammar. Anything beyond the language of the contract raises NotUnderstood, and stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_DEPTH = 32
MAX_NODES = 256

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_SIGNS = r"===|!==|==|!=|<=|>=|&&|\|\||\+\+|--|\+=|-=|\*=|/=|%=|[-+*/%<>!=(),.\[\];:]"
_ESCAPES = {"n": "\n", "t": "\t"}
_LEVELS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_COMPARISONS = frozenset(
    {"==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "not contains"}
)
_COMPARISON_LEVEL = 4
_NOT_LEVEL = 3
_TIGHT_LEVEL = 7


Scalar = bool | int | float | str


class NotUnderstood(Exception):  # noqa: N818 - a plain answer inside this package, never an error for a client
    """The text says something that the language of the contract cannot say."""


@dataclass(frozen=True, slots=True)
class Const:
    value: Scalar


@dataclass(frozen=True, slots=True)
class Name:
    id: str


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: tuple[Node, ...]


Node = Const | Name | Unary | Binary | Call


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one dialect spells expressions.

    `reads` maps its spellings to ours, `calls` its functions to `visited` and `visits`; the templates
    write the same things, None where the dialect cannot say them. `tight_not`: `not a == b` is `(not a) == b`.
    """

    name: str
    variable: str
    reads: Mapping[str, str]
    spells: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, str] = field(default_factory=dict)
    macros: bool = False
    tight_not: bool = True
    quote: str = '"'
    variable_template: str = "{}"
    member: str | None = "{collection}.includes({item})"
    visited: str | None = None
    visits: str | None = None
    once: str | None = None
    sequence: str | None = None

    def pattern(self) -> re.Pattern[str]:
        phrases = sorted((word for word in self.reads if " " in word), key=len, reverse=True)
        phrase = "|".join(re.sub(r"\\? ", r"\\s+", re.escape(words)) + r"\b" for words in phrases)
        macro = r"\(\s*[A-Za-z][\w-]*:" if self.macros else r"(?!)"
        return re.compile(
            rf"(?P<string>{_STRING})|(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<macro>{macro})"
            rf"|(?P<phrase>{phrase or '(?!)'})|(?P<name>{self.variable})"
            rf"|(?P<word>[A-Za-z_]\w*)|(?P<sign>{_SIGNS})|(?P<space>\s+)"
        )


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str


_PATTERNS: dict[str, re.Pattern[str]] = {}


def tokens_of(text: str, grammar: Grammar) -> list[Token]:
    """The words of an expression. Raises NotUnderstood at the first character that belongs to none."""
    pattern = _PATTERNS.get(grammar.name)
    if pattern is None:
        pattern = _PATTERNS[grammar.name] = grammar.pattern()
    tokens, position = [], 0
    while position < len(text):
        match = pattern.match(text, position)
        if match is None or len(tokens) > 4 * MAX_NODES:
            raise NotUnderstood(text)
        position = match.end()
        token = _token(match, grammar)
        if token is not None:
            tokens.append(token)
    return tokens


def _token(match: re.Match[str], grammar: Grammar) -> Token | None:
    kind, text = match.lastgroup or "", match.group()
    if match["space"] is not None:
        return None
    if match["name"] is not None:
        known = grammar.reads.get(text)
        return Token("operator", known) if known else Token("name", match["id"])
    if match["macro"] is not None:
        return Token("macro", text[1:].strip().lower().replace("-", "").replace("_", ""))
    if kind in {"word", "phrase", "sign"}:
        spelled = " ".join(text.split())
        known = grammar.reads.get(spelled)
        return Token("operator", known) if known else Token(kind, spelled)
    return Token(kind, text)


class Reader:
    """Reads one expression; `it` is the variable being set, where a dialect has such a word."""

    def __init__(self, tokens: list[Token], grammar: Grammar, it: str | None = None) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._it = it
        self._place = 0
        self._depth = 0
        self._nodes = 0

    def whole(self) -> Node:
        """The tree of all tokens. Raises NotUnderstood when some are left over."""
        node = self._expression(1)
        if self._place != len(self._tokens):
            raise NotUnderstood
        return node

    def _peek(self) -> Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else Token("end", "")

    def _next(self) -> Token:
        token = self._peek()
        self._place += 1
        return token

    def _expect(self, sign: str) -> None:
        if self._next() != Token("sign", sign):
            raise NotUnderstood

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise NotUnderstood

    def _expression(self, level: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotUnderstood
        left = self._prefix()
        compared = False
        while (binding := self._binding(self._peek())) >= level:
            op = self._next().text
            if binding == _COMPARISON_LEVEL:
                if compared:
                    raise NotUnderstood
                compared = True
            self._count()
            left = Binary(op, left, self._expression(binding + 1))
        self._depth -= 1
        return left

    def _binding(self, token: Token) -> int:
        if token.kind not in {"operator", "sign"}:
            return 0
        if token.text in _COMPARISONS and token.kind == "operator":
            return _COMPARISON_LEVEL
        return _LEVELS.get(token.text, 0)

    def _prefix(self) -> Node:
        self._count()
        token = self._next()
        if token == Token("operator", "not"):
            tight = self._grammar.tight_not
            return Unary("not", self._expression(_TIGHT_LEVEL if tight else _NOT_LEVEL))
        if token == Token("sign", "-"):
            return Unary("-", self._expression(_TIGHT_LEVEL))
        return self._postfix(self._primary(token))

    def _primary(self, token: Token) -> Node:
        if token.kind == "string":
            return Const(_unescaped(token.text))
        if token.kind == "number":
            return Const(float(token.text) if "." in token.text else int(token.text[:19]))
        if token.kind == "macro":
            return Call(token.text, self._arguments(")"))
        if token == Token("sign", "("):
            inner = self._expression(1)
            self._expect(")")
            return inner
        if token == Token("sign", "["):
            return Call("list", self._arguments("]"))
        return self._worded(token)

    def _worded(self, token: Token) -> Node:
        if token.kind not in {"word", "name", "operator"}:
            raise NotUnderstood
        if token.text in {"true", "false"}:
            return Const(token.text == "true")
        if token.text == "it" and token.kind == "operator" and self._it is not None:
            return Name(self._it)
        if token.text == "once" and token.kind == "operator":
            return Call("once", ())
        if token.kind != "operator" and self._peek() == Token("sign", "("):
            self._next()
            return Call(token.text, self._arguments(")"))
        if token.kind == "name":
            return Name(token.text)
        raise NotUnderstood

    def _arguments(self, closing: str) -> tuple[Node, ...]:
        arguments: list[Node] = []
        while self._peek() != Token("sign", closing):
            if arguments:
                self._expect(",")
            arguments.append(self._expression(1))
        self._next()
        return tuple(arguments)

    def _postfix(self, node: Node) -> Node:
        while self._peek() == Token("sign", "."):
            self._next()
            method = self._next()
            self._expect("(")
            node = Call("." + method.text, (node, *self._arguments(")")))
        return node


def _unescaped(literal: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), literal[1:-1])


def understood(node: Node, grammar: Grammar) -> Node:
    """The tree in the contract's own terms: `in`, `visited`, `visits`, `once`. Raises NotUnderstood."""
    match node:
        case Unary(op, operand):
            return Unary(op, understood(operand, grammar))
        case Binary(op, left, right):
            return _membership(op, understood(left, grammar), understood(right, grammar))
        case Call(".includes", (collection, item)):
            return _membership("in", understood(item, grammar), understood(collection, grammar))
        case Call("count:", (Call("history:", ()), Const(str()) as scene)):
            return Call("visits", (scene,))
        case Call("history:", ()) | Call("once", ()):
            return node
        case Call("a:" | "array:" | "list", items):
            return Call("list", tuple(understood(item, grammar) for item in items))
        case Call(name, (Const(str()),)) if name in grammar.calls:
            return Call(grammar.calls[name], node.args)
        case Call():
            raise NotUnderstood
    return node


def _membership(op: str, left: Node, right: Node) -> Node:
    if op in {"contains", "not contains"}:
        op, left, right = op.replace("contains", "in"), right, left
    if op == "not in":
        return Unary("not", _membership("in", left, right))
    if op == "in" and right in _TRAILS:
        if not (isinstance(left, Const) and isinstance(left.value, str)):
            raise NotUnderstood
        return Call("visited", (left,))
    return Binary(op, left, right)


_TRAILS = (Call("history:", ()), Name("trail"))


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
            own = _TIGHT_LEVEL if op == "-" or grammar.tight_not else _NOT_LEVEL
            sign = "-" if op == "-" else grammar.spells.get("not", "not ")
            return _wrapped(sign + written(operand, grammar, own), own, level)
        case Call(name, args):
            return _called(name, args, grammar)
        case Binary("in", left, right) if grammar.member is not None:
            item, collection = written(left, grammar), written(right, grammar, _TIGHT_LEVEL + 1)
            return grammar.member.format(item=item, collection=collection)
        case Binary(op, left, right):
            own = _COMPARISON_LEVEL if op in _COMPARISONS else _LEVELS[op]
            near = own + 1 if op in _COMPARISONS else own
            sign = grammar.spells.get(op, op)
            text = f"{written(left, grammar, near)} {sign} {written(right, grammar, own + 1)}"
            return _wrapped(text, own, level)


def _wrapped(text: str, own: int, level: int) -> str:
    return f"({text})" if own < level else text


def _constant(value: Scalar, grammar: Grammar) -> str:
    if isinstance(value, str):
        quote = grammar.quote
        body = value.replace("\\", "\\\\").replace(quote, "\\" + quote)
        return quote + body.replace("\n", "\\n").replace("\t", "\\t") + quote
    if isinstance(value, float):
        return f"{value:.15g}" if "e" not in f"{value:.15g}" else f"{value:f}"
    return str(value).lower()


def _called(name: str, args: tuple[Node, ...], grammar: Grammar) -> str:
    if name == "list" and grammar.sequence is not None:
        return grammar.sequence.format(", ".join(written(argument, grammar) for argument in args))
    template = {"visited": grammar.visited, "visits": grammar.visits, "once": grammar.once}.get(name)
    if template is None:
        raise NotUnderstood
    return template.format(*(written(argument, grammar) for argument in args))
