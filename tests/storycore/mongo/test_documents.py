"""A refused value is told with its field and with what is allowed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from mongoengine import Document

from assets.documents import Asset
from scenarios.documents import Choice, Presence, Scenario, Scene
from storycore.errors import InvalidInput
from storycore.mongo.documents import now, valid_changes, valid_new


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


@pytest.mark.parametrize(
    ("document", "values"),
    [
        (Scenario, {"title": "Rock", "author": "1"}),
        (Scenario, {"title": "Rock", "author": "1", "languages": ["de"], "description": ""}),
        (Scene, {"title": "A", "scenario": ObjectId(), "position": {"x": 1.5, "y": -2}}),
        (
            Scene,
            {
                "title": "A",
                "scenario": ObjectId(),
                "text": "Words.",
                "tags": ["one", "two"],
                "image": ObjectId(),
                "music": None,
                "is_end_scene": True,
                "order": 7,
                "on_enter": [{"variable": "gold", "op": "set", "value": 3}],
            },
        ),
        (
            Choice,
            {
                "scenario": ObjectId(),
                "from_scene": ObjectId(),
                "to_scene": ObjectId(),
                "text": "Go",
                "effects": [{"variable": "gold", "op": "add", "value": 1}],
            },
        ),
        (Asset, {"type": "image", "name": "x.png", "uploaded_by": "1", "metadata": {"a": [1]}}),
        (Presence, {"key": "a.b", "scenario": ObjectId(), "expires_at": now()}),
    ],
)
def test_a_new_document_is_what_mongoengine_would_store(
    document: type[Document], values: dict[str, Any]
) -> None:
    made = valid_new(document, values)

    model = document(**values)
    model.validate()
    expected = model.to_mongo().to_dict()
    given = {"_id": expected.get("_id") or made["_id"]}
    given |= {name: made[name] for name in ("created_at", "updated_at")}
    assert isinstance(made["_id"], str if document is Presence else ObjectId)
    assert made == expected | given
    assert next(iter(made)) == "_id"
    assert now() - made["created_at"] < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"scenario": ObjectId()}, "title", "Field is required."),
        ({"title": " ", "scenario": ObjectId()}, "title", "This may not be empty."),
        ({"title": "A"}, "scenario", "Field is required."),
        ({"title": "A", "scenario": ObjectId(), "order": -1}, "order", "At least 0 is needed."),
        ({"title": "A", "scenario": ObjectId(), "text": "\x00"}, "text", "The text holds a NUL"),
    ],
)
def test_a_new_document_names_its_first_fault(
    values: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        valid_new(Scene, values)

    assert caught.value.field == field
    assert caught.value.message.startswith(message)


def test_a_name_that_is_no_field_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="colour"):
        valid_new(Scenario, {"title": "Rock", "author": "1", "colour": "red"})


def test_an_entry_of_a_list_is_told_with_the_limit_of_entries() -> None:
    long = ["short", "x" * 201]

    with pytest.raises(InvalidInput) as changed:
        valid_changes(Scene, {"tags": long})
    with pytest.raises(InvalidInput) as made:
        valid_new(Scene, {"title": "A", "scenario": ObjectId(), "tags": long})

    for caught in (changed, made):
        told = (caught.value.field, caught.value.message)
        assert told == ("tags", "At most 200 characters are allowed.")
