"""How is a passage of SugarCube taken apart and put together?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from scenarios.formats.base import Link
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import SUGARCUBE
from scenarios.formats.link_writing import in_brackets
from scenarios.formats.links import (
    Closers,
    LinkParts,
    anchor_parts,
    is_plain_anchor,
    link_parts,
)
from scenarios.formats.markup import IfTag, LinkTag, Node, Opaque, SetTag
from scenarios.formats.meaning import Context, condition_in, condition_text, effect_text, effects_in
from scenarios.formats.quoting import quoted, string_values
from scenarios.formats.sugarcube_tags import Frame, Leaf, nested
from scenarios.logic.story import Effect

_START = re.compile(
    r"<<(?=[A-Za-z/=-])|\[\[|\[(?:[<>]?img)\[|/\*|/%|<!--|\"\"\"|\{\{\{|<nowiki>|<script\b|<style\b"
    r"|<html>|<a\s|\$[A-Za-z_]\w*",
    re.IGNORECASE,
)
# Atomic and possessive: an unclosed macro is found to be one in a single run over the text.
_MACRO = re.compile(
    r"<<(?P<close>/?)(?P<name>[A-Za-z][\w-]*|[-=])"
    r"(?P<args>(?>\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|\\.|[^>]|>(?!>))*+)>>",
    re.DOTALL,
)
_CLOSING = {
    "/*": "*/",
    "/%": "%/",
    "<!--": "-->",
    '"""': '"""',
    "{{{": "}}}",
    "<nowiki>": "</nowiki>",
    "<script": "</script>",
    "<style": "</style>",
    "<html>": "</html>",
    "<a": "</a>",
}
_SETTERS = frozenset({"set", "run"})
# `<<click>>` is the name that `<<link>>` had before.
_LINKS = frozenset({"link", "button", "click"})
_BRACKETS = re.compile(r"\[\[[^\[\]]*\]\]")
_INCLUDES = frozenset({"include", "display"})
_CODE = frozenset({"script", "widget"})


@dataclass(frozen=True, slots=True)
class SugarCube:
    """Macros in double angle brackets."""

    name: str = "sugarcube"

    def nodes(self, text: str, context: Context) -> tuple[Node, ...]:
        return nested(text, _leaves(text), _Meaning(context))

    def link(self, link: Link) -> str:
        macro = f"<<link {quoted(link.text)} {quoted(link.target)}>>"
        if link.effects:
            changes = "".join(f"<<set {effect_text(each, SUGARCUBE)}>>" for each in link.effects)
            return f"{macro}{changes}<</link>>"
        simple = in_brackets(self, link)
        if simple:
            return simple
        return f"{macro}<</link>>"

    def block(self, condition: str, inner: str) -> str:
        return f"<<if {condition_text(condition, SUGARCUBE)}>>{inner}<</if>>"

    def entering(self, effects: Iterable[Effect], text: str) -> str:
        changes = "".join(f"<<set {effect_text(each, SUGARCUBE)}>>\n" for each in effects)
        return changes + text


def _leaves(text: str) -> list[Leaf]:
    """The tags of a passage in order: macros, links, and spans that hold no markup."""
    leaves: list[Leaf] = []
    closers = Closers(text)
    place, macros = 0, True
    while match := _START.search(text, place):
        leaf = None
        if match.group() != "<<":
            leaf = _plain_leaf(match, closers)
        elif macros:
            found = _MACRO.match(text, match.start())
            macros = found is not None
            leaf = found and _macro_leaf(found)
        if leaf:
            leaves.append(leaf)
        place = leaf.end if leaf else match.end()
    return leaves


def _macro_leaf(found: re.Match[str]) -> Leaf:
    name = found["close"] + found["name"].lower()
    # `<<endif>>` is the closing tag of older stories.
    if name in {"endif", "endlink", "endbutton", "endclick"}:
        name = "/" + name.removeprefix("end")
    return Leaf(name, found["args"].strip(), found.start(), found.end())


def _plain_leaf(match: re.Match[str], closers: Closers) -> Leaf | None:
    sign, start = match.group().lower().strip(), match.start()
    if sign.startswith("$"):
        return Leaf("$", "", start, match.end())
    if sign.startswith("["):
        end = closers.link_end(start)
        return Leaf("[[" if sign == "[[" else "[img[", "", start, end + 2) if end >= 0 else None
    end = closers.find(_CLOSING[sign], match.end())
    return Leaf(sign, "", start, end + len(_CLOSING[sign])) if end >= 0 else None


@dataclass(frozen=True, slots=True)
class _Meaning:
    """Turns tags into nodes."""

    context: Context

    def of_leaf(self, leaf: Leaf, raw: str) -> Node:
        try:
            if leaf.name == "[[":
                return self.bracket(raw)
            if leaf.name == "<a" and is_plain_anchor(raw):
                parts = anchor_parts(raw)
                return self.way(raw, parts.label, parts.target, ()) if parts else Opaque(raw)
            if leaf.name in _SETTERS:
                return SetTag(raw, effects_in(leaf.args, SUGARCUBE))
            if leaf.name == "goto":
                label, target = self.named(leaf.args)
                return self.way(raw, target if label != target else label, target, ())
        except NotUnderstood:
            pass
        leads_on = leaf.name in {"[[", "goto", "return", "back", *_LINKS}
        return Opaque(raw, self.within(leaf, raw), self.included(leaf), leads_on)

    def within(self, leaf: Leaf, raw: str) -> tuple[LinkTag, ...]:
        """The ways out of a piece that is kept: of an anchor, a picture, an older macro of links."""
        ways: list[LinkParts] = []
        with suppress(NotUnderstood):
            match leaf.name:
                case "<a":
                    ways += filter(None, [anchor_parts(raw)])
                case "[img[":
                    alt, _, target = raw.rstrip("]").partition("][")
                    target = target.partition("][")[0]
                    ways.append(LinkParts(alt.partition("|")[0].removeprefix("[img["), target))
                case "choice":
                    ways += self.choice(leaf.args)
                case "actions":
                    ways += self.listed(leaf.args)
        there = (each for each in ways if each.target in self.context.names)
        return tuple(LinkTag("", each.label or each.target, each.target) for each in there)

    def choice(self, code: str) -> list[LinkParts]:
        """`<<choice "passage" "text">>`, with the passage first, or a link in brackets."""
        if code.startswith("[["):
            return [LinkParts(*self.named(code))]
        target, *others = string_values(code, SUGARCUBE, 1, 2)
        return [LinkParts(others[0] if others else target, target)]

    def listed(self, code: str) -> list[LinkParts]:
        """`<<actions "passage" [[text|passage]]>>`."""
        links = [link_parts(each[2:-2]) for each in _BRACKETS.findall(code)]
        rest = _BRACKETS.sub(" ", code).strip()
        names = string_values(rest, SUGARCUBE, 1, len(rest)) if rest else []
        return [*links, *(LinkParts(name, name) for name in names)]

    def of_frame(self, frame: Frame, raw: str) -> Node:
        inner = tuple(node for clause in frame.clauses for node in clause.nodes)
        if frame.name in _CODE:
            return Opaque(raw)
        try:
            if frame.name == "if":
                return IfTag(raw, tuple((self.test(c.args), tuple(c.nodes)) for c in frame.clauses))
            if frame.name in _LINKS:
                return self.link_block(frame.clauses[0].args, raw, inner)
        except NotUnderstood:
            pass
        return Opaque(raw, self.ways(frame, inner), leads_on=frame.name in _LINKS)

    def test(self, code: str | None) -> str | None:
        return None if code is None else condition_in(code, SUGARCUBE, self.context)

    def bracket(self, raw: str) -> Node:
        parts = link_parts(raw[2:-2])
        effects = effects_in(parts.setter, SUGARCUBE) if parts.setter else ()
        return self.way(raw, parts.label, parts.target, effects)

    def named(self, code: str | None) -> tuple[str, str]:
        """Label and target of `"text" "passage"` or `[[text|passage]]`. Raises NotUnderstood."""
        code = (code or "").strip()
        if code.startswith("[[") and code.endswith("]]") and "][" not in code:
            parts = link_parts(code[2:-2])
            return parts.label, parts.target
        label, *others = string_values(code, SUGARCUBE, 1, 2)
        return label, others[0] if others else label

    def link_block(self, code: str | None, raw: str, inner: tuple[Node, ...]) -> LinkTag:
        """`<<link>>` whose contents only change variables and go on. Raises NotUnderstood."""
        label, target = self.named(code)
        effects: list[Effect] = []
        for node in inner:
            if isinstance(node, SetTag):
                effects.extend(node.effects)
            elif isinstance(node, LinkTag) and label == target and node.raw.startswith("<<goto"):
                target = node.target
            elif node.raw.strip():
                raise NotUnderstood(raw)
        return self.way(raw, label, target, tuple(effects))

    def ways(self, frame: Frame, inner: tuple[Node, ...]) -> tuple[Node, ...]:
        """What can be followed out of a block that is kept: its links, and its own when it is one."""
        if frame.name in _LINKS:
            try:
                label, target = self.named(frame.clauses[0].args)
                return (self.way("", label, target, ()), *inner)
            except NotUnderstood:
                return inner
        return inner

    def way(self, raw: str, label: str, target: str, effects: tuple[Effect, ...]) -> LinkTag:
        if target not in self.context.names or not label.strip():
            raise NotUnderstood(raw)
        return LinkTag(raw, label, target, effects)

    def included(self, leaf: Leaf) -> str | None:
        if leaf.name not in _INCLUDES:
            return None
        try:
            return self.named(leaf.args)[1]
        except NotUnderstood:
            return None
