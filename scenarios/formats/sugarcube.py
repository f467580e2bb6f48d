"""How is a passage of SugarCube taken apart and put together?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.formats.base import Link
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import SUGARCUBE
from scenarios.formats.links import Closers, bracket_link, link_parts
from scenarios.formats.markup import IfTag, LinkTag, Node, Opaque, SetTag
from scenarios.formats.meaning import Context, condition_in, condition_text, effect_text, effects_in
from scenarios.formats.quoting import quoted, string_values
from scenarios.formats.sugarcube_tags import Frame, Leaf, nested
from scenarios.logic.story import Effect

_START = re.compile(
    r"<<(?=[A-Za-z/=-])|\[\[|\[(?:[<>]?img)\[|/\*|/%|<!--|\"\"\"|\{\{\{|<nowiki>|<script\b|<style\b"
    r"|<html>|\$[A-Za-z_]\w*",
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
}
_SETTERS = frozenset({"set", "run"})
_LINKS = frozenset({"link", "button"})
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
        simple = bracket_link(link.text, link.target)
        context = Context(self.name, frozenset({link.target}))
        if self.nodes(simple, context) == (LinkTag(simple, link.text, link.target),):
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
    if name in {"endif", "endlink", "endbutton"}:
        name = "/" + name.removeprefix("end")
    return Leaf(name, found["args"].strip(), found.start(), found.end())


def _plain_leaf(match: re.Match[str], closers: Closers) -> Leaf | None:
    sign, start = match.group().lower(), match.start()
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
            if leaf.name in _SETTERS:
                return SetTag(raw, effects_in(leaf.args, SUGARCUBE))
            if leaf.name == "goto":
                label, target = self.named(leaf.args)
                return self.way(raw, target if label != target else label, target, ())
        except NotUnderstood:
            pass
        leads_on = leaf.name in {"[[", "goto", "return", "back"} or leaf.name in _LINKS
        return Opaque(raw, includes=self.included(leaf), leads_on=leads_on)

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
