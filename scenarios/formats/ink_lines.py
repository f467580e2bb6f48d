"""Which statements does an ink file consist of, knot by knot?"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from scenarios.formats.errors import BrokenStoryFile

_KNOT = re.compile(
    r"={2,}\s*(?P<function>function\b\s*)?(?P<name>[^\W\d]\w*)\s*(?P<params>\(.*\))?\s*=*\Z"
)
_STITCH = re.compile(r"=(?!=)\s*(?P<name>[^\W\d]\w*)\s*(?P<params>\(.*\))?\s*\Z")
_COMMENT = re.compile(r"//[^\n]*|/\*")
_TODO = re.compile(r"TODO:")
_BULLETS = re.compile(r"(?:[*+]\s*)+|(?:-(?!>)\s*)+")
_LABEL = re.compile(r"\(\s*([^\W\d]\w*)\s*\)\s*")
_MAX_HEADER = 500


@dataclass(frozen=True, slots=True)
class Statement:
    """One line, or a block in braces over several. `depth` counts the bullets; 0 for plain lines.

    `raw` is a block as its author wrote it, comments and blank lines included.
    """

    text: str
    number: int
    kind: str = "line"
    depth: int = 0
    label: str | None = None
    sticky: bool = False
    raw: str = ""


@dataclass(slots=True)
class Container:
    """A knot or stitch with its statements; the unnamed one stands before the first knot.

    `raw` is all of it as its author wrote it.
    """

    knot: str
    stitch: str = ""
    is_function: bool = False
    params: str = ""
    statements: list[Statement] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    raw: str = ""

    @property
    def address(self) -> str:
        return f"{self.knot}.{self.stitch}" if self.stitch else self.knot


def containers_of(text: str) -> list[Container]:
    """The file's knots and stitches in order. Raises BrokenStoryFile."""
    found, begins = [Container("")], [0]
    source = text.split("\n")
    seen: set[str] = set()
    plain, comments = _comments_apart(text)
    for line, number, last in _logical_lines(plain, comments):
        # Only a line that begins so is tried, and none that is longer than any name.
        short = line[:1] == "=" and len(line) < _MAX_HEADER
        knot = _KNOT.match(line) if short else None
        stitch = _STITCH.match(line) if short else None
        if knot or stitch:
            container = _opened(knot, stitch, found[-1])
            if container.address in seen:
                raise BrokenStoryFile(
                    f"Line {number}: there are two parts called {container.address}.", field="file"
                )
            seen.add(container.address)
            found.append(container)
            begins.append(number - 1)
        else:
            raw = "\n".join(source[number - 1 : last]).strip() if last > number else ""
            found[-1].statements.append(_statement(line, number, raw))
    comments.sort()
    for container, (first, end) in zip(found, pairwise([*begins, len(source)]), strict=True):
        container.raw = "\n".join(source[first:end]).strip()
        at = [bisect_left(comments, (line,)) for line in (first + 1, end + 1)]
        container.comments = [text for _, text in comments[at[0] : at[1]]]
    return found


def statements_of(text: str, number: int) -> list[Statement]:
    """The statements of a part of a block that begins in line `number`. Raises BrokenStoryFile."""
    return [_statement(line, number + at - 1) for line, at, _last in _logical_lines(text, [])]


def _opened(
    knot: re.Match[str] | None, stitch: re.Match[str] | None, before: Container
) -> Container:
    if knot:
        return Container(knot["name"], "", bool(knot["function"]), knot["params"] or "")
    name = stitch["name"] if stitch else ""
    return Container(before.knot, name, before.is_function, (stitch and stitch["params"]) or "")


def without_comments(text: str) -> str:
    """The text with comments blanked out, line by line. Raises BrokenStoryFile."""
    return _comments_apart(text)[0]


def _comments_apart(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text with comments blanked out, so that line numbers stay; and each comment with its line."""
    parts: list[str] = []
    comments: list[tuple[int, str]] = []
    place, line = 0, 1
    while match := _COMMENT.search(text, place):
        parts.append(text[place : match.start()])
        line += text.count("\n", place, match.start())
        place = match.end()
        if match.group() == "/*":
            end = text.find("*/", place)
            if end < 0:
                raise BrokenStoryFile(f"Line {line}: the comment does not end.", field="file")
            place = end + 2
        comment = text[match.start() : place]
        parts.append("\n" * comment.count("\n"))
        comments.append((line, comment.strip()))
        line += comment.count("\n")
    return "".join([*parts, text[place:]]), comments


def _logical_lines(text: str, comments: list[tuple[int, str]]) -> Iterator[tuple[str, int, int]]:
    """Lines that are not blank, those joined that a brace holds together, with their first and last number.

    A note to the author, `TODO:`, is put to the comments.
    """
    held: list[str] = []
    open_braces = first = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line:
            continue
        if not held and _TODO.match(line):
            comments.append((number, line))
            continue
        if not held:
            first = number
        held.append(line if not held else raw.rstrip())
        open_braces += _opening(line)
        if open_braces <= 0:
            yield "\n".join(held), first, number
            held, open_braces = [], 0
    if held:
        raise BrokenStoryFile(f"Line {first}: a brace is opened and never closed.", field="file")


def _opening(line: str) -> int:
    plain = re.sub(r"\\.", "", line)
    return plain.count("{") - plain.count("}")


def _statement(line: str, number: int, raw: str = "") -> Statement:
    bullets = _BULLETS.match(line)
    if bullets is None:
        return Statement(line, number, raw=raw)
    marks = "".join(bullets.group().split())
    rest = line[bullets.end() :]
    label = _LABEL.match(rest)
    return Statement(
        text=rest[label.end() :] if label else rest,
        number=number,
        kind="gather" if marks.startswith("-") else "choice",
        depth=len(marks),
        label=label[1] if label else None,
        sticky=marks.startswith("+"),
    )
