"""How is a passage of Harlowe taken apart and put together?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.formats.base import Link
from scenarios.formats.expression_reading import Token, tokens_of
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import HARLOWE
from scenarios.formats.harlowe_brackets import Brackets
from scenarios.formats.link_writing import in_brackets
from scenarios.formats.links import link_parts
from scenarios.formats.markup import MAX_NESTING, IfTag, LinkTag, Node, Opaque, Prose, SetTag
from scenarios.formats.meaning import Context, condition_in, condition_text, effect_text, effects_in
from scenarios.formats.meaning import negated as opposite
from scenarios.formats.quoting import quoted, string_values
from scenarios.logic.story import Effect

_START = re.compile(r"\(|\[\[|<!--|<(?:script|style|textarea)\b|`|\$[A-Za-z_]\w*", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]*")
_GAP = re.compile(r"\s*")
_TESTS = frozenset({"if", "unless"})
_FURTHER = frozenset({"elseif", "else"})
_SETTERS = frozenset({"set", "put"})
_GOTO = frozenset({"goto"})
_LINK_GOTO = frozenset({"linkgoto", "linkrevealgoto"})
_LINK = frozenset({"link", "linkreplace"})
# These do something where they stand; a link or hook that follows is not theirs.
_COMMANDS = (
    _SETTERS | _GOTO | {"move", "unpack", "print", "display", "alert", "nl", "undo", "restart"}
)


@dataclass(frozen=True, slots=True)
class Call:
    """A macro call and the hook or link attached to it."""

    name: str
    args: str
    start: int
    end: int
    hook: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Harlowe:
    """Macros in parentheses, hooks in brackets."""

    name: str = "harlowe"

    def nodes(self, text: str, context: Context) -> tuple[Node, ...]:
        return tuple(_Cutting(text, context).between(0, len(text), 0))

    def link(self, link: Link) -> str:
        if link.effects:
            changes = "".join(f"(set: {effect_text(each, HARLOWE)})" for each in link.effects)
            return f"(link-reveal-goto: {quoted(link.text)}, {quoted(link.target)})[{changes}]"
        simple = in_brackets(self, link)
        if simple:
            return simple
        return f"(link-goto: {quoted(link.text)}, {quoted(link.target)})"

    def block(self, condition: str, inner: str) -> str:
        return f"(if: {condition_text(condition, HARLOWE)})[{inner}]"

    def entering(self, effects: Iterable[Effect], text: str) -> str:
        changes = "".join(f"(set: {effect_text(each, HARLOWE)})\n" for each in effects)
        return changes + text


@dataclass(slots=True)
class _Cutting:
    text: str
    context: Context
    brackets: Brackets = field(init=False)

    def __post_init__(self) -> None:
        self.brackets = Brackets(self.text)

    def between(self, start: int, end: int, depth: int) -> list[Node]:
        if depth > MAX_NESTING:
            return [Opaque(self.text[start:end])]
        nodes: list[Node] = []
        place = prose = start
        while match := _START.search(self.text, place, end):
            node = self.node_at(match, depth)
            if node is None:
                place = match.end()
                continue
            if match.start() > prose:
                nodes.append(Prose(self.text[prose : match.start()]))
            nodes.append(node)
            place = prose = match.start() + len(node.raw)
        if prose < end:
            nodes.append(Prose(self.text[prose:end]))
        return nodes

    def node_at(self, match: re.Match[str], depth: int) -> Node | None:
        """The node that begins here. Brackets nest, so it ends where the hook around it does or before."""
        start, sign = match.start(), match.group()
        if sign.startswith("$"):
            return Opaque(sign)
        if sign == "(":
            call = self.call_at(start)
            return self.macro(call, depth) if call else None
        stop = self.brackets.spans.get(start)
        if stop is None:
            return None
        raw = self.text[start:stop]
        return self.link_node(raw) if sign == "[[" else Opaque(raw)

    def link_node(self, raw: str) -> Node:
        parts = link_parts(raw[2:-2])
        if parts.setter or parts.target not in self.context.names or not parts.label:
            return Opaque(raw, leads_on=True)
        return LinkTag(raw, parts.label, parts.target)

    def call_at(self, start: int) -> Call | None:
        """The macro that opens here, with its hook, when both are closed."""
        end = self.brackets.pairs.get(start)
        if end is None:
            return None
        name, _, args = self.text[start + 1 : end - 1].partition(":")
        plain = name.strip().lower().replace("-", "").replace("_", "")
        if plain in _COMMANDS:
            return Call(plain, args, start, end)
        attached = _end(_SPACES, self.text, end)
        if self.text.startswith("[[", attached) and attached in self.brackets.spans:
            stop = self.brackets.spans[attached]
            return Call(plain, args, start, stop, (attached, stop))
        if attached in self.brackets.pairs and self.text[attached] == "[":
            stop = self.brackets.pairs[attached]
            return Call(plain, args, start, stop, (attached + 1, stop - 1))
        return Call(plain, args, start, end)

    def macro(self, call: Call, depth: int) -> Node:
        if call.name in _TESTS and call.hook:
            return self.branches(call, depth)
        inner = self.between(*call.hook, depth + 1) if call.hook else []
        raw = self.text[call.start : call.end]
        try:
            return self.understood(call, raw, inner)
        except NotUnderstood:
            leads_on = "goto" in call.name or call.name.startswith(("link", "click"))
            return Opaque(raw, tuple(inner), self.included(call), leads_on)

    def understood(self, call: Call, raw: str, inner: list[Node]) -> Node:
        """Raises NotUnderstood for every macro that has no meaning in a StoryCore story."""
        if call.name in _SETTERS:
            return SetTag(raw, effects_in(call.args, HARLOWE, ","))
        if call.name in _GOTO:
            (target,) = string_values(call.args, HARLOWE, 1)
            return self.leading(raw, target, target, ())
        if call.name in _LINK_GOTO:
            label, *others = string_values(call.args, HARLOWE, 1, 2)
            return self.leading(raw, label, (others or [label])[0], tuple(inner))
        if call.name in _LINK and call.hook:
            (label,) = string_values(call.args, HARLOWE, 1)
            ways = [node for node in inner if isinstance(node, LinkTag)]
            if len(ways) == 1 and not ways[0].effects and ways[0].raw.startswith("("):
                rest = tuple(node for node in inner if node is not ways[0])
                return self.leading(raw, label, ways[0].target, rest)
        raise NotUnderstood(raw)

    def leading(self, raw: str, label: str, target: str, changes: tuple[Node, ...]) -> LinkTag:
        """A link whose hook only changes variables. Raises NotUnderstood."""
        effects: list[Effect] = []
        for node in changes:
            if isinstance(node, SetTag):
                effects.extend(node.effects)
            elif node.raw.strip():
                raise NotUnderstood(raw)
        if target not in self.context.names or not label.strip():
            raise NotUnderstood(raw)
        return LinkTag(raw, label, target, tuple(effects))

    def branches(self, call: Call, depth: int) -> Node:
        """`(if:)[...]` with every `(else-if:)` and `(else:)` that follows it."""
        calls = [call]
        while calls[-1].name != "else":
            following = self.call_at(_end(_GAP, self.text, calls[-1].end))
            if not following or following.name not in _FURTHER or not following.hook:
                break
            calls.append(following)
        raw = self.text[call.start : calls[-1].end]
        inners = [tuple(self.between(*each.hook, depth + 1)) if each.hook else () for each in calls]
        try:
            tests = [self.test(each) for each in calls]
        except NotUnderstood:
            return Opaque(raw, tuple(node for inner in inners for node in inner))
        return IfTag(raw, tuple(zip(tests, inners, strict=True)))

    def test(self, call: Call) -> str | None:
        if call.name == "else":
            return None
        condition = condition_in(call.args, HARLOWE, self.context)
        return opposite(condition) if call.name == "unless" else condition

    def included(self, call: Call) -> str | None:
        if call.name != "display":
            return None
        try:
            tokens = tokens_of(call.args, HARLOWE)
        except NotUnderstood:
            return None
        plain = len(tokens) == 1 and tokens[0] == Token("string", call.args.strip())
        return call.args.strip()[1:-1] if plain else None


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
