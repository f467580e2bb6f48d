"""How is a passage of Snowman taken apart and put together?"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.formats.base import Link
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import SNOWMAN
from scenarios.formats.link_writing import in_brackets
from scenarios.formats.links import Closers, anchor_parts, is_plain_anchor, link_parts
from scenarios.formats.markup import IfTag, LinkTag, Node, Opaque, SetTag
from scenarios.formats.meaning import Context, condition_in, condition_text, effect_text, effects_in
from scenarios.formats.sugarcube_tags import Frame, Leaf, nested
from scenarios.logic.story import Effect

_START = re.compile(r"<%|\[\[|<!--|<script\b|<style\b|<a\s", re.IGNORECASE)
_CLOSING = {"<%": "%>", "<!--": "-->", "<script": "</script>", "<style": "</style>", "<a": "</a>"}
_IF = re.compile(r"(?P<else>\}\s*else\s+)?if\s*\((?P<test>.*)\)\s*\{\Z", re.DOTALL)
_ELSE = re.compile(r"\}\s*else\s*\{\Z")
_SHOWS = re.compile(r"=\s*(?:window\.)?story\.render\(\s*([\"'])(?P<name>[^\"']*)\1\s*\)\s*;?\s*\Z")


@dataclass(frozen=True, slots=True)
class Snowman:
    """JavaScript between `<%` and `%>`, the rest Markdown and HTML."""

    name: str = "snowman"

    def nodes(self, text: str, context: Context) -> tuple[Node, ...]:
        return nested(text, _leaves(text), _Meaning(context))

    def link(self, link: Link) -> str:
        if link.effects:
            raise NotUnderstood(link.text)
        simple = in_brackets(self, link)
        if simple:
            return simple
        target, label = html.escape(link.target), html.escape(link.text, quote=False)
        return f'<a href="javascript:void(0)" data-passage="{target}">{label}</a>'

    def block(self, condition: str, inner: str) -> str:
        return f"<% if ({condition_text(condition, SNOWMAN)}) {{ %>{inner}<% }} %>"

    def entering(self, effects: Iterable[Effect], text: str) -> str:
        changes = "".join(f"<% {effect_text(each, SNOWMAN)}; %>\n" for each in effects)
        return changes + text


def _leaves(text: str) -> list[Leaf]:
    leaves: list[Leaf] = []
    closers = Closers(text)
    blocks: list[str] = []
    place = 0
    while match := _START.search(text, place):
        sign, start = match.group().lower().strip(), match.start()
        place = match.end()
        if sign == "[[":
            end = closers.link_end(start)
            mark = "]]"
        else:
            mark = _CLOSING[sign]
            end = closers.find(mark, match.end())
        if end < 0:
            continue
        place = end + len(mark)
        code = text[match.end() : end].strip()
        name = _code_name(code, blocks) if sign == "<%" else sign
        leaves.append(Leaf(name, code, start, place))
    return leaves


def _code_name(code: str, blocks: list[str]) -> str:
    """What a piece of code opens, continues or closes; `blocks` are those open around it."""
    test = _IF.match(code)
    if test and not test["else"]:
        blocks.append("if")
        return "if"
    inside = blocks[-1] if blocks else ""
    if inside == "if" and test:
        return "elseif"
    if inside == "if" and _ELSE.match(code):
        return "else"
    if code.endswith("{") and not code.startswith("}"):
        blocks.append("{")
        return "{"
    if code.startswith("}") and not code.endswith("{") and blocks:
        return "/" + blocks.pop()
    return "<%"


@dataclass(frozen=True, slots=True)
class _Meaning:
    context: Context

    def of_leaf(self, leaf: Leaf, raw: str) -> Node:
        try:
            if leaf.name == "[[":
                parts = link_parts(leaf.args)
                return self.way(raw, parts.label, parts.target, plain=not parts.setter)
            if leaf.name == "<a":
                return self.anchor(raw)
            if leaf.name == "<%" and not leaf.args.startswith(("=", "-")):
                return SetTag(raw, effects_in(leaf.args, SNOWMAN, ";"))
        except NotUnderstood:
            pass
        shown = _SHOWS.match(leaf.args) if leaf.name == "<%" else None
        leads_on = leaf.name in {"[[", "<a"} or "story.show" in leaf.args
        inner = self.anchored(raw) if leaf.name == "<a" else ()
        return Opaque(raw, inner, includes=shown["name"] if shown else None, leads_on=leads_on)

    def of_frame(self, frame: Frame, raw: str) -> Node:
        inner = tuple(node for clause in frame.clauses for node in clause.nodes)
        if frame.name != "if":
            return Opaque(raw, inner)
        try:
            return IfTag(raw, tuple((self.test(c.args), tuple(c.nodes)) for c in frame.clauses))
        except NotUnderstood:
            return Opaque(raw, inner)

    def test(self, code: str | None) -> str | None:
        if code is None:
            return None
        found = _IF.match(code)
        return condition_in(found["test"] if found else "", SNOWMAN, self.context)

    def anchor(self, raw: str) -> LinkTag:
        parts = anchor_parts(raw)
        if parts is None or not is_plain_anchor(raw):
            raise NotUnderstood(raw)
        return self.way(raw, parts.label, parts.target, plain=True)

    def anchored(self, raw: str) -> tuple[LinkTag, ...]:
        """The way out of an anchor that is kept for its other attributes and elements."""
        parts = anchor_parts(raw)
        if parts is None or parts.target not in self.context.names:
            return ()
        return (LinkTag("", parts.label, parts.target),)

    def way(self, raw: str, label: str, target: str, *, plain: bool) -> LinkTag:
        if not plain or target not in self.context.names or not label.strip():
            raise NotUnderstood(raw)
        return LinkTag(raw, label, target)
