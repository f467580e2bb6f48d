from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from storycore.errors import InvalidInput
from storycore.paging import OFFSET_MAX, Cursor, Page, parse_cursor, parse_page, parse_window


def test_a_page_has_a_default_and_a_cap(settings: Any) -> None:
    settings.PAGE_SIZE, settings.PAGE_SIZE_MAX = 20, 50

    assert parse_page(None, None) == Page(20, 0)
    assert parse_page(1_000_000, 7) == Page(50, 7)
    assert parse_page(0, 0) == Page(0, 0)


@pytest.mark.parametrize(
    ("limit", "offset", "field"),
    [(-1, 0, "limit"), (1, -1, "offset"), (1, OFFSET_MAX + 1, "offset")],
)
def test_a_page_outside_its_range_is_named(limit: int, offset: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_page(limit, offset)
    assert refusal.value.field == field


@given(st.integers(0, 7 * 10**12), st.binary(min_size=12, max_size=12))
def test_a_cursor_comes_back_as_it_went(millis: int, key: bytes) -> None:
    seconds, rest = divmod(millis, 1000)
    whole = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
    cursor = Cursor(whole, ObjectId(key))

    assert parse_cursor(cursor.encoded(), field="after") == cursor


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert parse_cursor(text, field="after").encoded() == text.rstrip("=")


@pytest.mark.parametrize("text", ["", "x", "MTox", "e30", "\ud800", "OTk5OTk5OTk5OTk5OTk5OTk6eA"])
def test_a_foreign_cursor_names_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_cursor(text, field="after")
    assert refusal.value.field == "after"


def test_a_window_goes_one_way() -> None:
    with pytest.raises(InvalidInput) as both:
        parse_window(first=1, last=1)
    with pytest.raises(InvalidInput) as negative:
        parse_window(first=-1)

    assert (both.value.field, negative.value.field) == ("last", "first")
    assert parse_window(last=3).sort() == [("created_at", 1), ("_id", 1)]
    assert parse_window(first=3).sort() == [("created_at", -1), ("_id", -1)]
    assert parse_window().where() == {}
