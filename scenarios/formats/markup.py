"""What does a passage say, offer and change, once its markup has been taken apart?

Each dialect cuts a passage into nodes whose `raw` texts, joined, are the passage. Here they become a scene:
links and changes that are understood leave the text; what is not understood stays in it byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from scenarios.formats.base import Link
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.meaning import Context, all_of, negated
from scenarios.logic.story import Effect

# Deeper nesting than any author writes is left as written, so that no file can exhaust the stack.
MAX_NESTING = 24
_BULLETS = re.compile(r"[\s*+\->]*")


@dataclass(frozen=True, slots=True)
class Prose:
    """Text without markup."""

    raw: str


@dataclass(frozen=True, slots=True)
class LinkTag:
    """A link that leads to a scene, and what following it changes."""

    raw: str
    label: str
    target: str
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class SetTag:
    """Changes of variables."""

    raw: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class IfTag:
    """Branches in order; the condition of `else` is None."""

    raw: str
    branches: tuple[tuple[str | None, tuple[Node, ...]], ...]


@dataclass(frozen=True, slots=True)
class Opaque:
    """Not understood. `inner` are the nodes within, `includes` a passage shown here, `leads_on` a way out."""

    raw: str
    inner: tuple[Node, ...] = ()
    includes: str | None = None
    leads_on: bool = False


Node = Prose | LinkTag | SetTag | IfTag | Opaque


class Dialect(Protocol):
    """What each markup offers."""

    @property
    def name(self) -> str: ...

    def nodes(self, text: str, context: Context) -> tuple[Node, ...]:
        """The passage in pieces whose raw texts, joined, are `text`."""
        ...

    def link(self, link: Link) -> str:
        """A link without its condition. Raises NotUnderstood when its effects cannot be written."""
        ...

    def block(self, condition: str, inner: str) -> str:
        """`inner`, shown when a condition of the contract holds. Raises NotUnderstood."""
        ...

    def entering(self, effects: Iterable[Effect], text: str) -> str:
        """`text` with changes made on entering. Raises NotUnderstood."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage as a scene. `embedded` are the links that `text` still holds in pieces kept as written."""

    text: str
    links: tuple[Link, ...] = ()
    on_enter: tuple[Effect, ...] = ()
    visible_if: str | None = None
    is_end: bool = False
    kept: tuple[str, ...] = field(default=(), compare=False)
    embedded: tuple[Link, ...] = field(default=(), compare=False)
    includes: tuple[str, ...] = field(default=(), compare=False)


def read_markup(text: str, dialect: Dialect, context: Context) -> Reading:
    """The scene that a passage's markup describes.

    Reading the text of the result gives the same text again, or nothing is taken out of it at all:
    an export can therefore always be read back.
    """
    text = text.strip()
    reading = _Folding(dialect.nodes(text, context)).reading()
    if reading.text == text and not reading.on_enter and reading.links == reading.embedded:
        return reading
    again = _Folding(dialect.nodes(reading.text, context)).reading()
    settled = (reading.text, reading.embedded, ()) == (again.text, again.links, again.on_enter)
    return reading if settled else _as_written(text, dialect, context)


def _as_written(text: str, dialect: Dialect, context: Context) -> Reading:
    links = tuple(_all_links(dialect.nodes(text, context)))
    return Reading(text, links, is_end=not links, kept=(text,), embedded=links)


def _links(nodes: Iterable[Node], guards: tuple[str, ...]) -> Iterator[Link]:
    """Every link below, each with the conditions it stands under."""
    for node in nodes:
        match node:
            case LinkTag():
                yield Link(node.label, node.target, all_of(guards), node.effects)
            case IfTag():
                for guard, inner in guarded(node):
                    yield from _links(inner, (*guards, *guard))
            case Opaque():
                yield from _links(node.inner, guards)


def guarded(tag: IfTag) -> Iterator[tuple[tuple[str, ...], tuple[Node, ...]]]:
    """Each branch with all that must hold for it: its condition, and none of those before it."""
    before: tuple[str, ...] = ()
    for condition, inner in tag.branches:
        yield (*before, *((condition,) if condition else ())), inner
        if condition:
            before = (*before, negated(condition))


