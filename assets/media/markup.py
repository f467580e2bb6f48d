"""Does a file begin as a page, a drawing or a script? Read once from front to back, whatever it holds."""

from __future__ import annotations

import re

BOM = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"\s*")
# What may stand before the first element, and how it ends.
_PROLOGS = ((b"<?xml", b"?>"), (b"<!--", b"-->"))
_DOCTYPE = re.compile(rb"<!doctype\s+(\w*)")
_ROOTS = (
    (re.compile(rb"<svg[\s>/]"), "SVG", "an SVG drawing"),
    (
        re.compile(rb"<(html|head|body|title|script|iframe|style|a |img |div)"),
        "HTML",
        "an HTML page",
    ),
    (re.compile(rb"<\?(php|=)"), "SCRIPT", "a script"),
)
_XML = ("XML", "an XML document")
_DOCTYPES = {b"html": ("HTML", "an HTML page"), b"svg": ("SVG", "an SVG drawing")}


def markup_in(head: bytes) -> tuple[str, str] | None:
    """The reason and the name of the text kind that the first bytes show; None when they show none."""
    text = head.removeprefix(BOM).lower()
    is_xml = False
    at = 0
    while True:
        at = _behind_spaces(text, at)
        if found := _DOCTYPE.match(text, at):
            return _DOCTYPES.get(found[1], _XML)
        ending = next((end for start, end in _PROLOGS if text.startswith(start, at)), None)
        if ending is None:
            break
        is_xml = is_xml or text.startswith(b"<?xml", at)
        closed = text.find(ending, at)
        if closed < 0:
            break
        at = closed + len(ending)
    for pattern, reason, name in _ROOTS:
        if pattern.match(text, at):
            return reason, name
    return _XML if is_xml else None


def _behind_spaces(text: bytes, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
