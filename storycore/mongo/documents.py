"""What do all stored documents share, and how does MongoEngine's complaint become ours?"""

from __future__ import annotations

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


def valid_mongo(document: Document) -> dict[str, Any]:
    """The document as MongoDB will hold it, checked by its field rules, with an id of its own.

    Raises InvalidInput naming the first field at fault.
    """
    try:
        document.validate(clean=True)
    except ValidationError as problem:
        raise _invalid(document, problem) from problem
    stored: dict[str, Any] = document.to_mongo().to_dict()
    stored.setdefault("_id", ObjectId())
    return stored


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
        try:
            field._validate(value)  # noqa: SLF001 - validates one value with choices and length as save() does
        except ValidationError as problem:
            raise InvalidInput(_sentence(problem, field), field=name) from problem
        body[name] = field.to_mongo(value)
    return body


def _invalid(document: Document, problem: ValidationError) -> InvalidInput:
    for name, detail in (problem.errors or {}).items():
        field = document._fields.get(name)
        return InvalidInput(_sentence(detail, field), field=str(name))
    return InvalidInput(_sentence(problem, None))


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
