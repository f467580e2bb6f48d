"""Is this text an id? Ids are parsed once, at the door, and are ObjectId behind it."""

from __future__ import annotations

from operator import attrgetter

from bson import ObjectId

from storycore.errors import InvalidInput

RAW_ID = "_ObjectId__id"
"""Where the driver keeps an ObjectId's bytes; `binary` says the same five times slower."""

raw_id = attrgetter(RAW_ID)
"""An ObjectId's bytes. As keys they cost a fifth, because ObjectId hashes and compares in Python."""


def parse_id(value: object, *, field: str = "id") -> ObjectId:
    """The ObjectId that a client's text stands for.

    Raises InvalidInput naming `field` when it is not 24 hexadecimal digits.
    """
    if isinstance(value, ObjectId):
        return value
    if isinstance(value, str) and len(value) == 24 and ObjectId.is_valid(value):
        return ObjectId(value)
    raise InvalidInput("This is not an id: 24 hexadecimal digits are expected.", field=field)


def find_id(value: object) -> ObjectId | None:
    """The ObjectId, or None: for reads, where a malformed id simply finds nothing."""
    if isinstance(value, ObjectId):
        return value
    if isinstance(value, str) and len(value) == 24 and ObjectId.is_valid(value):
        return ObjectId(value)
    return None


def parse_optional_id(value: object, *, field: str) -> ObjectId | None:
    """Like parse_id, but None and the empty text mean "no reference"."""
    return None if value is None or value == "" else parse_id(value, field=field)
