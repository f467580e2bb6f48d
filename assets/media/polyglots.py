"""Does a picture or sound hide a page, script, archive or program?

Only parts that no decoder shows are searched (metadata, profiles, trailing data, the first bytes
that browsers sniff): compressed pixels contain every short word by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assets.errors import UnsupportedMedia
from assets.media.anatomy import Buffer, Span, merged

# Browsers look at this much when they guess a type.
SNIFFED_BYTES = 1024
# A ZIP's directory ends in the last 64 kB, whatever stands before the archive.
ZIP_TAIL_BYTES = (1 << 16) + 22

# A part is searched in blocks of this size that overlap by more than a mark is long.
BLOCK_BYTES = 1 << 20
OVERLAP_BYTES = 128
# So often "onload" without its "=" comes in nothing that is worth a closer look.
MOST_NEAR_MISSES = 5_000


@dataclass(frozen=True)
class Mark:
    """Something hidden: a word in small letters that is quickly found, and what must stand there then."""

    word: bytes
    pattern: re.Pattern[bytes]
    name: str


def _marks(name: str, *shapes: tuple[bytes, bytes]) -> tuple[Mark, ...]:
    return tuple(Mark(word, re.compile(shape), name) for word, shape in shapes)


MARKUP = _marks(
    "HTML or other markup",
    *((word, re.escape(word) + rb"[\s>/]") for word in (b"<script", b"<svg", b"<iframe", b"<body")),
    (b"<html", rb"<html[\s>]"),
    (b"<!doctype", rb"<!doctype\s{1,40}html"),
    (b"<img", rb"<img\s{1,40}src"),
    (b"onerror", rb"(?<!\w)onerror\s{0,40}="),
    (b"onload", rb"(?<!\w)onload\s{0,40}="),
    (b"javascript:", rb"javascript:"),
    (b"<?php", rb"<\?php\b"),
    (b"__halt_compiler", rb"__halt_compiler"),
)
SCRIPT = _marks(
    "a script",
    *(
        (word, rb"(?<!\w)" + word + rb"\s{0,40}\(")
        for word in (b"eval", b"alert", b"atob", b"settimeout")
    ),
    (b"document.", rb"document\.(?:cookie|write|location)"),
    (b"function", rb"(?<!\w)function\s{0,40}\(\s{0,40}\)"),
    (b"#!/", rb"#!/(?:usr/)?bin/"),
    (b"import os", rb"(?<!\w)import os\b"),
    (b"powershell", rb"powershell"),
)
# These are searched in small letters too: chance is no likelier to write them so.
ARCHIVE = _marks(
    "an archive",
    (b"pk\x03\x04", rb"pk\x03\x04[\x00-\x3f]\x00"),
    (b"pk\x05\x06\x00\x00", rb"pk\x05\x06\x00\x00"),
    (b"rar!\x1a\x07", rb"rar!\x1a\x07"),
    (b"7z\xbc\xaf\x27\x1c", rb"7z\xbc\xaf\x27\x1c"),
)
PROGRAM = _marks(
    "a program",
    (b"\x7felf", rb"\x7felf[\x01\x02][\x01\x02]\x01"),
    (b"this program cannot be run in dos mode", rb"this"),
)
DOCUMENT = _marks("a PDF document", (b"%pdf-", rb"%pdf-[12]\."))
ZIP_END = re.compile(rb"PK\x05\x06\x00\x00\x00\x00[\x01-\xff]")

DISGUISES = (*MARKUP, *DOCUMENT)
HIDDEN = (*MARKUP, *SCRIPT, *ARCHIVE, *PROGRAM, *DOCUMENT)


def refuse_disguise(data: Buffer) -> None:
    """Refuse a file that other programs would take for a page, a document or an archive.

    Only its start and its end are looked at. Raises UnsupportedMedia with reason POLYGLOT.
    """
    _refuse_marks(data[:SNIFFED_BYTES], DISGUISES)
    if ZIP_END.search(data, max(0, len(data) - ZIP_TAIL_BYTES)):
        raise _polyglot("an archive")
    # A tape archive is known by one word at this place; its first entry's name may be a picture's.
    if data[257:262] == b"ustar":
        raise _polyglot("an archive")


def refuse_hidden(data: Buffer, spans: Iterable[Span]) -> None:
    """Refuse a file that carries something else in `spans`, the parts that no decoder shows.

    Raises UnsupportedMedia with reason POLYGLOT.
    """
    for span in merged(sorted(spans)):
        for start in range(span.start, span.end, BLOCK_BYTES):
            _refuse_marks(data[start : min(span.end, start + BLOCK_BYTES + OVERLAP_BYTES)], HIDDEN)


def _refuse_marks(block: bytes, marks: Iterable[Mark]) -> None:
    small = block.lower()
    for mark in marks:
        if mark.word in small and _is_marked(small, mark):
            raise _polyglot(mark.name)


def _is_marked(small: bytes, mark: Mark) -> bool:
    at = -1
    for _ in range(MOST_NEAR_MISSES):
        at = small.find(mark.word, at + 1)
        if at < 0:
            return False
        if mark.pattern.match(small, at):
            return True
    return True


def _polyglot(name: str) -> UnsupportedMedia:
    return UnsupportedMedia(f"The file hides {name}.", reason="POLYGLOT")
