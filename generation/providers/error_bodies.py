"""What does a provider's error say, in words and as a code, whatever form it comes in?"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from generation.providers.base import Reply
from generation.providers.redaction import in_one_line, without_secrets

READ_BYTES = 65_536
MAX_CHARACTERS = 300
MAX_CODE_CHARACTERS = 80
MAX_DEPTH = 4

HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
TITLE = re.compile(r"<title[^>]*>([^<]{0,500})", re.IGNORECASE)
# Where the words stand, best first: {"error"}, {"detail"}, {"message"}, FastAPI's {"msg"}, ...
WORDS = (
    "error",
    "detail",
    "message",
    "msg",
    "details",
    "error_description",
    "reason",
    "errors",
    "title",
)
CODES = ("code", "status", "type", "error_type", "errorCode")


@dataclass(frozen=True)
class Said:
    """A provider's own words in one short line without secrets, and its codes in lower case."""

    text: str
    codes: tuple[str, ...] = ()

    @property
    def code(self) -> str | None:
        """The most telling code."""
        return self.codes[0] if self.codes else None


def said_by(reply: Reply, secrets: Collection[str] = ()) -> Said:
    """Read an error body: JSON of any known form, plain text, or a page; never fails."""
    text = reply.body[:READ_BYTES].decode("utf-8", errors="replace")
    if HTML.match(text):
        title = TITLE.search(text)
        named = in_one_line(unescape(title[1]), MAX_CHARACTERS) if title else ""
        shown = f"an HTML page titled {named!r}" if named else "an HTML page"
        return Said(in_one_line(without_secrets(shown, secrets), MAX_CHARACTERS))
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return Said(_clean(_printable(text), secrets))
    return said_in(parsed, secrets)


def said_in(parsed: Any, secrets: Collection[str] = ()) -> Said:
    """The words and codes of an error that is part of a JSON answer."""
    codes = tuple(_clean(code, secrets)[:MAX_CODE_CHARACTERS].lower() for code in _codes(parsed, 0))
    return Said(_clean(_words(parsed, 0), secrets), tuple(dict.fromkeys(codes)))


def _clean(text: str, secrets: Collection[str]) -> str:
    # Hidden before it is cut: half a key would not be known as one.
    return in_one_line(without_secrets(text, secrets), MAX_CHARACTERS)


def _printable(text: str) -> str:
    """The text, unless it is bytes of something else."""
    strange = sum(1 for character in text[:1000] if character in "\ufffd\x00")
    return "" if strange > 3 else text


def _words(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return value
    if depth > MAX_DEPTH:
        return ""
    if isinstance(value, list):
        return "; ".join(words for item in value[:5] if (words := _words(item, depth + 1)))
    if not isinstance(value, Mapping):
        return ""
    found = next((words for name in WORDS if (words := _words(value.get(name), depth + 1))), "")
    place = value.get("loc")
    if found and isinstance(place, list):
        return f"{'.'.join(str(part) for part in place[:6])}: {found}"
    return found


def _codes(value: Any, depth: int) -> list[str]:
    if isinstance(value, list):
        return [code for item in value[:5] for code in _codes(item, depth + 1)]
    if not isinstance(value, Mapping) or depth > MAX_DEPTH:
        return []
    own = [value[name] for name in CODES if isinstance(value.get(name), str) and value[name]]
    inner = [value[name] for name in ("error", "detail", "errors") if name in value]
    return [code for item in inner for code in _codes(item, depth + 1)] + own
