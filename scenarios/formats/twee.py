r"""What does a Twee 3 file say, and how is a story written as one?

Follows the Twee 3 specification of the Interactive Fiction Technology Foundation. A line of text that
begins with `::` is written as `\::`, as Twine itself does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from scenarios.formats.assembling import (
    RawPassage,
    RawStory,
    assembled,
    pair_text,
    popped_pair,
)
from scenarios.formats.base import ExportedFile, ImportedStory
from scenarios.formats.decoding import (
    check_count,
    decoded,
    derived_ifid,
    file_stem,
    json_value,
    title_from,
)
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.taking_apart import taken_apart

HEADER = re.compile(r"^::(?!:)(.*)$", re.MULTILINE)
_ESCAPED_LINE = re.compile(r"^\\(?=\\*::)", re.MULTILINE)
_LINE_TO_ESCAPE = re.compile(r"^(?=\\*::)", re.MULTILINE)
_TWEE2_POSITION = re.compile(r"<(-?[\d.]+,-?[\d.]+)>\s*")
_META = "[]{}\\"
_BLANKS = ((" ", False), ("\t", False))
_MALFORMED = "malformed"
_PROLOGUE = "before-first-passage"
_KNOWN = ("ifid", "format", "format-version", "start")


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The story of a Twee file. Raises StoryTooLarge, BrokenStoryFile."""
    text = decoded(data)
    passages: list[RawPassage] = []
    title, head = title_from(filename), {}
    metadata = _prologue(text)
    for passage in _passages_in(text):
        if passage.name == "StoryTitle":
            title = passage.text.strip() or title
        elif passage.name == "StoryData":
            head = _story_data(passage.text)
        else:
            passages.append(passage)
            check_count(len(passages))
    if not passages:
        raise BrokenStoryFile("The file has no passage: no line begins with `::`.", field="file")
    return assembled(
        RawStory(
            format="twee",
            title=title,
            passages=tuple(passages),
            start=_text(head, "start") or None,
            ifid=_text(head, "ifid") or derived_ifid(data),
            story_format=_text(head, "format"),
            story_format_version=_text(head, "format-version"),
            metadata=metadata | {key: value for key, value in head.items() if key not in _KNOWN},
        )
    )


def write(story: ImportedStory) -> ExportedFile:
    """The story as Twee 3, in the markup of its own story format."""
    raw = taken_apart(story)
    before = raw.metadata.get(_PROLOGUE)
    parts = [before] if isinstance(before, str) else []
    parts.append(_written_passage("StoryTitle", raw.title))
    parts.append(_written_passage("StoryData", _written_data(raw)))
    parts += [_written_passage(_header(each), each.text) for each in raw.passages]
    content = "\n\n\n".join(parts) + "\n"
    return ExportedFile(f"{file_stem(story.title)}.twee", "text/plain", content.encode())


def _passages_in(text: str) -> Iterator[RawPassage]:
    headers = list(_headers(text))
    ends = [each.start() for each in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=False):
        body = text[header.end() + 1 : end]
        yield _passage(header, text, _ESCAPED_LINE.sub("", body).rstrip())


def _prologue(text: str) -> dict[str, Any]:
    """What stands before the first passage belongs to none, and stays where it is."""
    first = HEADER.search(text)
    before = text[: first.start()].strip() if first else ""
    return {_PROLOGUE: before} if before else {}


def _headers(text: str) -> Iterator[re.Match[str]]:
    """The passages' headers; no more of them than could be accepted, whatever the file holds."""
    for count, header in enumerate(HEADER.finditer(text)):
        # StoryTitle and StoryData are no passages of the story.
        check_count(count - 2)
        yield header


def _passage(header: re.Match[str], text: str, body: str) -> RawPassage:
    name, rest = _until(header[1], "[{")
    tags: tuple[str, ...] = ()
    if rest.startswith("["):
        words, closing = _until(rest[1:], "]")
        if not closing:
            line = text.count("\n", 0, header.start()) + 1
            raise BrokenStoryFile(f"Line {line}: the tags have no closing bracket.", field="file")
        tags, rest = tuple(words.split()), closing[1:].strip()
    metadata = _metadata(rest)
    position, size = popped_pair(metadata, "position"), popped_pair(metadata, "size")
    return RawPassage(name, body, tags, position, size, metadata)


def _until(text: str, stops: str) -> tuple[str, str]:
    """What stands before the first of `stops` that is not escaped, without its escapes, and the rest."""
    found: list[tuple[str, bool]] = []
    place = 0
    while place < len(text) and text[place] not in stops:
        escaped = text[place] == "\\" and place + 1 < len(text)
        place += escaped
        found.append((text[place], escaped))
        place += 1
    first, last = 0, len(found)
    while first < last and found[first] in _BLANKS:
        first += 1
    while last > first and found[last - 1] in _BLANKS:
        last -= 1
    return "".join(letter for letter, _ in found[first:last]), text[place:]


def _metadata(text: str) -> dict[str, Any]:
    """The metadata block; one that is malformed is kept as it is."""
    if not text.strip():
        return {}
    older = _TWEE2_POSITION.fullmatch(text)
    if older:
        return {"position": older[1]}
    try:
        value = json_value(text, "The metadata block")
    except BrokenStoryFile:
        return {_MALFORMED: text}
    return value if isinstance(value, dict) else {_MALFORMED: text}


def _story_data(text: str) -> dict[str, Any]:
    value = json_value(text, "The passage StoryData")
    if not isinstance(value, dict):
        raise BrokenStoryFile("The passage StoryData is no JSON object.", field="file")
    return value


def _text(head: dict[str, Any], key: str) -> str:
    value = head.get(key, "")
    if not isinstance(value, str):
        raise BrokenStoryFile(f"StoryData: {key} is no text.", field="file")
    return value


def _written_data(raw: RawStory) -> str:
    values = (raw.ifid, raw.story_format, raw.story_format_version, raw.start)
    head = {key: value for key, value in zip(_KNOWN, values, strict=True) if value}
    others = {key: value for key, value in raw.metadata.items() if key not in {_PROLOGUE, *_KNOWN}}
    return json.dumps({**head, **others}, ensure_ascii=False, indent=2)


def _written_passage(header: str, text: str) -> str:
    return f":: {header}\n{_LINE_TO_ESCAPE.sub(chr(92) * 2, text.rstrip())}"


def _header(passage: RawPassage) -> str:
    metadata = dict(passage.metadata)
    malformed = metadata.pop(_MALFORMED, "")
    pairs = {"position": passage.position, "size": passage.size}
    places = {key: pair_text(pair) for key, pair in pairs.items() if pair}
    parts = [_escaped(passage.name)]
    if passage.tags:
        parts.append(f"[{' '.join(_escaped(tag) for tag in passage.tags)}]")
    if places or metadata:
        parts.append(json.dumps({**places, **metadata}, ensure_ascii=False, separators=(",", ":")))
    elif malformed:
        parts.append(malformed)
    return " ".join(parts)


def _escaped(name: str) -> str:
    """A name whose brackets, and spaces at its ends, are no part of the header."""
    written = "".join("\\" + letter if letter in _META else letter for letter in name)
    if written[:1] in {" ", "\t"}:
        written = "\\" + written
    if name[-1:] in {" ", "\t"} and len(name) > 1:
        written = written[:-1] + "\\" + written[-1]
    return written
