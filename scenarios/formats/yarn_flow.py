"""Which lines, options and jumps does the body of a Yarn node make?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.formats.declarations import TYPE_OF, constant_of
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.flow_items import (
    Change,
    Item,
    Jump,
    Line,
    Option,
    Options,
    add_items,
    branched,
    note_above,
)
from scenarios.formats.grammars import YARN
from scenarios.formats.markup import MAX_NESTING
from scenarios.formats.meaning import Context, condition_in, effects_in, tree
from scenarios.logic.variables import Variable, VariableType, is_name

_OPTION_TEST = re.compile(r"if\b(?P<test>[^>]*(?:>(?!>)[^>]*)*)>>")
_COMMAND = re.compile(r"\w+")
_OLD_LINK = re.compile(r"\[\[(?:(?P<text>[^\[\]|]*)\|)?(?P<target>[^\[\]|]*)\]\]\Z")
_JUMPS = re.compile(r"<<\s*jump\s+([\w.]+)\s*>>|\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_DECLARE = re.compile(r"\$(?P<name>\w+)\s*=(?P<value>.*)\Z", re.DOTALL)
_STRANGE = re.compile(r"(?<!\\)[{#\[]|<<|\A=>")
_TEST_OPENS = re.compile(r"(?<!\\)<<")
_TYPES: dict[str, VariableType] = {"bool": "boolean", "number": "number", "string": "string"}


@dataclass(frozen=True, slots=True)
class YarnLine:
    """A line of a node's body."""

    indent: int
    text: str
    number: int


def declarations(lines: Iterable[str]) -> tuple[Variable, ...]:
    """The variables that `<<declare>>` lines name, each once."""
    found: dict[str, Variable] = {}
    for line in lines:
        variable = declared(line)
        if variable and variable.name not in found:
            found[variable.name] = variable
    return tuple(found.values())


def declared(line: str) -> Variable | None:
    """The variable that a line declares, if it is such a line and all of it is understood."""
    word, rest = _command(line)
    match = _DECLARE.match(rest) if word == "declare" else None
    if match is None or not is_name(match["name"]):
        return None
    first, _, kind = match["value"].rpartition(" as ")
    for text, named in ((match["value"], ""), (first, kind.strip())):
        try:
            node = tree(text, YARN)
        except NotUnderstood:
            continue
        value = constant_of(node)
        if value is not None:
            return Variable(match["name"], _TYPES.get(named, TYPE_OF[type(value)]), value)
    return None


def flow_of(lines: list[YarnLine], names: frozenset[str], source: Sequence[str]) -> list[Item]:
    """The flow of one node; `source` are all lines of the file. Raises BrokenStoryFile."""
    flow = _Flow(lines, names, source)
    items = flow.block(-1, 0)
    if flow.place < len(lines):
        line = lines[flow.place]
        raise BrokenStoryFile(f"Line {line.number}: {line.text:.40} has no <<if>>.", field="file")
    return items


