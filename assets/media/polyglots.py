"""Does a picture or sound hide a page, script, archive or program?

Only parts that no decoder shows are searched (metadata, profiles, trailing data, the first bytes
that browsers sniff): compressed pixels contain every short word by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assets.errors import UnsupportedMedia
from assets.media.anatomy import Buffer, Span

# Browsers look at this much when they guess a type.
SNIFFED_BYTES = 1024
# A ZIP's directory ends in the last 64 kB, whatever stands before the archive.
ZIP_TAIL_BYTES = (1 << 16) + 22

MARKUP = re.compile(
    rb"<script[\s>/]|<svg[\s>]|<html[\s>]|<!doctype\s+html|<iframe[\s>]|<body[\s>]|<img\s+src"
    rb"|\bon(?:error|load)\s*=|javascript:|<\?php\b|__HALT_COMPILER",
    re.IGNORECASE,
)
SCRIPT = re.compile(
    rb"\b(?:eval|alert|atob|setTimeout)\s*\(|document\.(?:cookie|write|location)"
    rb"|\bfunction\s*\(\s*\)|#!/(?:usr/)?bin/|\bimport os\b|powershell",
    re.IGNORECASE,
)
ARCHIVE = re.compile(
    rb"PK\x03\x04[\x00-\x3f]\x00|PK\x05\x06\x00\x00|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c"
)
PROGRAM = re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01|This program cannot be run in DOS mode")
DOCUMENT = re.compile(rb"%PDF-[12]\.")
ZIP_END = re.compile(rb"PK\x05\x06\x00\x00\x00\x00[\x01-\xff]")

HIDDEN = (
    (MARKUP, "HTML or other markup"),
    (SCRIPT, "a script"),
    (ARCHIVE, "an archive"),
    (PROGRAM, "a program"),
    (DOCUMENT, "a PDF document"),
)


def refuse_disguise(data: Buffer) -> None:
    """Refuse a file that other programs would take for a page, a document or an archive.

    Only its start and its end are looked at. Raises UnsupportedMedia with reason POLYGLOT.
    """
    for pattern, name in ((MARKUP, "HTML or other markup"), (DOCUMENT, "a PDF document")):
        if pattern.search(data, 0, min(SNIFFED_BYTES, len(data))):
            raise _polyglot(name)
    if ZIP_END.search(data, max(0, len(data) - ZIP_TAIL_BYTES)):
        raise _polyglot("an archive")
    # A tape archive is known by one word at this place; its first entry's name may be a picture's.
    if data[257:262] == b"ustar":
        raise _polyglot("an archive")


def refuse_hidden(data: Buffer, spans: Iterable[Span]) -> None:
    """Refuse a file that carries something else in `spans`, the parts that no decoder shows.

    Raises UnsupportedMedia with reason POLYGLOT.
    """
    for span in spans:
        for pattern, name in HIDDEN:
            if pattern.search(data, span.start, span.end):
                raise _polyglot(name)


def _polyglot(name: str) -> UnsupportedMedia:
    return UnsupportedMedia(f"The file hides {name}.", reason="POLYGLOT")
