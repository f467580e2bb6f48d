"""How is a passage of Chapbook taken apart and put together?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.formats.base import Link
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import CHAPBOOK
from scenarios.formats.link_writing import in_brackets
from scenarios.formats.links import Closers, link_parts
from scenarios.formats.markup import IfTag, LinkTag, Node, Opaque, Prose, SetTag
from scenarios.formats.meaning import (
    Context,
    chapbook_effect,
    condition_in,
    condition_text,
    effect_text,
    negated,
)
from scenarios.formats.quoting import quoted, string_values
from scenarios.logic.story import Effect

_DIVIDER = re.compile(r"^--[ \t]*$\n?", re.MULTILINE)
_MODIFIER = re.compile(r"^\[(?!\[)([^\[\]\n]+)\][ \t]*$\n?", re.MULTILINE)
_START = re.compile(r"\[\[|\{(?=[A-Za-z_])|<!--|<script\b|<style\b", re.IGNORECASE)
_CLOSING = {"{": "}", "<!--": "-->", "<script": "</script>", "<style": "</style>"}
_CONTINUE = frozenset({"continue", "cont", "cont'd"})
_CODE = frozenset({"javascript", "css", "note", "note to myself", "todo", "fixme", "n.b."})
_EMBED = re.compile(r"\{\s*embed\s+passage\s*:(.*)\}\Z", re.DOTALL)
_LINK_TO = re.compile(
    r"\{\s*link\s+to\s*:(?P<target>.*?)(?:,\s*label\s*:(?P<label>.*))?\}\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Chapbook:
    """A section of variables, modifiers on lines of their own, inserts in braces."""

    name: str = "chapbook"

    def nodes(self, text: str, context: Context) -> tuple[Node, ...]:
        divider = _DIVIDER.search(text)
        start = divider.end() if divider else 0
        before = (
            _variables(text[: divider.start()], text[divider.start() : start]) if divider else []
        )
        return (*before, *_Sections(text, start, context).nodes())

    def link(self, link: Link) -> str:
        if link.effects:
            raise NotUnderstood(link.text)
        simple = in_brackets(self, link)
        if simple:
            return simple
        return f"{{link to: {quoted(link.target, chr(39))}, label: {quoted(link.text, chr(39))}}}"

    def block(self, condition: str, inner: str) -> str:
        return f"[if {condition_text(condition, CHAPBOOK)}]\n{inner}\n\n[continue]"

    def entering(self, effects: Iterable[Effect], text: str) -> str:
        lines = "".join(f"{effect_text(each, CHAPBOOK)}\n" for each in effects)
        divider = _DIVIDER.search(text)
        section = text[: divider.start()].split("\n") if divider else []
        if divider and all(":" in line for line in section if line.strip()):
            # Lines that were not understood are a section already.
            return lines + text
        return f"{lines}--\n{text}" if lines else text


def _variables(section: str, divider: str) -> list[Node]:
    """The variables section line by line; the divider stays as long as a line does."""
    nodes: list[Node] = []
    *lines, _ = section.split("\n")
    for line in lines:
        try:
            effects = (chapbook_effect(line, CHAPBOOK),) if line.strip() else ()
            nodes += SetTag(line, effects), Prose("\n")
        except NotUnderstood:
            nodes += Opaque(line), Prose("\n")
    whole = not any(isinstance(node, Opaque) for node in nodes)
    return [*nodes, SetTag(divider, ()) if whole else Prose(divider)]


@dataclass(slots=True)
class _Sections:
    """Goes from modifier to modifier; `[if]` and the `[else]` after it make one node."""

    text: str
    start: int
    context: Context
    found: list[Node] = field(default_factory=list)
    chain: list[tuple[str, str, tuple[Node, ...]]] = field(default_factory=list)

    def nodes(self) -> list[Node]:
        modifiers = list(_MODIFIER.finditer(self.text, self.start))
        first = modifiers[0].start() if modifiers else len(self.text)
        self.found.extend(self.inline(self.text[self.start : first]))
        ends = [each.start() for each in modifiers[1:]] + [len(self.text)]
        for modifier, end in zip(modifiers, ends, strict=False):
            self.section(modifier, self.text[modifier.end() : end])
        self.close_chain("")
        return self.found

    def section(self, modifier: re.Match[str], body: str) -> None:
        word = modifier[1].strip()
        plain = word.lower()
        if plain in _CONTINUE:
            if self.chain:
                self.close_chain(modifier.group())
            else:
                self.found.append(Opaque(modifier.group()))
            self.found.extend(self.inline(body))
            return
        if not (plain == "else" and self.chain):
            self.close_chain("")
        inner = () if plain in _CODE else tuple(self.inline(body))
        raw = modifier.group() + body
        if plain == "else" or plain.startswith(("if ", "unless ")):
            self.chain.append((word, raw, inner))
        else:
            self.found.append(Opaque(raw, inner))

    def close_chain(self, closing: str) -> None:
        if not self.chain:
            return
        raw = "".join(part for _, part, _ in self.chain) + closing
        inners = [inner for _, _, inner in self.chain]
        try:
            tests = [self.test(word) for word, _, _ in self.chain]
            self.found.append(IfTag(raw, tuple(zip(tests, inners, strict=True))))
        except NotUnderstood:
            self.found.append(Opaque(raw, tuple(node for inner in inners for node in inner)))
        self.chain = []

    def test(self, modifier: str) -> str | None:
        word, _, code = modifier.partition(" ")
        if word.lower() == "else":
            if len(self.chain) == 1:
                raise NotUnderstood(modifier)
            return None
        condition = condition_in(code, CHAPBOOK, self.context)
        return negated(condition) if word.lower() == "unless" else condition

    def inline(self, body: str) -> list[Node]:
        """Links, inserts and comments within a section."""
        nodes: list[Node] = []
        closers = Closers(body)
        place = prose = 0
        while match := _START.search(body, place):
            sign, start = match.group().lower(), match.start()
            mark = "]]" if sign == "[[" else _CLOSING[sign]
            if sign in {"[[", "{"}:
                end = closers.on_line(mark, start, match.end())
            else:
                end = closers.find(mark, match.end())
            if end < 0:
                place = match.end()
                continue
            place = end + len(mark)
            if start > prose:
                nodes.append(Prose(body[prose:start]))
            nodes.append(self.tag(sign, body[start:place]))
            prose = place
        if prose < len(body):
            nodes.append(Prose(body[prose:]))
        return nodes

    def tag(self, sign: str, raw: str) -> Node:
        try:
            if sign == "[[":
                parts = link_parts(raw[2:-2])
                return self.way(raw, parts.label, parts.target, plain=not parts.setter)
            found = _LINK_TO.match(raw) if sign == "{" else None
            if found:
                (target,) = string_values(found["target"], CHAPBOOK, 1)
                label = found["label"]
                shown = string_values(label, CHAPBOOK, 1)[0] if label else target
                return self.way(raw, shown, target, plain=True)
            embedded = _EMBED.match(raw) if sign == "{" else None
            if embedded:
                return Opaque(raw, includes=string_values(embedded[1], CHAPBOOK, 1)[0])
        except NotUnderstood:
            return Opaque(raw, leads_on=True)
        return Opaque(raw, leads_on=raw.startswith(("{restart", "{back")))

    def way(self, raw: str, label: str, target: str, *, plain: bool) -> LinkTag:
        if not plain or target not in self.context.names or not label.strip():
            raise NotUnderstood(raw)
        return LinkTag(raw, label, target)
