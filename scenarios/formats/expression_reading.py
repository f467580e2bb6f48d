"""What does the text of an expression say? One precedence parser for all dialects."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    Unary,
)

# Against texts made to exhaust us. The parser of the contract has the last word on what is too much; it
# counts `a or b or c` as one operation, so these bounds are wider than its own.
MAX_DEPTH = 64
MAX_NODES = 512

_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign; `kind` says which."""

    kind: str
    text: str


_PATTERNS: dict[str, re.Pattern[str]] = {}


def tokens_of(text: str, grammar: Grammar) -> list[Token]:
    """The words of an expression. Raises NotUnderstood at the first character that belongs to none."""
    pattern = _PATTERNS.get(grammar.name)
    if pattern is None:
        pattern = _PATTERNS[grammar.name] = grammar.pattern()
    tokens: list[Token] = []
    position = 0
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
            if binding == COMPARISON_LEVEL:
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
        if token.text in COMPARISONS and token.kind == "operator":
            return COMPARISON_LEVEL
        return LEVELS.get(token.text, 0)

    def _prefix(self) -> Node:
        self._count()
        token = self._next()
        if token == Token("operator", "not"):
            tight = self._grammar.tight_not
            return Unary("not", self._expression(TIGHT_LEVEL if tight else NOT_LEVEL))
        if token == Token("sign", "-"):
            return Unary("-", self._expression(TIGHT_LEVEL))
        return self._postfix(self._primary(token))

    def _primary(self, token: Token) -> Node:
        if token.kind == "string":
            return Const(_unescaped(token.text))
        if token.kind == "number":
            # Nineteen digits are beyond every story's numbers already.
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
        case Call():
            return _call(node, grammar)
    return node


def _call(call: Call, grammar: Grammar) -> Node:
    match call:
        case Call(".includes", (collection, item)):
            return _membership("in", understood(item, grammar), understood(collection, grammar))
        case Call("count:", (Call("history:", ()), Const(str()) as scene)):
            return Call("visits", (scene,))
        case Call("history:" | "once", ()):
            return call
        case Call("a:" | "array:" | "list", items):
            return Call("list", tuple(understood(item, grammar) for item in items))
        case Call(name, (Const(str()),)) if name in grammar.calls:
            return Call(grammar.calls[name], call.args)
    raise NotUnderstood


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
