"""What may be kept of the name that a file was sent under?"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 255
FALLBACK = "file"

# Control, format (bidi overrides among them), surrogate, private and unassigned characters.
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
SEPARATORS = re.compile(r"[/\\]")
RESERVED = re.compile(r'[<>:"|?*]')


def cleaned_name(name: str) -> str:
    """The last part of a sent name without path, hidden or reserved characters, 255 at most.

    It is only shown and offered for downloads: files are stored under names made by the server.
    The extension survives shortening; a name of which nothing is left becomes "file".
    """
    last = SEPARATORS.split(name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in HIDDEN_CATEGORIES)
    plain = RESERVED.sub("_", unicodedata.normalize("NFC", visible))
    plain = " ".join(plain.split()).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    if len(plain) <= MAX_CHARACTERS:
        return plain or FALLBACK
    if not dot or len(extension) > 10:
        return plain[:MAX_CHARACTERS].rstrip(". ")
    return f"{stem[: MAX_CHARACTERS - len(extension) - 1].rstrip('. ')}.{extension}"
