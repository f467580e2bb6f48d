"""Which nodes does a Yarn file hold, and what stands around them?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from scenarios.formats.decoding import check_count
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.yarn_lines import YarnLine, lines_of, without_comment

_HEADER = re.compile(r"(?P<key>[\w.-]+)\s*:\s*(?P<value>.*)\Z")


@dataclass(slots=True)
class YarnNode:
    """A node; a header that comes twice has a number behind its second name."""

    headers: dict[str, str] = field(default_factory=dict)
    lines: list[YarnLine] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.headers.get("title", "")


@dataclass(slots=True)
class YarnFile:
    """The nodes in order, and what belongs to none of them."""

    nodes: list[YarnNode] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    _open: YarnNode = field(default_factory=YarnNode)
    _in_body: bool = False

    def take(self, raw: str, number: int) -> None:
        """Go on with the next line. Raises BrokenStoryFile, StoryTooLarge."""
        line, comment = without_comment(raw)
        if comment:
            inside = self._in_body or self._open.headers
            (self._open if inside else self).comments.append(comment)
        if self._in_body:
            self._take_body(raw, line, number)
        elif line == "---":
            if not self._open.title:
                raise BrokenStoryFile(f"Line {number}: the node has no title.", field="file")
            self._in_body = True
        elif line.startswith("#"):
            self.tags.append(line)
        elif line:
            _add_header(self._open.headers, line, number)

    def _take_body(self, raw: str, line: str, number: int) -> None:
        if line == "===":
            self.nodes.append(self._open)
            check_count(len(self.nodes))
            self._open, self._in_body = YarnNode(), False
        elif line:
            self._open.lines.extend(lines_of(raw, line, number))

    def end(self) -> None:
        """Raises BrokenStoryFile for a node that does not end, and for a file without any."""
        if self._open.headers or self._in_body:
            missing = "===" if self._in_body else "---"
            raise BrokenStoryFile(
                f"The last node does not end: `{missing}` is missing.", field="file"
            )
        if not self.nodes:
            raise BrokenStoryFile("The file holds no node.", field="file")


def file_of(source: Sequence[str]) -> YarnFile:
    """The file that these lines make. Raises BrokenStoryFile, StoryTooLarge."""
    file = YarnFile()
    for number, raw in enumerate(source, 1):
        file.take(raw, number)
    file.end()
    return file


def _add_header(headers: dict[str, str], line: str, number: int) -> None:
    found = _HEADER.match(line)
    if found is None:
        raise BrokenStoryFile(f"Line {number} is no header of a node: {line!r:.80}.", field="file")
    key, again = found["key"], 1
    while key in headers:
        again += 1
        key = f"{found['key']}-{again}"
    headers[key] = found["value"].strip()
