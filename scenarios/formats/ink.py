"""What story does an ink file tell? Knots, stitches, choices, diverts, gathers, VAR, simple conditions.

Functions, tunnels, threads, lists, sequences and conditional text are left as written. A choice with `*`
can be taken once, which is the condition `once`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from scenarios.formats.base import Extra, ImportedStory, Kept
from scenarios.formats.declarations import TYPE_OF, constant_of, inferred
from scenarios.formats.decoding import decoded, derived_ifid, title_from
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.flow_items import Jump, Root
from scenarios.formats.grammars import INK
from scenarios.formats.ink_files import included_file, joined_archive
from scenarios.formats.ink_flow import Addresses, flow_of
from scenarios.formats.ink_lines import Container, Statement, containers_of
from scenarios.formats.meaning import tree
from scenarios.formats.weave import woven
from scenarios.formats.zip_reading import ZIP
from scenarios.logic.variables import Variable, is_name

_DECLARATION = re.compile(r"(?:VAR|CONST)\s+(?P<name>[^\W\d]\w*)\s*=\s*(?P<value>.+)\Z", re.DOTALL)
_OTHER = re.compile(r"(?:LIST|EXTERNAL|INCLUDE)\s")
_GLOBAL_TAG = re.compile(r"#\s*(?P<key>[\w -]+?)\s*:\s*(?P<value>.+)\Z")
_MAX_TAG = 500
_DECLARATIONS = "ink declarations"


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The story of an ink file, or of the ink files of a zip file that `INCLUDE` each other.

    Raises StoryTooLarge, BrokenStoryFile, UnsafeStoryFile.
    """
    text = joined_archive(data) if data.startswith(ZIP) else decoded(data)
    containers = containers_of(text)
    variables, extras = _taken_out(containers, filename)
    head: dict[str, Any] = {**_global_tags(containers[0])}
    addresses = Addresses(containers, {variable.name for variable in variables})
    roots = {
        addresses.scene(each.address): Root(flow_of(each, addresses), metadata=_comments([each]))
        for each in containers
        if not each.is_function and (each.statements or not addresses.has_stitches(each))
    }
    start = _start(roots, addresses)
    head |= _comments(
        each
        for each in containers
        if not each.is_function and addresses.scene(each.address) not in roots
    )
    passages, kept = woven(roots)
    names = {variable.name for variable in variables}
    found = tuple(each for each in inferred((), passages) if each.name not in names)
    extras = tuple(
        Extra(each.name, each.text, each.tags, len(passages) + place)
        for place, each in enumerate(extras)
    )
    return ImportedStory(
        title=head.pop("title", "") or title_from(filename),
        passages=passages,
        start=start,
        format="ink",
        ifid=derived_ifid(data),
        variables=variables + found,
        extras=extras,
        kept=(*_not_read(extras), *kept, *_kept(extras)),
        metadata=head,
    )


def _comments(containers: Iterable[Container]) -> dict[str, list[str]]:
    """What authors noted for themselves, as metadata."""
    found = [comment for each in containers for comment in each.comments]
    return {"comments": found} if found else {}


def _start(roots: dict[str, Root], addresses: Addresses) -> str:
    """Where the story begins; a beginning that only goes elsewhere is no scene."""
    own = addresses.scene("")
    items = roots[own].items if own in roots else []
    match items:
        case []:
            roots.pop(own, None)
        case [Jump(str() as target, None)]:
            del roots[own]
            return target
        case _:
            return own
    if not roots:
        raise BrokenStoryFile("The file holds no knot and no text.", field="file")
    return next(iter(roots))


def _taken_out(
    containers: list[Container], filename: str | None
) -> tuple[tuple[Variable, ...], tuple[Extra, ...]]:
    """Declarations, which may stand anywhere, and the parts that are no flow of scenes."""
    variables: dict[str, Variable] = {}
    lines: list[str] = []
    extras: list[Extra] = []
    for container in containers:
        rest: list[Statement] = []
        for statement in container.statements:
            variable = _declared(statement, filename)
            if variable:
                variables[variable.name] = variable
            elif statement.kind == "line" and _is_declaration(statement.text):
                lines.append(statement.text)
            else:
                rest.append(statement)
        container.statements = rest
        if container.is_function:
            extras.append(_function(container))
    if lines:
        extras.insert(0, Extra(_DECLARATIONS, "\n".join(lines), ("Twine.private",)))
    return tuple(variables.values()), tuple(extras)


def _is_declaration(text: str) -> bool:
    return bool(_DECLARATION.match(text) or _OTHER.match(text))


def _declared(statement: Statement, filename: str | None) -> Variable | None:
    """The variable that a line declares. Raises BrokenStoryFile for a file that includes itself."""
    if statement.kind != "line":
        return None
    include = included_file(statement.text)
    if include:
        _check_include(include, statement.number, filename)
        return None
    found = _DECLARATION.match(statement.text)
    if found is None or not is_name(found["name"]):
        return None
    try:
        node = tree(found["value"], INK)
    except NotUnderstood:
        return None
    value = constant_of(node)
    return None if value is None else Variable(found["name"], TYPE_OF[type(value)], value)


def _check_include(included: str, line: int, filename: str | None) -> None:
    """Another file is not here to be read: the line stays and is named, as all that is not understood."""
    own = PurePath((filename or "").replace("\\", "/")).name
    if own and PurePath(included.replace("\\", "/")).name == own:
        raise BrokenStoryFile(f"Line {line}: the file includes itself.", field="file")


def _not_read(extras: Iterable[Extra]) -> Iterator[Kept]:
    """What to do about files that are included and not there."""
    lines = (
        line for extra in extras if extra.name == _DECLARATIONS for line in extra.text.split("\n")
    )
    for file in dict.fromkeys(filter(None, map(included_file, lines))):
        yield Kept(
            "", f"{file} was not read. Import one zip file with all ink files, and it is joined."
        )


def _kept(extras: Iterable[Extra]) -> Iterator[Kept]:
    for extra in extras:
        pieces = extra.text.split("\n") if extra.name == _DECLARATIONS else [extra.text]
        yield from (Kept(extra.name, piece) for piece in pieces)


def _function(container: Container) -> Extra:
    return Extra(f"function {container.address}", container.raw, ("Twine.private",))


def _global_tags(container: Container) -> dict[str, str]:
    """`# title: ...` and the like before the first line of text."""
    head: dict[str, str] = {}
    for place, statement in enumerate(container.statements):
        short = statement.kind == "line" and len(statement.text) < _MAX_TAG
        found = _GLOBAL_TAG.match(statement.text) if short else None
        if found is None:
            container.statements = container.statements[place:]
            return head
        head[found["key"].lower()] = found["value"].strip()
    container.statements = []
    return head
