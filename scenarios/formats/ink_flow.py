"""Which lines, options and jumps do the statements of a knot or stitch make?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain, count, pairwise

from scenarios.formats.expressions import Binary, Call, Const, Name, Node, NotUnderstood, Unary
from scenarios.formats.grammars import INK
from scenarios.formats.ink_lines import Container, Statement
from scenarios.formats.meaning import Context, all_of, effects_in, test_text, tree
from scenarios.formats.weave import Change, Gather, Item, Jump, Line, Option, Options, note_above

_DIVERT = re.compile(r"->\s*(?P<target>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*\Z")
_TARGETS = re.compile(r"->\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_CONDITION = re.compile(r"\{(?P<test>[^{}:|]*)\}\s*")
_BRANCH = re.compile(r"^[ \t]*-(?!>)[ \t]*(?P<test>[^:{}\n]*):", re.MULTILINE)
_STRANGE = re.compile(r"(?<!\\)[{}#]|<>|<-")
_ENDS = frozenset({"END", "DONE"})
_ESCAPED = re.compile(r"\\(.)")


class Addresses:
    """What can be diverted to, and as what each address is known from where."""

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
                    self._known.add(self.label(each, statement.label))
        self.names = frozenset(self.scene(each) for each in self._known)

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

    def items(self) -> list[Item]:
        if self.container.params:
            self.levels[0].append(Line(self.container.params, kept=True))
        for statement in self.container.statements:
            if statement.kind == "choice":
                self.choice(statement)
            elif statement.kind == "gather":
                self.gather(statement)
            else:
                self.levels[-1].extend(self.line(statement.text))
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
            flow.extend(self.line(statement.text))

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
        label, echo = _label_and_echo(text)
        if divert:
            body.extend(self.divert(divert))
        try:
            holds = all_of(conditions)
        except NotUnderstood:
            # Each can be said, but not all of them together.
            holds, odd = conditions[0], [*odd, *(f"{{{each}}}" for each in conditions[1:])]
        if odd:
            note_above(flow, f"{' '.join(odd)} {label}".strip())
        option = Option(label, holds, echo, self.label(statement.label), body)
        if flow and isinstance(flow[-1], Options):
            flow[-1].options.append(option)
        else:
            flow.append(Options([option]))
        self.levels.append(body)

    def line(self, text: str) -> list[Item]:
        if text.startswith("~"):
            return [self.change(text)]
        if text.startswith("{") and text.endswith("}"):
            branches = self.branches(text)
            if branches:
                return branches
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

    def branches(self, text: str) -> list[Item]:
        """A conditional that only diverts, as conditional jumps; [] when it is anything else."""
        inner = text[1:-1]
        cases = _cases(inner)
        items: list[Item] = []
        try:
            for test, body in cases:
                jumps = self.divert(body.strip()) if body.strip().startswith("->") else []
                match jumps:
                    case [Jump(target, None)]:
                        items.append(Jump(target, self.condition(test) if test else None))
                    case _:
                        return []
        except NotUnderstood:
            return []
        return items


def _cases(inner: str) -> list[tuple[str, str]]:
    """Conditions and what follows them: `a: x | y`, or one `- a: x` a line. `else` is an empty one."""
    starts = list(_BRANCH.finditer(inner))
    if not starts:
        test, colon, rest = inner.partition(":")
        if not colon or not test.strip():
            return []
        then, bar, otherwise = rest.partition("|")
        return [(test.strip(), then), *([("", otherwise)] if bar else [])]
    head = inner[: starts[0].start()].strip()
    ends = [each.start() for each in starts[1:]] + [len(inner)]
    cases = [
        ("" if each["test"].strip() == "else" else each["test"].strip(), inner[each.end() : end])
        for each, end in zip(starts, ends, strict=False)
    ]
    if not head:
        return cases
    test, colon, then = head.partition(":")
    return [(test.strip(), then), *cases] if colon and then.strip() else []


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


def _label_and_echo(text: str) -> tuple[str, str]:
    """`before[only]after`: the choice reads before + only, what is said then before + after."""
    found = re.fullmatch(r"((?:[^\[\\]|\\.)*)\[((?:[^\]\\]|\\.)*)\](.*)", text, re.DOTALL)
    if found is None:
        return _plain(text), _plain(text)
    before, only, after = found.groups()
    return _plain(before + only), _plain(before + after)


def _plain(text: str) -> str:
    """Text as it is shown: ink makes one space of several."""
    return " ".join(_ESCAPED.sub(r"\1", text).split())
