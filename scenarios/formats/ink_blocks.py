"""Which conditions does a block in braces ask, and what follows each? `{a: x | y}` and its longer forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CASE = re.compile(r"[ \t]*-(?!>)[ \t]*(?P<test>[^:{}\n]*):")
_SEQUENCES = frozenset({"stopping", "shuffle", "cycle", "once", "shuffle once", "shuffle stopping"})


def is_block(text: str) -> bool:
    """Whether a line is one block and nothing else."""
    if not (text.startswith("{") and text.endswith("}")):
        return False
    # The first brace closes with the last sign.
    return next((place for place, depth in _depths(text) if depth == 0), -1) == len(text) - 1


def cases_of(text: str) -> list[tuple[str, str]]:
    """The conditions of a block and what follows each; `else` is an empty one. [] for any other block."""
    inner = text[1:-1]
    starts = list(_starts(inner))
    if not starts:
        return _inline(inner)
    head = inner[: starts[0].start()].strip()
    ends = [*(each.start() for each in starts[1:]), len(inner)]
    cases = [
        ("" if each["test"].strip() == "else" else each["test"].strip(), inner[each.end() : end])
        for each, end in zip(starts, ends, strict=True)
    ]
    if not head:
        return cases
    place = _top_level(head, ":")
    test, then = head[:place].strip(), head[place + 1 :]
    if place < 1 or test in _SEQUENCES:
        return []
    if then.strip():
        return [(test, then), *cases]
    return [(f"({test}) == ({each})" if each else "", body) for each, body in cases]


def _inline(inner: str) -> list[tuple[str, str]]:
    place = _top_level(inner, ":")
    test = inner[:place].strip()
    if place < 1 or not test or test in _SEQUENCES:
        return []
    rest = inner[place + 1 :]
    bar = _top_level(rest, "|")
    if bar < 0:
        return [(test, rest)]
    return [(test, rest[:bar]), ("", rest[bar + 1 :])]


def _starts(inner: str) -> Iterator[re.Match[str]]:
    """Where the cases of this block begin, not those of blocks within it."""
    depth = place = 0
    for line in inner.split("\n"):
        found = _CASE.match(inner, place) if depth == 0 else None
        if found:
            yield found
        depth = next((each for _, each in reversed([*_depths(line, depth)])), depth)
        place += len(line) + 1


def _depths(text: str, depth: int = 0) -> Iterator[tuple[int, int]]:
    """The place of every brace, and how deep one is after it."""
    for found in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if len(found.group()) == 1:
            depth += 1 if found.group() == "{" else -1
            yield found.start(), depth


def _top_level(text: str, sign: str) -> int:
    """The place of the first such sign outside of braces and quotes; -1 for none."""
    depth, quoted = 0, False
    for found in re.finditer(rf"\\.|[{{}}\"{re.escape(sign)}]", text, re.DOTALL):
        match found.group():
            case "{":
                depth += 1
            case "}":
                depth -= 1
            case '"':
                quoted = not quoted
            case one if one == sign and depth == 0 and not quoted:
                return found.start()
    return -1
