"""Which lines, options and jumps do the statements of a knot or stitch make?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import chain, count, pairwise

from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.expressions import Binary, Call, Const, Name, Node, NotUnderstood, Unary
from scenarios.formats.flow_items import (
    Change,
    Gather,
    Item,
    Jump,
    Line,
    Option,
    Options,
    add_items,
    branched,
    note_above,
)
from scenarios.formats.grammars import INK
from scenarios.formats.ink_blocks import cases_of, is_block
from scenarios.formats.ink_lines import Container, Statement, statements_of
from scenarios.formats.markup import MAX_NESTING
from scenarios.formats.meaning import Context, all_of, effects_in, test_text, tree

_DIVERT = re.compile(r"->\s*(?P<target>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*\Z")
_TARGETS = re.compile(r"->\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_CONDITION = re.compile(r"\{(?P<test>[^{}:|]*)\}\s*")
_STRANGE = re.compile(r"(?<!\\)[{}#]|<>|<-")
_ENDS = frozenset({"END", "DONE"})
_ESCAPED = re.compile(r"\\(.)")


class Addresses:
    """What can be diverted to, and as what each address is known from where.

    Raises BrokenStoryFile when two parts have one address.
    """

    def __init__(self, containers: list[Container], variables: set[str]) -> None:
        self.variables = variables
        named = [each for each in containers if not each.is_function]
        self._known = {each.address for each in named if each.address}
        names = chain(["Start"], map("Start_{}".format, count(2)))
        self._begin = next(name for name in names if name not in self._known)
        self._stitched = {each.knot for each in named if each.stitch}
        self._aliases = {
            each.address: after.address
            for each, after in pairwise(named)
            if each.address and not each.statements and after.stitch and not each.stitch
        }
        for each in named:
            for statement in each.statements:
                if statement.label:
                    self._add(self.label(each, statement.label), statement.number)
        self.names = frozenset(self.scene(each) for each in self._known)

    def _add(self, address: str, line: int) -> None:
        if address in self._known:
            raise BrokenStoryFile(
                f"Line {line}: there are two parts called {address}.", field="file"
            )
        self._known.add(address)

    def scene(self, address: str) -> str:
        """The name of the scene that an address leads to."""
        return self._aliases.get(address, address) or self._begin

    def has_stitches(self, container: Container) -> bool:
        return not container.stitch and container.knot in self._stitched

    def label(self, container: Container, label: str) -> str:
        return f"{container.address or self._begin}.{label}"

    def resolved(self, target: str, container: Container) -> str | None:
        """The scene that `target` means within a knot or stitch, None for none that is known."""
        nearest = (
            f"{container.address or self._begin}.{target}",
            f"{container.knot}.{target}",
            target,
        )
        found = next((each for each in nearest if each in self._known), None)
        return None if found is None else self.scene(found)


def flow_of(container: Container, addresses: Addresses) -> list[Item]:
    """The flow of one knot or stitch."""
    return _Flow(container, addresses).items()


@dataclass(slots=True)
class _Flow:
    container: Container
    addresses: Addresses
    levels: list[list[Item]] = field(default_factory=lambda: [[]])
    nesting: int = 0

    def items(self) -> list[Item]:
        if self.container.params:
            self.levels[0].append(Line(self.container.params, kept=True))
        for statement in self.container.statements:
            if statement.kind == "choice":
                self.choice(statement)
            elif statement.kind == "gather":
                self.gather(statement)
            else:
                items = self.line(statement.text, statement.raw, statement.number)
                add_items(self.levels[-1], items)
        return self.levels[0]

    def at(self, depth: int) -> list[Item]:
        """The flow that a choice or gather with so many bullets belongs to."""
        del self.levels[max(depth, 1) :]
        return self.levels[-1]

    def label(self, label: str | None) -> str | None:
        return self.addresses.label(self.container, label) if label else None

    def gather(self, statement: Statement) -> None:
        flow = self.at(statement.depth)
        flow.append(Gather(self.label(statement.label)))
        if statement.text:
            flow.extend(self.line(statement.text, "", statement.number))

    def choice(self, statement: Statement) -> None:
        flow = self.at(statement.depth)
        rest = statement.text
        conditions: tuple[str, ...] = () if statement.sticky else ("once",)
        odd: list[str] = []
        while match := _CONDITION.match(rest):
            try:
                conditions = (*conditions, self.condition(match["test"]))
            except NotUnderstood:
                odd.append(match.group().strip())
            rest = rest[match.end() :]
        body: list[Item] = []
        text, divert = _parted(rest)
        label, echo, strange = _label_and_echo(text)
        if divert != "->":
            # An arrow alone marks a choice without words.
            body.extend(self.divert(divert) if divert else ())
        try:
            holds = all_of(conditions)
        except NotUnderstood:
            # Each can be said, but not all of them together.
            holds, odd = conditions[0], [*odd, *(f"{{{each}}}" for each in conditions[1:])]
        if odd:
            note_above(flow, f"{' '.join(odd)} {label}".strip())
        option = Option(
            label,
            holds,
            echo,
            self.label(statement.label),
            body,
            odd=strange,
            fallback="" if label or echo else rest or "->",
        )
        add_items(flow, [Options([option])])
        self.levels.append(body)

    def line(self, text: str, raw: str, number: int) -> list[Item]:
        """What a line does; `raw` is a block over several lines as written."""
        if text.startswith("~"):
            return [self.change(text)]
        if is_block(text):
            branches = self.branches(text, number)
            if branches:
                return branches
        if raw:
            return [self.kept(raw)]
        if text.startswith(("<-", "->->")):
            return [self.kept(text)]
        before, divert = _parted(text)
        items: list[Item] = []
        if before:
            items.append(self.kept(before) if _STRANGE.search(before) else Line(_plain(before)))
        return items + (self.divert(divert) if divert else [])

    def change(self, text: str) -> Item:
        try:
            effects = effects_in(text[1:].strip(), INK, ";")
        except NotUnderstood:
            return self.kept(text)
        if any(effect.variable not in self.addresses.variables for effect in effects):
            return self.kept(text)
        return Change(effects)

    def kept(self, text: str) -> Line:
        """A line left as written, with the scenes that it may lead to."""
        found = (self.addresses.resolved(name, self.container) for name in _TARGETS.findall(text))
        return Line(text, kept=True, targets=tuple(each for each in found if each))

    def divert(self, text: str) -> list[Item]:
        found = _DIVERT.fullmatch(text)
        if found and found["target"] in _ENDS:
            return [Jump(None)]
        target = self.addresses.resolved(found["target"], self.container) if found else None
        return [Jump(target)] if target else [self.kept(text)]

    def condition(self, text: str) -> str:
        node = self.counted(tree(text.strip(), INK))
        return test_text(node, Context("ink", self.addresses.names))

    def counted(self, node: Node) -> Node:
        """The tree with visits in place of the names of knots, stitches and labels."""
        match node:
            case Name(id=name) if name not in self.addresses.variables:
                scene = self.addresses.resolved(name, self.container)
                if scene is None:
                    raise NotUnderstood(name)
                return Call("visits", (Const(scene),))
            case Unary(op, operand):
                return Unary(op, self.counted(operand))
            case Binary(op, left, right):
                return Binary(op, self.counted(left), self.counted(right))
        return node

    def branches(self, text: str, number: int) -> list[Item]:
        """A conditional that does more than say something; [] when it is anything else."""
        try:
            return branched(
                [
                    (self.condition(test) if test else None, self.body(body, number))
                    for test, body in cases_of(text)
                ]
            )
        except NotUnderstood:
            return []

    def body(self, text: str, number: int) -> list[Item]:
        """What follows a condition: a line, or statements of its own."""
        if self.nesting >= MAX_NESTING:
            raise NotUnderstood(text)
        lines = statements_of(text, number) if "\n" in text else []
        text = text.strip()
        inner = replace(self.container, params="", statements=lines)
        flow = _Flow(inner, self.addresses, nesting=self.nesting + 1)
        if lines or not text:
            return flow.items()
        return flow.line(text, "", number)


def _parted(text: str) -> tuple[str, str]:
    """What is said, and the divert after it; an arrow within braces is no divert."""
    if "->" not in text:
        return text.strip(), ""
    depth = place = 0
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            place += 1
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif depth == 0 and text.startswith("->", place):
            return text[:place].strip(), text[place:].strip()
        place += 1
    return text.strip(), ""


def _label_and_echo(text: str) -> tuple[str, str, tuple[str, ...]]:
    """`before[only]after`: the choice reads before + only, what is said then before + after.

    Last, those of the two that are not understood.
    """
    found = re.fullmatch(r"((?:[^\[\\]|\\.)*)\[((?:[^\]\\]|\\.)*)\](.*)", text, re.DOTALL)
    before, only, after = found.groups() if found else (text, "", "")
    parts = (before + only, before + after)
    strange = (part.strip() for part in parts if _STRANGE.search(part))
    return _plain(parts[0]), _plain(parts[1]), tuple(dict.fromkeys(strange))


def _plain(text: str) -> str:
    """Text as it is shown: ink makes one space of several. As written when it is not understood."""
    if _STRANGE.search(text):
        return text.strip()
    return " ".join(_ESCAPED.sub(r"\1", text).split())
