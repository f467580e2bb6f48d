"""Which brackets of a Harlowe passage belong together? One pass, however broken the passage is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scenarios.formats.links import Closers

_SIGN = re.compile(r"<!--|<(?:script|style|textarea)\b|`+|\[\[|[()\[\]\"']", re.IGNORECASE)
_MACRO = re.compile(r"\(\s*[A-Za-z][\w-]*:")
_STRINGS = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\]|\\.)*+'", re.DOTALL),
}


@dataclass(slots=True)
class Brackets:
    """`pairs`: where a macro or hook that opens at a place ends. `spans`: links, comments, code, verbatim."""

    text: str
    pairs: dict[int, int] = field(default_factory=dict)
    spans: dict[int, int] = field(default_factory=dict)
    _open: list[tuple[str, int]] = field(default_factory=list)
    _ended: int = -1
    _unclosed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        closers = Closers(self.text)
        place = 0
        while match := _SIGN.search(self.text, place):
            place = self._take(match, closers)

    def _take(self, match: re.Match[str], closers: Closers) -> int:
        """Note what this sign opens or closes; returns where to look on."""
        sign, start = match.group(), match.start()
        if self._open and self._open[-1][0] == "(":
            return self._within_macro(sign, start)
        if sign == "[[" or sign[0] in "<`":
            return self._span(sign, start, closers)
        if sign == "(" and _MACRO.match(self.text, start):
            self._open.append(("(", start))
        elif sign == "[":
            self._open.append(("[", start))
        elif sign == "]" and self._open:
            self._close(start)
        return match.end()

    def _within_macro(self, sign: str, start: int) -> int:
        if sign in _STRINGS and sign not in self._unclosed:
            string = _STRINGS[sign].match(self.text, start)
            if string:
                return string.end()
            self._unclosed.add(sign)
        elif sign == "(":
            self._open.append(("(", start))
        elif sign == ")":
            self._close(start)
        return start + (1 if sign == "[[" else len(sign))

    def _close(self, place: int) -> None:
        _, start = self._open.pop()
        self.pairs[start] = self._ended = place + 1

    def _span(self, sign: str, start: int, closers: Closers) -> int:
        if sign == "[[":
            hook_of_macro = self._ended == start and self.text.startswith("[[[", start)
            end = -1 if hook_of_macro else closers.link_end(start)
            if end < 0:
                self._open.append(("[", start))
                return start + 1
            self.spans[start] = end + 2
            return end + 2
        mark = "-->" if sign == "<!--" else sign
        if sign[0] == "<" and sign != "<!--":
            mark = f"</{sign[1:]}>"
        end = closers.find(mark, start + len(sign))
        if end < 0:
            return start + len(sign)
        self.spans[start] = end + len(mark)
        return end + len(mark)