class _Flow:
    def __init__(self, lines: list[YarnLine], names: frozenset[str], source: Sequence[str]) -> None:
        self.lines = lines
        self.source = source
        self.context = Context("yarn", names)
        self.place = 0

    def block(self, above: int, depth: int) -> list[Item]:
        """The lines that are indented deeper than `above`, up to one that closes an `<<if>>`."""
        items: list[Item] = []
        if depth > MAX_NESTING:
            raise BrokenStoryFile(
                f"Line {self.lines[self.place].number} is nested over {MAX_NESTING} deep.",
                field="file",
            )
        while self.place < len(self.lines):
            line = self.lines[self.place]
            word, _ = _command(line.text)
            if line.indent <= above or word in {"elseif", "else", "endif"}:
                break
            self.place += 1
            if line.text.startswith("->"):
                self.option(items, line, depth)
            elif word == "if":
                items.extend(self.branching(line, depth))
            elif word == "once":
                items.append(self.once())
            else:
                self.single(items, line)
        return items

    def option(self, items: list[Item], line: YarnLine, depth: int) -> None:
        label, opening, rest = _opened(line.text[2:])
        label, condition = label.partition(" #")[0].strip(), None
        if opening:
            test = _OPTION_TEST.match(rest.lstrip())
            condition = self.condition(test["test"] if test else "")
            if condition is None:
                note_above(items, line.text)
        body = self.block(line.indent, depth + 1)
        odd = (label,) if _STRANGE.search(label) else ()
        add_items(items, [Options([Option(label, condition, body=body, odd=odd)])])

    def condition(self, text: str) -> str | None:
        """The condition in a test; None when it is not understood."""
        try:
            return condition_in(text, YARN, self.context)
        except NotUnderstood:
            return None

    def single(self, items: list[Item], line: YarnLine) -> None:
        old = _OLD_LINK.fullmatch(line.text)
        word, rest = _command(line.text)
        if old and old["target"].strip() in self.context.names:
            jump = Jump(old["target"].strip())
            if old["text"]:
                add_items(items, [Options([Option(old["text"].strip(), body=[jump])])])
            else:
                items.append(jump)
        elif word:
            items.append(self.command(word, rest, line.text))
        else:
            strange = _STRANGE.search(line.text)
            items.append(self.kept(line.text) if strange else Line(line.text))

    def command(self, word: str, rest: str, text: str) -> Item:
        if word == "jump" and rest in self.context.names:
            return Jump(rest)
        if word == "stop" and not rest:
            return Jump(None)
        if word == "declare" and declared(text):
            return Change(())
        if word == "set":
            try:
                return Change(effects_in(rest, YARN, ";"))
            except NotUnderstood:
                return self.kept(text)
        return self.kept(text)

    def kept(self, text: str) -> Line:
        """Lines left as written, with the nodes that they may lead to."""
        targets = (one or other for one, other in _JUMPS.findall(text))
        return Line(text, kept=True, targets=tuple(t for t in targets if t in self.context.names))

    def branching(self, opening: YarnLine, depth: int) -> list[Item]:
        """`<<if>>` to `<<endif>>`, as conditional jumps or options when it holds nothing else."""
        first = self.place - 1
        branches: list[tuple[str | None, list[Item]]] = []
        tag = opening
        while True:
            word, test = _command(tag.text)
            branches.append((test if word != "else" else None, self.block(-1, depth + 1)))
            if self.place >= len(self.lines):
                raise BrokenStoryFile(
                    f"Line {opening.number}: <<if>> has no <<endif>>.", field="file"
                )
            tag = self.lines[self.place]
            self.place += 1
            if _command(tag.text)[0] == "endif":
                break
        try:
            return branched(
                [
                    (None if test is None else condition_in(test, YARN, self.context), body)
                    for test, body in branches
                ]
            )
        except NotUnderstood:
            return [self.kept(self.written(first, self.place - 1))]

    def once(self) -> Line:
        """`<<once>>` to `<<endonce>>`, as written."""
        first, depth = self.place - 1, 1
        while depth and self.place < len(self.lines):
            word, _ = _command(self.lines[self.place].text)
            depth += {"once": 1, "endonce": -1}.get(word, 0)
            self.place += 1
        return self.kept(self.written(first, self.place - 1))

    def written(self, first: int, last: int) -> str:
        """These lines and what stands between them, as the author has written it."""
        lines = self.source[self.lines[first].number - 1 : self.lines[last].number]
        return "\n".join(lines).strip()


def _command(text: str) -> tuple[str, str]:
    """The word and the rest of a line that is a command and nothing else but hashtags."""
    end = text.rfind(">>")
    if not text.startswith("<<") or end < 0 or text[end + 2 :].strip()[:1] not in {"", "#"}:
        return "", ""
    inner = text[2:end].strip()
    word = _COMMAND.match(inner)
    return (word.group(), inner[word.end() :].strip()) if word else ("", "")


def _opened(text: str) -> tuple[str, str, str]:
    """The text before the first command in it, the command's opening, and the rest."""
    found = _TEST_OPENS.search(text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found.group(), text[found.end() :]
