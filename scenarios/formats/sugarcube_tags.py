"""Which SugarCube tags enclose which? Built with a stack in one pass; what never closes encloses nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from scenarios.formats.markup import MAX_NESTING, Node, Opaque, Prose

_CLAUSES = frozenset({"elseif", "else"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One tag and its place; a closing tag's name begins with `/`."""

    name: str
    args: str
    start: int
    end: int


@dataclass(slots=True)
class Clause:
    """What stands between two tags of a block; `args` is None for `else`."""

    args: str | None
    nodes: list[Node] = field(default_factory=list)
    opening: str = ""


@dataclass(slots=True)
class Frame:
    """A block that is open."""

    name: str
    start: int
    clauses: list[Clause]


class Meaning(Protocol):
    """Who says what a tag or block amounts to."""

    def of_leaf(self, leaf: Leaf, raw: str) -> Node: ...
    def of_frame(self, frame: Frame, raw: str) -> Node: ...


def nested(text: str, leaves: list[Leaf], meaning: Meaning) -> tuple[Node, ...]:
    """The passage as nodes; `raw` texts joined are the passage."""
    building = _Building(text, Counter(leaf.name for leaf in leaves), meaning)
    place = 0
    for leaf in leaves:
        building.prose(place, leaf.start)
        building.add(leaf)
        place = leaf.end
    building.prose(place, len(text))
    return tuple(building.finished())


class _Building:
    def __init__(self, text: str, ahead: Counter[str], meaning: Meaning) -> None:
        self.text = text
        self.ahead = ahead
        self.meaning = meaning
        self.root: list[Node] = []
        self.frames: list[Frame] = []

    @property
    def nodes(self) -> list[Node]:
        return self.frames[-1].clauses[-1].nodes if self.frames else self.root

    def prose(self, start: int, end: int) -> None:
        if start < end:
            self.nodes.append(Prose(self.text[start:end]))

    def add(self, leaf: Leaf) -> None:
        raw = self.text[leaf.start : leaf.end]
        self.ahead[leaf.name] -= 1
        if leaf.name.startswith("/") and any(f.name == leaf.name[1:] for f in self.frames):
            self.close(leaf)
        elif leaf.name in _CLAUSES and self.frames and self.frames[-1].name == "if":
            args = None if leaf.name == "else" else leaf.args
            self.frames[-1].clauses.append(Clause(args, opening=raw))
        elif self.ahead[f"/{leaf.name}"] > 0 and len(self.frames) < MAX_NESTING:
            self.frames.append(Frame(leaf.name, leaf.start, [Clause(leaf.args, opening=raw)]))
        else:
            self.nodes.append(self.meaning.of_leaf(leaf, raw))

    def close(self, leaf: Leaf) -> None:
        while self.frames[-1].name != leaf.name[1:]:
            self.give_up()
        frame = self.frames.pop()
        self.nodes.append(self.meaning.of_frame(frame, self.text[frame.start : leaf.end]))

    def give_up(self) -> None:
        """The innermost block is none: its tags and contents belong to what is around it."""
        frame = self.frames.pop()
        for clause in frame.clauses:
            self.nodes.append(Opaque(clause.opening))
            self.nodes.extend(clause.nodes)

    def finished(self) -> list[Node]:
        while self.frames:
            self.give_up()
        return self.root
