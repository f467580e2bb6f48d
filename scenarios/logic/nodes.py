"""What does an expression look like after parsing, and which part of its text is at fault?

A tree holds these nodes and no others, which is why it can be stored and sent to a browser:
const, variable, visited, visits, once, list, and, or, not, neg, == != < <= > >= in, + - * / %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from scenarios.errors import ExpressionError

MAX_DEPTH = 32
MAX_NODES = 256
MAX_SOURCE = 2000

_CARET_WINDOW = 72
_NAMED = {"variable": "name", "visited": "scene", "visits": "scene", "const": "value"}


class Node(NamedTuple):
    """One operation; `at` is the offset of its sign or word, `value` what it names or holds."""

    op: str
    at: int = 0
    args: tuple[Node, ...] = ()
    value: bool | int | float | str | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed text. The text is kept to show where something is wrong."""

    text: str
    root: Node

    def nodes(self) -> list[Node]:
        """Every node, the root first."""
        found = [self.root]
        for node in found:
            found.extend(node.args)
        return found

    def variables(self) -> list[str]:
        """The variables that it reads, each once, in the order of the text."""
        named = sorted((node.at, str(node.value)) for node in self.nodes() if node.op == "variable")
        return list(dict.fromkeys(name for _, name in named))

    def error(self, at: int, reason: str, message: str) -> ExpressionError:
        """An error at an offset of the text; to be raised by the caller."""
        return error_at(self.text, at, reason, message)


def error_at(text: str, at: int, reason: str, message: str) -> ExpressionError:
    """An error with line, column and caret for an offset of a text."""
    line, column = position(text, at)
    return ExpressionError(
        message, reason=reason, line=line, column=column, caret=_caret(text, line, column)
    )


def position(text: str, at: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def to_json(expression: Expression) -> dict[str, Any]:
    """The tree in plain JSON values, each node with line and column: what a browser evaluates."""
    return _node_to_json(expression.text, expression.root)


def _node_to_json(text: str, node: Node) -> dict[str, Any]:
    raw: dict[str, Any] = {"op": node.op, "at": list(position(text, node.at))}
    if node.op in _NAMED:
        raw[_NAMED[node.op]] = node.value
    elif node.op != "once":
        raw["args"] = [_node_to_json(text, part) for part in node.args]
    return raw


def _caret(text: str, line: int, column: int) -> str:
    """The line at fault, cut to a readable width, and a mark below the column."""
    shown = text.split("\n")[line - 1].replace("\t", " ").replace("\r", " ")
    first = max(0, column - _CARET_WINDOW)
    return f"{shown[first : first + _CARET_WINDOW + 8]}\n{' ' * (column - 1 - first)}^"
