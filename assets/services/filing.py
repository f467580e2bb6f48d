"""How are the folder and the tags of an asset written, so that they are found again?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from assets.documents import FOLDER_MAX, TAG_MAX, TAGS_MAX
from storycore.errors import InvalidInput


def plain_folder(path: str | None) -> str | None:
    """A folder path without empty parts and outer slashes; None for none.

    Raises InvalidInput for parts that are only dots (they are no folders here), and a path that is too long.
    """
    parts = [part.strip() for part in unicodedata.normalize("NFC", path or "").split("/")]
    named = [part for part in parts if part]
    if any(set(part) == {"."} for part in named):
        raise InvalidInput("A folder is a path of names, such as chapter-1/rooms.", field="folder")
    folder = "/".join(named)
    if len(folder) > FOLDER_MAX:
        raise InvalidInput(f"A folder has at most {FOLDER_MAX} characters.", field="folder")
    return folder or None


def plain_tags(tags: Iterable[str] | None) -> list[str]:
    """Tags without outer spaces, empty ones and repetitions (in any case); their order stays.

    Raises InvalidInput for a tag that is too long, and for too many.
    """
    kept: dict[str, str] = {}
    for tag in tags or ():
        plain = unicodedata.normalize("NFC", tag).strip()
        if len(plain) > TAG_MAX:
            raise InvalidInput(f"A tag has at most {TAG_MAX} characters.", field="tags")
        if plain:
            kept.setdefault(plain.casefold(), plain)
    if len(kept) > TAGS_MAX:
        raise InvalidInput(f"There are at most {TAGS_MAX} tags.", field="tags")
    return list(kept.values())
