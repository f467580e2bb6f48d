"""Which markup is a story written in, and who takes it apart?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scenarios.formats.chapbook import Chapbook
from scenarios.formats.harlowe import Harlowe
from scenarios.formats.markup import Dialect
from scenarios.formats.snowman import Snowman
from scenarios.formats.sugarcube import SugarCube

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for dialect in (Harlowe(), SugarCube(), Snowman(), Chapbook())
}
# The language of the contract can be said in SugarCube most fully, so that stories written here use it.
DEFAULT = "sugarcube"
DEFAULT_FORMAT = ("SugarCube", "2.37.3")

_SIGNS = (
    ("sugarcube", re.compile(r"<</?[A-Za-z=-]")),
    (
        "harlowe",
        re.compile(
            r"\(\s*(?:set|put|if|unless|link|link-goto|go-?to|print|display|else-?if)\s*:",
            re.IGNORECASE,
        ),
    ),
    ("snowman", re.compile(r"<%")),
    (
        "chapbook",
        re.compile(r"^(?:--|\[(?:if|unless|continue|JavaScript)\b.*\])[ \t]*$", re.MULTILINE),
    ),
)


def dialect_of(story_format: str, texts: Iterable[str]) -> str:
    """The markup of a declared story format; without a known one, what the passages look like."""
    declared = story_format.strip().lower()
    if declared in DIALECTS:
        return declared
    seen = list(texts)
    for name, sign in _SIGNS:
        if any(sign.search(text) for text in seen):
            return name
    return DEFAULT
