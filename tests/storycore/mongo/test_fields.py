from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.documents import Asset
from storycore.errors import InvalidInput
from storycore.mongo.documents import valid_changes, valid_new
from storycore.mongo.fields import check_json

WRONG = [
    {"$where": "1"},
    {"a.b": 1},
    {"": 1},
    {"a\x00": 1},
    {"deep": [[[[[[[[[1]]]]]]]]]},
    {"many": list(range(2_000))},
    {"big": 2**63},
    {"half": "\ud800"},
    {"\ud800": 1},
    {"what": object()},
    {1: 2},
]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: ascii(value)[:30])
def test_json_that_mongodb_could_not_give_back_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        check_json(value, depth=8, values=500)
    with pytest.raises(InvalidInput) as refusal:
        valid_new(Asset, {"type": "image", "name": "x", "uploaded_by": "1", "metadata": value})
    assert refusal.value.field == "metadata"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON)
def test_plain_json_passes(value: Any) -> None:
    check_json({"x": value}, depth=40, values=500)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": None}, "name"),
        ({"name": {"$gt": ""}}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"tags": "no list"}, "tags"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"tags": [{"$gt": 1}]}, "tags"),
        ({"type": "hologram"}, "type"),
        ({"is_public": {"$ne": 1}}, "is_public"),
    ],
)
def test_a_wrong_change_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        valid_changes(Asset, changes)
    assert refusal.value.field == field


def test_changes_hold_what_was_given_and_none_clears() -> None:
    assert valid_changes(Asset, {"name": "N", "folder": None, "tags": ["a"]}) == {
        "name": "N",
        "folder": None,
        "tags": ["a"],
    }
