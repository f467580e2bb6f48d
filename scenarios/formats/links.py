"""Which passage does a link lead to, and under which label? All written forms of `[[ ]]` links."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_PASSAGE = re.compile(
    r"<a\s[^<>]*?\bdata-passage\s*=\s*(?:\"(?P<double>[^\"<>]*)\"|'(?P<single>[^'<>]*)')",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_PLAIN = re.compile(
    r"<a(?:\s+(?:href=\"javascript:[^\"<>]*\"|data-passage=\"[^\"<>]*\"))+\s*>[^<>]*</a>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LinkParts:
    """What stands between the brackets; `setter` is the code of `[[text|passage][code]]`."""

    label: str
    target: str
    setter: str = ""


def link_parts(inner: str) -> LinkParts:
    """Read the inside of `[[ ]]`: `a`, `a->b`, `b<-a`, `a|b`, and a setter after `][`.

    With several arrows the last `->` or the first `<-` divides, as Harlowe and Twine's map have it.
    """
    inner, divided, setter = inner.partition("][")
    before, arrow, after = inner.rpartition("->")
    if arrow:
        return LinkParts(before.strip(), after.strip(), setter)
    before, arrow, after = inner.partition("<-")
    if arrow:
        return LinkParts(after.strip(), before.strip(), setter)
    before, bar, after = inner.partition("|")
    if bar:
        return LinkParts(before.strip(), after.strip(), setter)
    return LinkParts(inner.strip(), inner.strip(), setter if divided else "")


def anchor_parts(anchor: str) -> LinkParts | None:
    """The link that an element `<a data-passage="...">` is; None for an anchor that leads elsewhere."""
    found = _PASSAGE.match(anchor)
    if found is None:
        return None
    target = html.unescape(found["double"] or found["single"] or "")
    return LinkParts(html.unescape(_TAG.sub("", anchor)).strip() or target, target)


def is_plain_anchor(anchor: str) -> bool:
    """Whether an anchor is a link to a passage and nothing more: no class, no picture within."""
    return _PLAIN.fullmatch(anchor) is not None


@dataclass(slots=True)
class Closers:
    """Finds closing marks in one text; however many openings never close, the text is searched once."""

    text: str
    _found: dict[str, int] = field(default_factory=dict)

    def find(self, mark: str, start: int) -> int:
        """Where `mark` stands at or after `start`, -1 if nowhere. `start` may not go back."""
        known = self._found.get(mark, -2)
        if known == -1 or known >= start:
            return known
        self._found[mark] = place = self.text.find(mark, start)
        return place

    def link_end(self, start: int) -> int:
        """Where the `]]` of the link that opens at `start` stands, -1 if not on the same line."""
        return self.on_line("]]", start, start + 2)

    def on_line(self, mark: str, opening: int, start: int) -> int:
        """Where `mark` stands on the line of `opening`, at or after `start`; -1 if it does not."""
        end = self.find(mark, start)
        if end < 0:
            return -1
        line = self.find("\n", opening)
        return end if line < 0 or end < line else -1
