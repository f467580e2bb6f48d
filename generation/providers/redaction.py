"""What may be shown of a text that a provider wrote? All but keys, signed addresses, control characters."""

from __future__ import annotations

import re
from collections.abc import Collection

HIDDEN = "[hidden]"
MIN_SECRET_CHARACTERS = 4

# Key forms of the providers we know, and whatever stands where a key usually stands.
KEYS = re.compile(
    r"""
    \b(?:hf|r8|sk|pk|rk|whsec)[_-][A-Za-z0-9_\-]{8,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+
    | \bBearer[ ]+[A-Za-z0-9+/=_.:~\-]{8,}
    | \b(?:Basic|Key|Token)[ ]+(?=\S*\d)[A-Za-z0-9+/=_.:~\-]{8,}
    """,
    re.VERBOSE,
)
NAMED_KEYS = re.compile(
    r"((?:api[_-]?key|authorization|access[_-]?token|secret|password|signature|xi-api-key)"
    r"[\"']?\s*[:=]\s*[\"']?)(?!\[hidden\])[^\s\"',;&}\]]+",
    re.IGNORECASE,
)
# Signatures and user names stand in the query and before the host; the rest says enough.
QUERIES = re.compile(
    r"(\bhttps?://)(?:[^\s/@\"'<>]*@)?([^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE
)
USERS = re.compile(r"(\bhttps?://)[^\s/@\"'<>]*@", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\s]+")


def without_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """The text with `secrets`, everything that looks like a key, and queries of addresses hidden.

    The longest secret goes first, so that one inside another leaves nothing over.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= MIN_SECRET_CHARACTERS:
            text = text.replace(secret, HIDDEN)
    text = QUERIES.sub(rf"\1\2?{HIDDEN}", text)
    text = USERS.sub(r"\1", text)
    # In this order: the word after a scheme is the key, not the scheme.
    return NAMED_KEYS.sub(rf"\1{HIDDEN}", KEYS.sub(HIDDEN, text))


def in_one_line(text: str, max_characters: int) -> str:
    """The text without line breaks and control characters, cut between words when it is too long."""
    line = CONTROL.sub(" ", text).strip()
    if len(line) <= max_characters:
        return line
    cut = line[: max_characters - 2]
    return (cut.rsplit(" ", 1)[0] if " " in cut[max_characters // 2 :] else cut).rstrip() + " …"
