"""Which formats can stories be read from and written to, and which one is this file?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from scenarios.formats import bundle, ink, player, twee, twine_html, twine_json, yarn
from scenarios.formats.base import ExportedFile, ImportedStory, Kept
from scenarios.formats.decoding import decoded
from scenarios.formats.errors import BrokenStoryFile, UnknownStoryFormat
from scenarios.formats.ink_files import holds_ink
from scenarios.formats.zip_reading import ZIP

Read = Callable[[bytes, str | None], ImportedStory]
Write = Callable[[ImportedStory], ExportedFile]


@dataclass(frozen=True, slots=True)
class StoryFormat:
    """What can be done with a kind of file, and the endings it goes by."""

    label: str
    endings: tuple[str, ...]
    read: Read | None = None
    write: Write | None = None


FORMATS: Mapping[str, StoryFormat] = {
    "twee": StoryFormat("Twee 3", (".twee", ".tw", ".twee3"), twee.read, twee.write),
    "twine-html": StoryFormat("Twine 2 HTML", (".html", ".htm"), twine_html.read, twine_html.write),
    "twine-json": StoryFormat("Twine 2 JSON", (".json",), twine_json.read, twine_json.write),
    "ink": StoryFormat("ink", (".ink",), ink.read),
    "yarn": StoryFormat("Yarn", (".yarn",), yarn.read),
    "bundle": StoryFormat("Story bundle", (".story.zip", ".zip"), bundle.read, bundle.write),
    "playable": StoryFormat("Playable HTML", (), None, player.write),
    "playable-zip": StoryFormat(
        "Playable HTML with media beside it", (), None, player.write_beside
    ),
}
READABLE = tuple(name for name, each in FORMATS.items() if each.read)
WRITABLE = tuple(name for name, each in FORMATS.items() if each.write)

_YARN_NODE = re.compile(r"^title\s*:.*\n(?:.*\n){0,40}?---[ \t]*$", re.MULTILINE)
_INK = re.compile(r"^(?:={2,}\s*\w|[ \t]*[*+][ \t]*\S|[ \t]*->[ \t]*\w|VAR\s)", re.MULTILINE)


def detect(data: bytes, filename: str | None = None) -> str:
    """The name of the format that these bytes are in. The bytes decide; between texts, the ending.

    Raises UnknownStoryFormat, and BrokenStoryFile or StoryTooLarge for what is no text at all.
    """
    if data.startswith(ZIP):
        return "ink" if holds_ink(data) else "bundle"
    text = decoded(data)
    if re.search(r"<tw-storydata[\s>]", text, re.IGNORECASE):
        # A Twee story may speak of the element; an HTML page has no line that begins a passage.
        return "twee" if twee.HEADER.match(text.lstrip()) else "twine-html"
    ending = PurePath((filename or "").replace("\\", "/")).suffix.lower()
    for name in ("twee", "ink", "yarn"):
        if ending in FORMATS[name].endings:
            return name
    found = _by_text(text)
    if found is None:
        raise UnknownStoryFormat(
            "This is none of the story formats that can be read: " + ", ".join(READABLE) + ".",
            field="file",
        )
    return found


def _by_text(text: str) -> str | None:
    if text.lstrip()[:1] == "{" and '"passages"' in text:
        return "twine-json"
    if twee.HEADER.search(text):
        return "twee"
    if _YARN_NODE.search(text):
        return "yarn"
    return "ink" if _INK.search(text) else None


def read_story(data: bytes, format: str = "auto", filename: str | None = None) -> ImportedStory:  # noqa: A002 - the API's word
    """The story in a file. Of an archive the first; the report names the others.

    Raises UnknownStoryFormat, StoryTooLarge, BrokenStoryFile, UnsafeStoryFile.
    """
    first, *others = read_stories(data, format, filename)
    if not others:
        return first
    titles = "; ".join(other.title for other in others)
    note = Kept("", f"Not read from this archive: {titles}")
    return replace(first, kept=(note, *first.kept))


def read_stories(
    data: bytes,
    format: str = "auto",  # noqa: A002 - the API's word
    filename: str | None = None,
) -> tuple[ImportedStory, ...]:
    """All stories in a file: a Twine archive may hold several. Raises as `read_story` does."""
    name = detect(data, filename) if format == "auto" else format
    entry = FORMATS.get(name)
    if entry is None or entry.read is None:
        raise UnknownStoryFormat(
            f"Stories cannot be read from {name!r:.40}, only from: {', '.join(READABLE)}.",
            field="format",
        )
    if name == "twine-html":
        return twine_html.read_all(data, filename)
    return (entry.read(data, filename),)


def write_story(story: ImportedStory, format: str) -> ExportedFile:  # noqa: A002 - the API's word
    """The story as a file. Raises UnknownStoryFormat; BrokenStoryFile when it has no passages."""
    entry = FORMATS.get(format)
    if entry is None or entry.write is None:
        raise UnknownStoryFormat(
            f"Stories cannot be written as {format!r:.40}, only as: {', '.join(WRITABLE)}.",
            field="format",
        )
    if not story.passages:
        raise BrokenStoryFile("The story has no scenes to write.", field="id")
    return entry.write(story)
