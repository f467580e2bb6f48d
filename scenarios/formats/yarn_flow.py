"""Which lines, options and jumps does the body of a Yarn node make?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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
from scenarios.formats.yarn_groups import condition_when
from scenarios.formats.yarn_lines import YarnLine, command_in, is_strange, shown, tags_apart
from scenarios.logic.variables import Variable, VariableType, is_name

_OLD_LINK = re.compile(r"\[\[(?:(?P<text>[^\[\]|]*)\|)?(?P<target>[^\[\]|]*)\]\]\Z")
_JUMPS = re.compile(r"<<\s*jump\s+([\w.]+)\s*>>|\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_DECLARE = re.compile(r"\$(?P<name>\w+)\s*=(?P<value>.*)\Z", re.DOTALL)
_TEST_OPENS = re.compile(r"(?<!\\)<<")
_KEPT_BLOCKS = frozenset({"once", "enum"})
_TYPES: dict[str, VariableType] = {"bool": "boolean", "number": "number", "string": "string"}


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
    word, rest = command_in(line)
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


def flow_of(
    lines: list[YarnLine], names: frozenset[str], source: Sequence[str]
) -> tuple[list[Item], dict[str, str]]:
    """The flow of one node, and the hashtags of the options and commands that were understood.

    `source` are all lines of the file. Raises BrokenStoryFile.
    """
    flow = _Flow(lines, names, source)
    items = flow.block(-1, 0)
    if flow.place < len(lines):
        line = lines[flow.place]
        raise BrokenStoryFile(f"Line {line.number}: {line.text:.40} has no <<if>>.", field="file")
    tags: dict[str, str] = {}
    for text, behind in flow.tags:
        tags[text] = f"{tags[text]} {behind}" if text in tags else behind
    return items, tags


class _Flow:
    def __init__(self, lines: list[YarnLine], names: frozenset[str], source: Sequence[str]) -> None:
        self.lines = lines
        self.source = source
        self.context = Context("yarn", names)
        self.place = 0
        self.tags: list[tuple[str, str]] = []

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
            word, _ = command_in(line.text)
            if line.indent <= above or word in {"elseif", "else", "endif"}:
                break
            self.place += 1
            if line.text.startswith("->"):
                self.option(items, line, depth)
            elif word == "if":
                items.extend(self.branching(line, depth))
            elif word in _KEPT_BLOCKS:
                items.append(self.kept_block(word))
            elif line.text.startswith("=>"):
                items.append(self.line_group(line.indent))
            else:
                self.single(items, line)
        return items

    def option(self, items: list[Item], line: YarnLine, depth: int) -> None:
        text, behind = tags_apart(line.text[2:].strip())
        opening = _TEST_OPENS.search(text)
        label, before = tags_apart(text[: opening.start()].strip() if opening else text)
        condition = self.test(text[opening.start() :]) if opening else None
        if opening and condition is None:
            note_above(items, line.text)
        else:
            self.note(label, f"{before} {behind}".strip())
        body = self.block(line.indent, depth + 1)
        odd = (label,) if is_strange(label) else ()
        add_items(items, [Options([Option(shown(label), condition, body=body, odd=odd)])])

    def note(self, text: str, behind: str) -> None:
        """Hashtags are no part of what is said; what they stand behind is."""
        if behind:
            self.tags.append((text, behind))

    def test(self, command: str) -> str | None:
        """The condition that an option stands under; None when it is not understood."""
        word, rest = command_in(command)
        try:
            if word == "once":
                return condition_when(f"{word} {rest}", self.context)
            return condition_in(rest, YARN, self.context) if word == "if" else None
        except NotUnderstood:
            return None

    def single(self, items: list[Item], line: YarnLine) -> None:
        old = _OLD_LINK.fullmatch(line.text)
        word, rest = command_in(line.text)
        if old and old["target"].strip() in self.context.names:
            jump = Jump(old["target"].strip())
            if old["text"]:
                add_items(items, [Options([Option(old["text"].strip(), body=[jump])])])
            else:
                items.append(jump)
        elif word:
            item = self.command(word, rest, line.text)
            items.append(item)
            if not isinstance(item, Line):
                self.note(*tags_apart(line.text))
        else:
            strange = is_strange(line.text)
            items.append(self.kept(line.text) if strange else Line(shown(line.text)))

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
        first, noted = self.place - 1, len(self.tags)
        branches: list[tuple[str | None, list[Item]]] = []
        tag = opening
        while True:
            self.note(*tags_apart(tag.text))
            word, test = command_in(tag.text)
            branches.append((test if word != "else" else None, self.block(-1, depth + 1)))
            if self.place >= len(self.lines):
                raise BrokenStoryFile(
                    f"Line {opening.number}: <<if>> has no <<endif>>.", field="file"
                )
            tag = self.lines[self.place]
            self.place += 1
            if command_in(tag.text)[0] == "endif":
                self.note(*tags_apart(tag.text))
                break
        try:
            return branched(
                [
                    (None if test is None else condition_in(test, YARN, self.context), body)
                    for test, body in branches
                ]
            )
        except NotUnderstood:
            del self.tags[noted:]
            return [self.kept(self.written(first, self.place - 1))]

    def kept_block(self, opening: str) -> Line:
        """`<<once>>` to `<<endonce>>`, `<<enum>>` to `<<endenum>>`, as written."""
        first, depth = self.place - 1, 1
        while depth and self.place < len(self.lines):
            word, _ = command_in(self.lines[self.place].text)
            depth += {opening: 1, f"end{opening}": -1}.get(word, 0)
            self.place += 1
        return self.kept(self.written(first, self.place - 1))

    def line_group(self, indent: int) -> Line:
        """Lines of which one is said, with what is indented below each, as written."""
        first = self.place - 1
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if line.indent <= indent and not (line.indent == indent and line.text[:2] == "=>"):
                break
            self.place += 1
        return self.kept(self.written(first, self.place - 1))

    def written(self, first: int, last: int) -> str:
        """These lines and what stands between them, as the author has written it."""
        begins, ends = self.lines[first].number, self.lines[last].number
        if begins == ends and self.lines[first].raw:
            return "".join(line.raw for line in self.lines[first : last + 1]).strip()
        return "\n".join(self.source[begins - 1 : ends]).strip()
