"""Field types of our own, for what MongoEngine's let through."""

from __future__ import annotations

from typing import Any

from bson.int64 import Int64
from mongoengine import DictField, StringField

from storycore.errors import InvalidInput

_INT64 = range(-(2**63), 2**63)


class TextField(StringField):
    """Text that every reader can hold: no NUL (C drivers end a string there), no half surrogate (not UTF-8)."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if "\x00" in value:
            self.error("The text holds a NUL character.")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            self.error("The text is not valid Unicode.")
        if self.required and not value.strip():
            self.error("This may not be empty.")


class JsonField(DictField):
    """A JSON object, bounded in depth and in the number of its values.

    MongoEngine's DictField refuses keys that start with `$` but takes `a.b`, the empty key and NUL.
    """

    def __init__(self, *, depth: int = 8, values: int = 500, **options: Any) -> None:
        # MongoEngine's would be {}: an absent object and an empty one are two things.
        options.setdefault("default", None)
        super().__init__(**options)
        self.depth = depth
        self.values = values

    def validate(self, value: Any) -> None:
        if not isinstance(value, dict):
            self.error("A JSON object is expected.")
        try:
            check_json(value, depth=self.depth, values=self.values)
        except InvalidInput as problem:
            self.error(problem.message)


def check_json(value: Any, *, depth: int, values: int) -> None:
    """Refuse what MongoDB cannot keep or give back as it came.

    Raises InvalidInput.
    """
    left = [(value, 1)]
    seen = 0
    while left:
        item, level = left.pop()
        seen += 1
        if seen > values:
            raise InvalidInput(f"The JSON holds more than {values} values.")
        if level > depth:
            raise InvalidInput(f"The JSON is nested deeper than {depth} levels.")
        if isinstance(item, dict):
            for key in item:
                _check_key(key)
            left.extend((inner, level + 1) for inner in item.values())
        elif isinstance(item, list):
            left.extend((inner, level + 1) for inner in item)
        else:
            _check_leaf(item)


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not key or key.startswith("$") or "." in key or "\x00" in key:
        raise InvalidInput("JSON keys are texts without dots, NUL or a leading dollar sign.")
    _check_text(key)


def _check_leaf(item: Any) -> None:
    if isinstance(item, str):
        _check_text(item)
    elif isinstance(item, int) and not isinstance(item, bool | Int64) and item not in _INT64:
        raise InvalidInput("A number in the JSON needs more than 64 bits.")
    elif item is not None and not isinstance(item, bool | int | float):
        raise InvalidInput("The JSON holds a value that is not JSON.")


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidInput("A text in the JSON is not valid Unicode.") from None
