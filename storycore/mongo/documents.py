"""What do all stored documents share, and how does MongoEngine's complaint become ours?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, Document
from mongoengine.base import BaseField, ComplexBaseField
from mongoengine.errors import ValidationError

from storycore.errors import InvalidInput

# MongoEngine's words, ours, and the field's attribute that holds the limit.
_LIMITS = (
    ("String value is too long", "At most {} characters are allowed.", "max_length"),
    ("String value is too short", "At least {} characters are needed.", "min_length"),
    ("List is too long", "At most {} entries are allowed.", "max_length"),
    ("Integer value is too large", "At most {} is allowed.", "max_value"),
    ("Integer value is too small", "At least {} is needed.", "min_value"),
    ("Float value is too large", "At most {} is allowed.", "max_value"),
    ("Float value is too small", "At least {} is needed.", "min_value"),
)


def now() -> datetime:
    """The present moment in UTC at the precision that MongoDB keeps (milliseconds)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class StoredDocument(Document):
    """The base of every document.

    Strict is off, or one unknown key in an old record would break each read. Indexes are made by
    `manage.py ensure_indexes`, never by a first request.
    """

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "strict": False, "auto_create_index": False}

    created_at = DateTimeField(required=True, default=now, help_text="When it was made (UTC).")
    updated_at = DateTimeField(
        required=True, default=now, help_text="When it was last changed (UTC)."
    )


def valid_new(document_class: type[Document], values: Mapping[str, Any]) -> dict[str, Any]:
    """A new document as MongoDB will hold it, checked by its field rules, with an id of its own.

    What is missing or None gets its field's default. It is what MongoEngine would store of such a document,
    without making one first: that took several times as long, for each of the thousands of a large story.
    Raises InvalidInput naming the first field at fault.
    """
    fields: dict[str, BaseField] = document_class._fields
    if not values.keys() <= fields.keys():
        raise TypeError(f"{document_class.__name__} has no {values.keys() - fields.keys()}")
    body: dict[str, Any] = {"_id": None}
    for name in document_class._fields_ordered:  # noqa: SLF001 - _fields has them in no order
        field = fields[name]
        value = values.get(name)
        if value is None:
            value = field.default() if callable(field.default) else field.default
        if value is not None:
            body[field.db_field] = _stored(field, name, value)
        elif field.required and not field._auto_gen:  # noqa: SLF001 - MongoEngine's only place for it
            raise InvalidInput("Field is required.", field=name)
    if body["_id"] is None:
        body["_id"] = ObjectId()
    return body


def _stored(field: BaseField, name: str, value: Any) -> Any:
    """The value as MongoDB will hold it. Raises InvalidInput."""
    try:
        field._validate(value)  # noqa: SLF001 - validates one value with choices and length as save() does
    except ValidationError as problem:
        raise InvalidInput(_sentence(problem, field), field=name) from problem
    return field.to_mongo(value)


def valid_changes(document_class: type[Document], changes: dict[str, Any]) -> dict[str, Any]:
    """Changes to a stored document as a `$set` body, each value checked by the rule of its field.

    `changes` has stored names; None clears. Raises InvalidInput naming the field.
    """
    body: dict[str, Any] = {}
    for name, value in changes.items():
        field = document_class._fields[name]
        if value is None:
            if field.required:
                raise InvalidInput("This may not be empty.", field=name)
            body[name] = None
            continue
        body[name] = _stored(field, name, value)
    return body


def _sentence(problem: object, field: BaseField | None) -> str:
    """MongoEngine's complaint, with the limit where it only says that there is one."""
    faults = problem.errors if isinstance(problem, ValidationError) else problem
    if isinstance(faults, dict) and faults and isinstance(field, ComplexBaseField) and field.field:
        # An entry of a list or a map is at fault: its own field knows the limit.
        return _sentence(next(iter(faults.values())), field.field)
    text = problem.message if isinstance(problem, ValidationError) else str(problem)
    for complaint, allowed, limit in _LIMITS:
        value = getattr(field, limit, None)
        if value is not None and text.startswith(complaint):
            return allowed.format(value)
    return text if text.endswith(".") else f"{text}."
