"""Which one text do the ink files of an archive or a folder make? `INCLUDE` joins them.

As in ink, what an included file says before its first knot stands where the `INCLUDE` stood, and its knots
follow after those of the file that includes it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scenarios.formats.base import MAX_FILE_BYTES
from scenarios.formats.decoding import decoded
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge
from scenarios.formats.ink_lines import without_comments
from scenarios.formats.zip_reading import MAX_ENTRIES, checked_entries, opened_archive

_INCLUDE = re.compile(r"\s*INCLUDE\s+(?P<file>\S.*?)\s*\Z")
_MAX_NESTING = 50
_MAIN = ("main.ink", "story.ink", "index.ink")


def included_file(line: str) -> str | None:
    """The file that a line without comment includes."""
    found = _INCLUDE.match(line)
    return found["file"] if found else None


def joined_archive(data: bytes) -> str:
    """The story of all ink files in a zip file. Raises StoryTooLarge, BrokenStoryFile, UnsafeStoryFile."""
    with opened_archive(data) as archive:
        entries = checked_entries(archive)
        chosen = [name for name in entries if is_ink(name)]
        if sum(entries[name].file_size for name in chosen) > MAX_FILE_BYTES:
            raise _too_large()
        files = {name: decoded(archive.read(entries[name])) for name in chosen}
    if not files:
        raise BrokenStoryFile("The archive holds no ink file.", field="file")
    main = _main(files)
    joining = _Joining(files, posixpath.dirname(main))
    part = joining.part(main)
    return "\n".join([*part.opening, *part.knots])


def with_included(main: str, data: bytes, beside: Callable[[str], bytes | None]) -> bytes:
    """An ink file as a zip file with all that it includes; as it is when it includes nothing.

    `beside` gives the bytes of a file by its path from the folder of `main`, None for what is not there.
    """
    found, waiting = {main: data}, [main]
    while waiting:
        name = waiting.pop()
        for path in _paths_in(found[name], name):
            content = None if path in found else beside(path)
            if content is not None:
                found[path] = content
                waiting.append(path)
        if len(found) > MAX_ENTRIES or sum(map(len, found.values())) > MAX_FILE_BYTES:
            raise _too_large()
    if len(found) == 1 and not any(_paths_in(data, main)):
        return data
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _paths_in(data: bytes, within: str) -> Iterator[str]:
    """Where the files that these bytes include may lie. Raises BrokenStoryFile."""
    for line in without_comments(decoded(data)).split("\n"):
        if file := included_file(line):
            yield from _candidates(file, within, "")


def holds_ink(data: bytes) -> bool:
    """Whether a zip file is one of ink files, and no bundle."""
    try:
        with opened_archive(data) as archive:
            names = archive.namelist()
    except (BrokenStoryFile, StoryTooLarge):
        return False
    return "story.json" not in names and any(map(is_ink, names))


def is_ink(name: str) -> bool:
    """Whether a file of an archive is ink by its name; not what a system put beside it."""
    return name.lower().endswith(".ink") and not posixpath.basename(name).startswith(".")


def _main(files: Mapping[str, str]) -> str:
    """The file that no other includes, or the one of several that has the name of a beginning."""
    included = {
        found
        for name, text in files.items()
        for line in without_comments(text).split("\n")
        if (file := included_file(line)) and (found := _resolved(file, name, "", files))
    }
    first = [name for name in files if name not in included]
    named = [name for name in first or files if posixpath.basename(name).lower() in _MAIN]
    if not first:
        # Each is included by another: any of them leads into the circle.
        return (named or sorted(files))[0]
    for candidates in (first, named):
        if len(candidates) == 1:
            return candidates[0]
    shown = ", ".join(sorted(first)[:5])
    raise BrokenStoryFile(
        f"Which ink file begins the story? None includes these: {shown:.200}. Call it main.ink.",
        field="file",
    )


def _resolved(file: str, within: str, folder: str, files: Mapping[str, str]) -> str | None:
    """The file that is meant: from the main file's folder, else from the including one's or one above it."""
    return next((path for path in _candidates(file, within, folder) if path in files), None)


def _candidates(file: str, within: str, folder: str) -> Iterator[str]:
    start, starts = posixpath.dirname(within), [folder]
    while start not in starts:
        starts.append(start)
        start = posixpath.dirname(start)
    plain = file.replace("\\", "/")
    yield from (posixpath.normpath(posixpath.join(each, plain)) for each in starts)


@dataclass(slots=True)
class _Part:
    """A file with all that it includes: what stands before the first knot, and the knots."""

    opening: list[str] = field(default_factory=list)
    knots: list[str] = field(default_factory=list)

    def size(self) -> int:
        return sum(len(line) + 1 for line in (*self.opening, *self.knots))


@dataclass(slots=True)
class _Joining:
    files: Mapping[str, str]
    folder: str
    open: list[str] = field(default_factory=list)
    parts: dict[str, _Part] = field(default_factory=dict)

    def part(self, name: str) -> _Part:
        if name in self.open:
            shown = " → ".join([*self.open[self.open.index(name) :], name][:8])
            raise BrokenStoryFile(
                f"These files include each other without end: {shown:.400}.", field="file"
            )
        if len(self.open) > _MAX_NESTING:
            raise BrokenStoryFile(
                f"{name:.80} is included over {_MAX_NESTING} files deep.", field="file"
            )
        if name not in self.parts:
            self.open.append(name)
            self.parts[name] = self.joined(name)
            self.open.pop()
        return self.parts[name]

    def joined(self, name: str) -> _Part:
        text = self.files[name]
        opening, knots, after = list[str](), list[str](), list[str]()
        target = opening
        room = MAX_FILE_BYTES - len(text)
        lines = zip(text.split("\n"), without_comments(text).split("\n"), strict=True)
        for number, (raw, plain) in enumerate(lines, 1):
            if plain.lstrip().startswith("=="):
                target = knots
            file = included_file(plain)
            if file is None:
                target.append(raw)
                continue
            inner = self.part(self.found(file, name, number))
            # Files that include another twice, which does so too, would grow without bound.
            room -= inner.size()
            if room < 0:
                raise _too_large()
            target.extend(inner.opening)
            after.extend(inner.knots)
        return _Part(opening, knots + after)

    def found(self, file: str, name: str, number: int) -> str:
        path = _resolved(file, name, self.folder, self.files)
        if path is None:
            raise BrokenStoryFile(
                f"{name:.80}, line {number}: there is no file {file!r:.80}.", field="file"
            )
        return path


def _too_large() -> StoryTooLarge:
    return StoryTooLarge(
        f"The ink files have more than {MAX_FILE_BYTES:,} bytes together.", field="file"
    )
