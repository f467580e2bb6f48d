"""Which words and signs does an expression's text consist of?"""

from __future__ import annotations

import re
from typing import NamedTuple

from scenarios.logic.nodes import MAX_SOURCE, error_at
from scenarios.logic.variables import (
    KEYWORDS,
    MAX_NAME,
    MAX_NUMBER,
    MAX_TEXT,
    canonical,
    is_well_formed,
)

_MAX_DIGITS = 40
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<sign>==|!=|<=|>=|[<>+\-*/%()\[\],])
    )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}
# What authors write out of habit from other languages, longest first, and what it is called here.
_HABITS = {
    "&&": "Write `and`.",
    "||": "Write `or`.",
    "!": "Write `not`.",
    "=": "Write `==` to compare.",
    "$": "Write the variable's name without `$`.",
    '"': "The text is not closed.",
    "'": "The text is not closed.",
    "\u201c": 'Use straight quotes: ".',
    "\u201d": 'Use straight quotes: ".',
    "\u2018": "Use straight quotes: '.",
    "\u2019": "Use straight quotes: '.",
    ".": "A point belongs only inside a number, as in 0.5.",
}


class Token(NamedTuple):
    """A word or sign. `kind` is number, string, name or end; a keyword or sign is its own kind."""

    kind: str
    at: int
    value: bool | int | float | str | None = None


def tokens(text: str) -> list[Token]:
    """The tokens of a text and an `end`; raises ExpressionError at the first that is none."""
    if len(text) > MAX_SOURCE:
        raise error_at(text, MAX_SOURCE, "LIMIT", f"At most {MAX_SOURCE} characters are allowed.")
    if not is_well_formed(text):
        raise error_at(text, 0, "SYNTAX", "The text holds half a character.")
    found: list[Token] = []
    here = 0
    while match := _TOKEN.match(text, here):
        kind = match.lastgroup or ""
        found.append(_token(text, kind, match.group(kind), match.start(kind)))
        here = match.end()
    here = _end_of_space(text, here)
    if here < len(text):
        raise _unknown(text, here)
    found.append(Token("end", here))
    return found


def _token(text: str, kind: str, word: str, at: int) -> Token:
    if kind == "sign":
        return Token(word, at)
    if kind == "number":
        return Token("number", at, _number(text, word, at))
    if kind == "string":
        return Token("string", at, _string(text, word, at))
    if word in KEYWORDS:
        return Token(word, at)
    if len(word) > MAX_NAME or word.startswith("__"):
        raise error_at(text, at, "SYNTAX", "This is no name for a variable.")
    return Token("name", at, word)


def _number(text: str, word: str, at: int) -> int | float:
    if len(word) > _MAX_DIGITS or float(word) > MAX_NUMBER:
        raise error_at(text, at, "LIMIT", f"Numbers go up to {MAX_NUMBER}.")
    return canonical(float(word)) if "." in word else int(word)


def _string(text: str, word: str, at: int) -> str:
    def plain(escape: re.Match[str]) -> str:
        if escape[1] not in _ESCAPES:
            raise error_at(
                text, at + 1 + escape.start(), "SYNTAX", "Escapes are \\\\ \\\" \\' \\n \\t."
            )
        return _ESCAPES[escape[1]]

    value = _ESCAPE.sub(plain, word[1:-1])
    if len(value) > MAX_TEXT:
        raise error_at(text, at, "LIMIT", f"A text has at most {MAX_TEXT} characters.")
    return value


def _end_of_space(text: str, here: int) -> int:
    space = _SPACE.match(text, here)
    return space.end() if space else here


def _unknown(text: str, at: int) -> Exception:
    for habit, advice in _HABITS.items():
        if text.startswith(habit, at):
            return error_at(text, at, "SYNTAX", advice)
    return error_at(text, at, "SYNTAX", f"`{text[at]}` has no meaning here.")
