from __future__ import annotations

import pytest
from bson import ObjectId

from storycore.errors import InvalidInput
from storycore.ids import find_id, parse_id, parse_optional_id

KEY = ObjectId("65f0c0ffee65f0c0ffee65f0")


@pytest.mark.parametrize("value", [KEY, str(KEY), str(KEY).upper()])
def test_ids_are_parsed(value: object) -> None:
    assert parse_id(value) == KEY
    assert find_id(value) == KEY


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x" * 24,
        str(KEY)[:-1],
        str(KEY) + "0",
        b"twelve bytes",
        7,
        None,
        {"$gt": ""},
        ["a"],
        True,
    ],
)
def test_all_else_is_no_id(value: object) -> None:
    assert find_id(value) is None
    with pytest.raises(InvalidInput) as refusal:
        parse_id(value, field="sceneId")
    assert refusal.value.field == "sceneId"


def test_an_optional_id_may_be_absent() -> None:
    assert parse_optional_id(None, field="x") is None
    assert parse_optional_id("", field="x") is None
    assert parse_optional_id(str(KEY), field="x") == KEY
