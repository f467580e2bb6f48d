"""Which text do these bytes hold, and is the file of an acceptable size?"""

from __future__ import annotations

import codecs
import hashlib
import json
import math
import re
import uuid
from pathlib import PurePath
from typing import Any

from scenarios.formats.base import MAX_FILE_BYTES, MAX_PASSAGES
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_JSON_DEPTH = 100
# Characters that neither HTML nor an editor can carry, so no round trip could keep them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")


def decoded(data: bytes) -> str:
    """The text of a file, every line end a line feed. UTF-8, or UTF-16 with its mark.

    Raises StoryTooLarge, BrokenStoryFile.
    """
    if len(data) > MAX_FILE_BYTES:
        raise StoryTooLarge(
            f"The file has {len(data):,} bytes; at most {MAX_FILE_BYTES:,} are accepted.",
            field="file",
        )
    encoding, body = "utf-8", data
    for mark, name in _MARKS:
        if data.startswith(mark):
            encoding, body = name, data[len(mark) :]
            break
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as problem:
        raise BrokenStoryFile(
            f"The file is not {encoding.upper()} text: byte {problem.start + len(data) - len(body)}"
            " cannot be read. Save it as UTF-8 and try again.",
            field="file",
        ) from problem
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    check_characters(text)
    if not text.strip():
        raise BrokenStoryFile("The file is empty.", field="file")
    return text


def check_characters(text: str) -> None:
    """Raises BrokenStoryFile at the first control character or half character, with its line."""
    found = _FORBIDDEN.search(text)
    position = found.start() if found else _surrogate(text)
    if position is None:
        return
    line = text.count("\n", 0, position) + 1
    raise BrokenStoryFile(
        f"Line {line} holds the character U+{ord(text[position]):04X}, which no text may hold.",
        field="file",
    )


def _surrogate(text: str) -> int | None:
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        return problem.start
    return None


def check_count(passages: int) -> None:
    """Raises StoryTooLarge when a story has more passages than are accepted."""
    if passages > MAX_PASSAGES:
        raise StoryTooLarge(
            f"The story has more than {MAX_PASSAGES:,} passages.", field="file", limit=MAX_PASSAGES
        )


def json_value(text: str, where: str) -> Any:
    """The JSON in `text`. Raises BrokenStoryFile that names `where` and the line."""
    try:
        return _of_bounded_depth(json.loads(text, parse_constant=_no_constant, parse_float=_finite))
    except json.JSONDecodeError as problem:
        raise BrokenStoryFile(
            f"{where} is no valid JSON: {problem.msg}, line {problem.lineno} column {problem.colno}.",
            field="file",
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise BrokenStoryFile(
            f"{where} holds JSON that is nested too deep or a number that is none.", field="file"
        ) from problem


def _of_bounded_depth(value: Any) -> Any:
    """The value. Raises ValueError for what could not be written as JSON again everywhere."""
    level = [value]
    for _ in range(_MAX_JSON_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return value
    raise ValueError


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(digits)
    return value


def derived_ifid(data: bytes) -> str:
    """An IFID for a file that has none: the same file always gets the same one."""
    digest = bytearray(hashlib.sha256(data).digest()[:16])
    return str(uuid.UUID(bytes=bytes(digest), version=4)).upper()


def title_from(filename: str | None) -> str:
    """A title for a story that has none: the file's name without its ending."""
    stem = PurePath((filename or "").replace("\\", "/")).stem
    stem = re.sub(r"[\x00-\x1f\x7f]+", " ", stem).strip()
    return stem.encode(errors="replace").decode() or "Untitled"


def file_stem(title: str) -> str:
    """The story's title as a file name that every system takes."""
    words = re.sub(r"[^\w\- ]+", "", title).lower().split()
    return "-".join(words)[:80] or "story"
