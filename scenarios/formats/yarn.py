"""What story does a Yarn file tell? Nodes, options, jumps, `<<set>>`, `<<declare>>`, `<<if>>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.formats.assembling import pair_from
from scenarios.formats.base import ImportedStory
from scenarios.formats.declarations import inferred
from scenarios.formats.decoding import check_count, decoded, derived_ifid, title_from
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.flow_items import Root
from scenarios.formats.weave import woven
from scenarios.formats.yarn_flow import YarnLine, declarations, flow_of

# Not within a word: an address is no comment.
_COMMENT = re.compile(r"(?:(?<![^\s])|(?<=>>))//.*")
_HEADER = re.compile(r"(?P<key>[\w.-]+)\s*:\s*(?P<value>.*)\Z")


@dataclass(frozen=True, slots=True)
class _YarnNode:
    title: str
    headers: dict[str, str]
    lines: list[YarnLine]


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The story of a Yarn file. Raises StoryTooLarge, BrokenStoryFile."""
    nodes: dict[str, _YarnNode] = {}
    source = decoded(data).split("\n")
    for node in _nodes(source):
        if node.title in nodes:
            raise BrokenStoryFile(f"Two nodes are called {node.title!r:.80}.", field="file")
        nodes[node.title] = node
        check_count(len(nodes))
    if not nodes:
        raise BrokenStoryFile("The file holds no node.", field="file")
    names = frozenset(nodes)
    roots = {title: _root(node, names, source) for title, node in nodes.items()}
    passages, kept = woven(roots)
    declared = declarations(line.text for node in nodes.values() for line in node.lines)
    known = {variable.name for variable in declared}
    found = tuple(each for each in inferred((), passages) if each.name not in known)
    return ImportedStory(
        title=title_from(filename),
        passages=passages,
        start="Start" if "Start" in names else next(iter(nodes)),
        format="yarn",
        ifid=derived_ifid(data),
        variables=declared + found,
        kept=kept,
    )


def _root(node: _YarnNode, names: frozenset[str], source: Sequence[str]) -> Root:
    others = {
        key: value
        for key, value in node.headers.items()
        if key not in {"title", "tags", "position"}
    }
    position = pair_from(node.headers.get("position"))
    if position is None and node.headers.get("position"):
        others["position"] = node.headers["position"]
    tags = tuple(node.headers.get("tags", "").split())
    return Root(flow_of(node.lines, names, source), tags, position, others)


def _nodes(source: Sequence[str]) -> Iterator[_YarnNode]:
    headers: dict[str, str] = {}
    lines: list[YarnLine] | None = None
    for number, raw in enumerate(source, 1):
        line = _COMMENT.sub("", raw).strip()
        if lines is None:
            if line == "---":
                lines = []
                _titled(headers, number)
            elif line and not line.startswith("#"):
                _add_header(headers, line, number)
        elif line == "===":
            yield _YarnNode(headers["title"], headers, lines)
            headers, lines = {}, None
        elif line:
            lines.append(YarnLine(_indent(raw), line, number))
    if headers or lines is not None:
        raise BrokenStoryFile(
            f"The last node does not end: `{'===' if lines is not None else '---'}` is missing.",
            field="file",
        )


def _titled(headers: dict[str, str], number: int) -> None:
    if not headers.get("title"):
        raise BrokenStoryFile(f"Line {number}: the node has no title.", field="file")


def _add_header(headers: dict[str, str], line: str, number: int) -> None:
    found = _HEADER.match(line)
    if found is None:
        raise BrokenStoryFile(f"Line {number} is no header of a node: {line!r:.80}.", field="file")
    headers[found["key"]] = found["value"].strip()


def _indent(raw: str) -> int:
    expanded = raw.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
