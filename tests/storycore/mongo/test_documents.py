"""A refused value is told with its field and with what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from scenarios.documents import Scenario, Scene
from storycore.errors import InvalidInput
from storycore.mongo.documents import valid_changes, valid_new


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "x" * 201}, "At most 200 characters are allowed."),
        ({"title": None}, "This may not be empty."),
        ({"revision": "many"}, "many could not be converted to int."),
    ],
)
def test_a_refused_value_is_told_with_its_limit(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        valid_changes(Scenario, changes)

    assert caught.value.message == message
    assert caught.value.field == next(iter(changes))


def test_a_new_document_is_told_the_same() -> None:
    with pytest.raises(InvalidInput) as caught:
        valid_new(Scenario, {"title": "x" * 201, "author": "1"})

    assert (caught.value.field, caught.value.message) == (
        "title",
        "At most 200 characters are allowed.",
    )


def test_an_entry_of_a_list_is_told_with_the_limit_of_entries() -> None:
    long = ["short", "x" * 201]

    with pytest.raises(InvalidInput) as changed:
        valid_changes(Scene, {"tags": long})
    with pytest.raises(InvalidInput) as made:
        valid_new(Scene, {"title": "A", "scenario": ObjectId(), "tags": long})

    for caught in (changed, made):
        told = (caught.value.field, caught.value.message)
        assert told == ("tags", "At most 200 characters are allowed.")
