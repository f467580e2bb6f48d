"""Which page is asked for? Plain lists by limit and offset, connections by keyset cursors."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from django.conf import settings

from storycore.errors import InvalidInput

OFFSET_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a plain list."""

    limit: int
    offset: int


def parse_page(limit: int | None, offset: int | None) -> Page:
    """The page that a list was asked for: PAGE_SIZE by default, never more than PAGE_SIZE_MAX.

    A larger limit is cut to the cap, so that old clients that ask for "all" keep working.
    Raises InvalidInput for negative numbers and for an offset that only a cursor should reach.
    """
    if limit is not None and limit < 0:
        raise InvalidInput("limit may not be negative.", field="limit")
    if offset is not None and not 0 <= offset <= OFFSET_MAX:
        raise InvalidInput(
            f"offset lies between 0 and {OFFSET_MAX}; use the connection to read further.",
            field="offset",
        )
    size = settings.PAGE_SIZE if limit is None else limit
    return Page(limit=min(size, settings.PAGE_SIZE_MAX), offset=offset or 0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list that is sorted by creation time, newest first, then by id."""

    created_at: datetime
    id: ObjectId

    def encoded(self) -> str:
        """The opaque text that clients hand back."""
        millis = round(self.created_at.timestamp() * 1000)
        return base64.urlsafe_b64encode(f"{millis}:{self.id}".encode()).decode().rstrip("=")


def parse_cursor(text: str, *, field: str) -> Cursor:
    """The place that a cursor of ours stands for.

    Raises InvalidInput for any other text.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        millis, _, key = (
            base64.urlsafe_b64decode(padded.encode("ascii")).decode("ascii").partition(":")
        )
        seconds, rest = divmod(int(millis), 1000)
        moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
        return Cursor(moment, ObjectId(key))
    except (ValueError, OverflowError, OSError, InvalidId) as problem:
        raise InvalidInput("This is not a cursor of this list.", field=field) from problem


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a connection: `size` rows after or before a place, in the list's own order."""

    size: int
    after: Cursor | None = None
    before: Cursor | None = None
    backwards: bool = False

    def where(self) -> dict[str, Any]:
        """The MongoDB filter for rows beyond the cursors."""
        parts = []
        if self.after:
            parts.append(_beyond(self.after, "$lt"))
        if self.before:
            parts.append(_beyond(self.before, "$gt"))
        return {"$and": parts} if parts else {}

    def sort(self) -> list[tuple[str, int]]:
        """Newest first, or oldest first when the end of the list is asked for."""
        direction = 1 if self.backwards else -1
        return [("created_at", direction), ("_id", direction)]


def parse_window(
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Window:
    """The window that connection arguments describe, as the GraphQL cursor connections specification says.

    Raises InvalidInput when first and last come together, are negative, or a cursor is not ours.
    """
    if first is not None and last is not None:
        raise InvalidInput("Ask for first or last, not for both.", field="last")
    for name, value in (("first", first), ("last", last)):
        if value is not None and value < 0:
            raise InvalidInput(f"{name} may not be negative.", field=name)
    size = last if first is None else first
    return Window(
        size=min(settings.PAGE_SIZE if size is None else size, settings.PAGE_SIZE_MAX),
        after=parse_cursor(after, field="after") if after else None,
        before=parse_cursor(before, field="before") if before else None,
        backwards=last is not None,
    )


def _beyond(place: Cursor, operator: str) -> dict[str, Any]:
    return {
        "$or": [
            {"created_at": {operator: place.created_at}},
            {"created_at": place.created_at, "_id": {operator: place.id}},
        ]
    }