def _is_pure(nodes: Iterable[Node]) -> bool:
    """Whether there are links and nothing else, so that the text loses nothing without them."""
    for node in nodes:
        match node:
            case LinkTag():
                continue
            case Prose(raw) if _BULLETS.fullmatch(raw):
                continue
            case IfTag() if all(_is_pure(inner) for _, inner in node.branches):
                continue
        return False
    return True


class _Folding:
    """Goes through the nodes once and collects what they amount to."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.pieces: list[tuple[str, bool]] = []
        self.links: list[Link] = []
        self.embedded: list[Link] = []
        self.effects: list[Effect] = []
        self.kept: list[str] = []
        self.includes: list[str] = []
        self.leads_on = False
        for node in nodes:
            self.add(node)

    def add(self, node: Node) -> None:
        match node:
            case Prose():
                self.pieces.append((node.raw, False))
            case LinkTag():
                self.links.extend(_links((node,), ()))
                self.pieces.append((node.label, True))
            case SetTag():
                self.effects.extend(node.effects)
                self.pieces.append(("", True))
            case IfTag():
                self.add_branches(node)
            case _:
                if node.includes is not None:
                    self.includes.append(node.includes)
                self.leads_on |= node.leads_on or node.includes is not None
                self.keep(node)

    def add_branches(self, node: IfTag) -> None:
        if not _is_pure((node,)):
            self.keep(node)
            return
        try:
            self.links.extend(list(_links((node,), ())))
        except NotUnderstood:
            # Conditions that are fine one by one can be too much together.
            self.keep(node)
            return
        self.pieces.append(("", True))

    def keep(self, node: IfTag | Opaque) -> None:
        inside = _all_links((node,))
        self.links.extend(inside)
        self.embedded.extend(inside)
        self.kept.append(node.raw)
        self.pieces.append((node.raw, False))

    def reading(self) -> Reading:
        return Reading(
            text=_laid_out(self.pieces),
            links=tuple(self.links),
            on_enter=tuple(self.effects),
            is_end=not self.links and not self.leads_on,
            kept=tuple(self.kept),
            embedded=tuple(self.embedded),
            includes=tuple(self.includes),
        )


def _all_links(nodes: Iterable[Node]) -> list[Link]:
    """Every link below, without conditions if these together are more than can be said."""
    try:
        return list(_links(nodes, ()))
    except NotUnderstood:
        return list(_links(_bare(nodes), ()))


def _bare(nodes: Iterable[Node]) -> Iterator[LinkTag]:
    for node in nodes:
        if isinstance(node, LinkTag):
            yield node
        elif isinstance(node, Opaque):
            yield from _bare(node.inner)
        elif isinstance(node, IfTag):
            for _, inner in node.branches:
                yield from _bare(inner)


def _laid_out(pieces: Iterable[tuple[str, bool]]) -> str:
    """The text that remains: a link alone on its line goes with the line, one within keeps its label."""
    layout = _Layout()
    for text, taken in pieces:
        if taken:
            layout.taken(text)
        else:
            layout.prose(text)
    return layout.text()


class _Layout:
    """Puts lines together and drops those from which everything was taken."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.rest: list[str] = []
        self.something_taken = False
        self.closing_gap = False

    def taken(self, label: str) -> None:
        self.line.append(label)
        self.something_taken = True

    def prose(self, text: str) -> None:
        first, *others = text.split("\n")
        self.line.append(first)
        self.rest.append(first)
        for part in others:
            self.end_line()
            self.line.append(part)
            self.rest.append(part)

    def end_line(self) -> None:
        line, rest = "".join(self.line), "".join(self.rest)
        if self.something_taken and _BULLETS.fullmatch(rest):
            self.closing_gap = True
        elif line.strip() or not self.closing_gap or (self.lines and self.lines[-1].strip()):
            self.lines.append(line)
            self.closing_gap = self.closing_gap and not line.strip()
        self.line, self.rest, self.something_taken = [], [], False

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines).strip()
