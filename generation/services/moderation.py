"""May this prompt be used here? The server's own list of words; the endpoint is asked by the worker."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from django.conf import settings

from generation.errors import PromptRefused


def require_allowed(prompt: str) -> None:
    """Refuse a prompt that holds a word of the setting PROMPT_DENY_LIST, whatever its case and accents.

    Raises PromptRefused without naming the word.
    """
    pattern = _pattern(tuple(settings.PROMPT_DENY_LIST))
    if pattern is not None and pattern.search(_plain(prompt)):
        raise PromptRefused("This prompt goes against the rules of this server.", field="prompt")


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    plain = [re.escape(_plain(word)) for word in words if word.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(plain)})(?!\w)") if plain else None


def _plain(text: str) -> str:
    """Lower case, without accents, invisible characters and repeated space: the usual ways around a list."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (one for one in decomposed if unicodedata.category(one) not in {"Mn", "Cf"})
    return " ".join("".join(kept).split())
