"""What does an expression of any dialect consist of, and how does a dialect spell it?

Every dialect is read into the same tree; what it spells differently is data in a Grammar. Anything beyond
the language of the contract raises NotUnderstood, and stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

COMPARISONS = frozenset(
    {"==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "not contains"}
)
# How tightly each operation binds; comparisons do not chain.
LEVELS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
NOT_LEVEL = 3
COMPARISON_LEVEL = 4
TIGHT_LEVEL = 7

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_SIGNS = r"===|!==|==|!=|<=|>=|&&|\|\||\+\+|--|\+=|-=|\*=|/=|%=|[-+*/%<>!=(),.\[\];:]"


Scalar = bool | int | float | str


class NotUnderstood(Exception):
    """The text says something that the language of the contract cannot say."""


@dataclass(frozen=True, slots=True)
class Const:
    """A value."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    id: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or a minus."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what joins them."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function, method or macro; a list is a call of `list`."""

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
