"""What does the text of a condition or value mean, and if nothing: where is it wrong?

Weakest first: or; and; not; == != < <= > >= in (not in); + -; * / %; unary minus. Comparisons do
not chain. Nothing of the author's text is ever executed as Python.
"""

from __future__ import annotations

from collections.abc import Callable

from scenarios.logic.lexing import Token, tokens
from scenarios.logic.nodes import MAX_DEPTH, MAX_NODES, Expression, Node, error_at

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_TRUTHS = {"true": True, "false": False}
_CAPITALS = frozenset({"AND", "OR", "NOT", "IN", "And", "Or", "Not", "In"})


def parse(text: str) -> Expression:
    """The expression that a text spells; raises ExpressionError with the place of a fault."""
    return Expression(text, _Parser(text).parsed())


class _Parser:
    """Recursive descent over the tokens; one method a level of binding."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.index = 0
        self.count = 0
        self.nesting = 0

    def parsed(self) -> Node:
        if self.tokens[0].kind == "end":
            raise self.error(self.tokens[0], "SYNTAX", "The expression is empty.")
        root = self.either()
        if self.tokens[self.index].kind != "end":
            raise self.unexpected("an operator or the end")
        if _depth(root) > MAX_DEPTH:
            raise error_at(self.text, root.at, "LIMIT", f"It is nested over {MAX_DEPTH} deep.")
        return root

    def either(self) -> Node:
        return self.joined("or", self.both)

    def both(self) -> Node:
        return self.joined("and", self.negated)

    def joined(self, word: str, part: Callable[[], Node]) -> Node:
        """One node for `a or b or c`, however long: long lists of alternatives are not deep."""
        parts = [part()]
        first = self.tokens[self.index]
        while self.accept(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else self.node(word, first, *parts)

    def negated(self) -> Node:
        token = self.tokens[self.index]
        if self.accept("not"):
            return self.node("not", token, self.nested(self.negated))
        return self.compared()

    def compared(self) -> Node:
        left = self.sum()
        token = self.tokens[self.index]
        if token.kind == "not" and self.tokens[self.index + 1].kind == "in":
            self.index += 2
            node = self.node("not", token, self.node("in", token, left, self.sum()))
        elif token.kind in _COMPARISONS:
            self.index += 1
            node = self.node(token.kind, token, left, self.sum())
        else:
            return left
        if self.tokens[self.index].kind in _COMPARISONS:
            raise self.error(
                self.tokens[self.index], "SYNTAX", "Comparisons do not chain. Join them with `and`."
            )
        return node

    def sum(self) -> Node:
        return self.chained(("+", "-"), self.product)

    def product(self) -> Node:
        return self.chained(("*", "/", "%"), self.signed)

    def chained(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        left = part()
        while (token := self.tokens[self.index]).kind in signs:
            self.index += 1
            left = self.node(token.kind, token, left, part())
        return left

    def signed(self) -> Node:
        token = self.tokens[self.index]
        if self.accept("-"):
            return self.node("neg", token, self.nested(self.signed))
        return self.single()

    def single(self) -> Node:
        token = self.tokens[self.index]
        self.index += 1
        if token.kind in ("number", "string"):
            return self.node("const", token, value=token.value)
        if token.kind == "name":
            return self.node("variable", token, value=token.value)
        if token.kind in _TRUTHS:
            return self.node("const", token, value=_TRUTHS[token.kind])
        self.index -= 1
        return self.composed(token)

    def composed(self, token: Token) -> Node:
        if self.accept("once"):
            return self.node("once", token)
        if self.accept("visited") or self.accept("visits"):
            return self.node(token.kind, token, value=self.scene_name())
        if self.accept("("):
            inner = self.nested(self.either)
            self.expect(")")
            return inner
        if self.accept("["):
            return self.node("list", token, *self.items())
        raise self.unexpected("a value")

    def scene_name(self) -> str:
        self.expect("(")
        token = self.tokens[self.index]
        if not self.accept("string"):
            raise self.unexpected("a scene's name in quotes")
        self.expect(")")
        return str(token.value)

    def items(self) -> list[Node]:
        if self.accept("]"):
            return []
        found = [self.nested(self.either)]
        while self.accept(","):
            found.append(self.nested(self.either))
        self.expect("]")
        return found

    def nested(self, part: Callable[[], Node]) -> Node:
        """One level further in: bounded, so that no text can exhaust the stack."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise self.error(
                self.tokens[self.index], "LIMIT", f"It is nested over {MAX_DEPTH} deep."
            )
        node = part()
        self.nesting -= 1
        return node

    def node(
        self, op: str, token: Token, *args: Node, value: bool | float | str | None = None
    ) -> Node:
        self.count += 1
        if self.count > MAX_NODES:
            raise self.error(token, "LIMIT", f"It has more than {MAX_NODES} parts.")
        return Node(op, token.at, args, value)

    def accept(self, kind: str) -> bool:
        if self.tokens[self.index].kind == kind:
            self.index += 1
            return True
        return False

    def expect(self, kind: str) -> None:
        if not self.accept(kind):
            raise self.unexpected(f"`{kind}`")

    def unexpected(self, wanted: str) -> Exception:
        token = self.tokens[self.index]
        if token.kind == "end":
            return self.error(token, "SYNTAX", f"It ends where {wanted} should follow.")
        if token.value in _CAPITALS:
            return self.error(token, "SYNTAX", f"Write `{str(token.value).lower()}` small.")
        return self.error(token, "SYNTAX", f"Here should be {wanted}.")

    def error(self, token: Token, reason: str, message: str) -> Exception:
        return error_at(self.text, token.at, reason, message)


def _depth(node: Node) -> int:
    # At most as deep as there are nodes, so this cannot exhaust the stack.
    return 1 + max(map(_depth, node.args), default=0)
