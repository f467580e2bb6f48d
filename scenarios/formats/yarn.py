"""What story does a Yarn file tell? Nodes, options, jumps, `<<set>>`, `<<declare>>`, `<<if>>`.

Hashtags behind options and commands, comments, and headers beyond those of Twine are kept as metadata of
the node's first scene.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenarios.formats.assembling import pair_from
from scenarios.formats.base import ImportedStory, Kept
from scenarios.formats.declarations import inferred
from scenarios.formats.decoding import decoded, derived_ifid, title_from
from scenarios.formats.flow_items import Root
from scenarios.formats.weave import woven
from scenarios.formats.yarn_flow import declarations, flow_of
from scenarios.formats.yarn_groups import WHEN, grouped
from scenarios.formats.yarn_nodes import YarnNode, file_of

_OWN = frozenset({"title", "tags", "position"})


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The story of a Yarn file. Raises StoryTooLarge, BrokenStoryFile."""
    source = decoded(data).split("\n")
    file = file_of(source)
    names, groups = grouped([(node.title, node.headers.get(WHEN)) for node in file.nodes])
    known = frozenset((*names, *groups))
    roots: dict[str, Root] = {}
    for name, node in zip(names, file.nodes, strict=True):
        if node.title in groups:
            roots.setdefault(node.title, groups[node.title])
        roots[name] = _root(node, known, source)
    passages, kept = woven(roots)
    declared = declarations(line.text for node in file.nodes for line in node.lines)
    declared_names = {variable.name for variable in declared}
    found = tuple(each for each in inferred((), passages) if each.name not in declared_names)
    return ImportedStory(
        title=title_from(filename),
        passages=passages,
        start="Start" if "Start" in roots else next(iter(roots)),
        format="yarn",
        ifid=derived_ifid(data),
        variables=declared + found,
        kept=(*(Kept("", tag) for tag in file.tags), *kept, *_hashtags(roots)),
        metadata=_filled({"file-tags": file.tags, "comments": file.comments}),
    )


def _hashtags(roots: Mapping[str, Root]) -> Iterator[Kept]:
    for name, root in roots.items():
        yield from (Kept(name, tags) for tags in root.metadata.get("hashtags", {}).values())


def _filled(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if value}


def _root(node: YarnNode, names: frozenset[str], source: Sequence[str]) -> Root:
    others: dict[str, Any] = {key: value for key, value in node.headers.items() if key not in _OWN}
    position = pair_from(node.headers.get("position"))
    if position is None and node.headers.get("position"):
        others["position"] = node.headers["position"]
    items, hashtags = flow_of(node.lines, names, source)
    others |= _filled({"hashtags": hashtags, "comments": node.comments})
    return Root(items, tuple(node.headers.get("tags", "").split()), position, others)
