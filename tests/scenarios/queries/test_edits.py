"""Which edits do changes of documents come to?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from scenarios.queries.edits import (
    CHOICE,
    SCENARIO,
    SCENE,
    STORY_EDITS,
    Edit,
    EditedRows,
    StoryChange,
    is_after,
)
from storycore.access import Actor
from storycore.mongo.changes import Change, Kind
from tests.factories import a_choice, a_scenario, a_scene

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
COLLECTIONS = {SCENARIO: "scenarios", SCENE: "scenes", CHOICE: "choices"}


def a_change(
    thing: str,
    kind: Kind,
    key: Any,
    transaction: int | None = 1,
    names: tuple[str, ...] = (),
    **values: Any,
) -> Change:
    return Change(
        COLLECTIONS[thing],
        key,
        kind,
        MOMENT,
        values=values,
        names=frozenset(names or values),
        transaction=None if transaction is None else (b"session", transaction),
    )


def told(changes: list[Change], *wanted: ObjectId) -> list[StoryChange]:
    return [event.value for event in STORY_EDITS.events(changes, frozenset(wanted))]


def test_one_transaction_is_one_edit(owner: Actor) -> None:
    scenario, scene = a_scenario(owner), ObjectId()
    head = a_change(SCENARIO, "updated", scenario, revision=4, last_edit="abc.7", updated_at=MOMENT)

    (change,) = told([head, a_change(SCENE, "deleted", scene)], scenario)

    assert (change.revision, change.by, change.at, change.is_whole) == (4, "7", MOMENT, True)
    assert change.edits == (Edit(SCENE, "deleted", scene),)
    assert change.story is not None
    assert change.story["title"] == "The Lighthouse"


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["created", "updated"], ["created"]),
        (["updated", "updated"], ["updated"]),
        (["created", "deleted"], []),
        (["updated", "deleted"], ["deleted"]),
        (["deleted", "created"], ["updated"]),
        (["created", "deleted", "created"], ["created"]),
    ],
)
def test_what_happens_to_a_document_in_one_transaction_is_told_once(
    owner: Actor, kinds: list[Kind], expected: list[str]
) -> None:
    scenario, scene = a_scenario(owner), ObjectId()
    head = a_change(SCENARIO, "updated", scenario, revision=1)

    (change,) = told([head, *(a_change(SCENE, kind, scene) for kind in kinds)], scenario)

    assert [edit.kind for edit in change.edits] == expected


def test_the_scenarios_own_fields_are_an_edit_and_bookkeeping_is_none(owner: Actor) -> None:
    scenario = a_scenario(owner)
    head = a_change(
        SCENARIO, "updated", scenario, names=("revision", "updated_at", "updated_by", "last_edit")
    )
    titled = a_change(SCENARIO, "updated", scenario, 2, names=("title", "updated_at"))

    first, second = told([head, titled], scenario)

    assert (first.edits, second.edits) == ((), (Edit(SCENARIO, "updated", scenario),))


def test_two_stories_in_one_transaction_are_two_edits(owner: Actor, commands: Any) -> None:
    stories = [a_scenario(owner), a_scenario(owner)]
    scenes = [a_scene(owner, story) for story in stories]
    commands.names.clear()
    changes = [a_change(SCENE, "updated", scene, names=("image",)) for scene in scenes]
    changes += [a_change(SCENARIO, "updated", story, revision=9) for story in stories]

    found = told(changes, *stories)

    assert sorted((change.scenario, change.edits[0].id) for change in found) == sorted(
        zip(stories, scenes, strict=True)
    )
    # Whose the scenes are, and the stories.
    assert commands.names == ["find", "find"]


def test_a_write_outside_of_a_transaction_is_told_too(owner: Actor) -> None:
    scenario = a_scenario(owner)
    scene = a_scene(owner, scenario)

    (change,) = told([a_change(SCENE, "updated", scene, None, names=("text",))], scenario)

    assert (change.revision, change.by, change.edits) == (
        None,
        None,
        (Edit(SCENE, "updated", scene),),
    )
    assert is_after(change, 100)


def test_stories_that_nobody_follows_cost_nothing(owner: Actor, commands: Any) -> None:
    scenario, other = a_scenario(owner), a_scenario(owner)
    commands.names.clear()
    head = a_change(SCENARIO, "updated", other, revision=2)

    assert told([head, a_change(SCENE, "created", ObjectId(), scenario=other)], scenario) == []
    assert commands.names == []


def test_a_new_story_is_no_news() -> None:
    scenario, scene = ObjectId(), ObjectId()
    changes = [
        a_change(SCENARIO, "created", scenario, revision=0),
        a_change(SCENE, "created", scene, scenario=scenario),
    ]

    assert told(changes, scenario) == []


def test_a_removal_that_belongs_to_no_known_story_is_left_out(owner: Actor) -> None:
    assert told([a_change(SCENE, "deleted", ObjectId(), None)], a_scenario(owner)) == []


def test_a_story_that_is_gone_is_told_as_such(content: None) -> None:
    scenario = ObjectId()
    changes = [
        a_change(SCENARIO, "updated", scenario, revision=5),
        a_change(SCENARIO, "deleted", scenario),
    ]

    (event,) = STORY_EDITS.events(changes, {scenario})

    assert (event.is_last, event.value.story) == (True, None)
    assert event.value.edits == (Edit(SCENARIO, "deleted", scenario),)


@pytest.mark.parametrize(
    ("revision", "expected"), [(3, False), (4, False), (5, True), (None, True)]
)
def test_what_was_before_a_revision(revision: int | None, *, expected: bool) -> None:
    change = StoryChange(ObjectId(), revision, None, MOMENT, (), True, None, EditedRows(()))

    assert is_after(change, 4) is expected


def test_the_rows_of_an_edit_are_read_once_for_all(owner: Actor, commands: Any) -> None:
    scenario = a_scenario(owner)
    scenes = [a_scene(owner, scenario) for _ in range(3)]
    choice = a_choice(owner, scenes[0], scenes[1])
    edits = [Edit(SCENE, "updated", scene) for scene in scenes] + [Edit(CHOICE, "created", choice)]
    rows = EditedRows([*edits, Edit(SCENE, "deleted", ObjectId())])
    commands.names.clear()

    for _ in range(5):
        assert set(rows.of(SCENE)) == set(scenes)
    assert set(rows.of(CHOICE)) == {choice}
    assert commands.names == ["find", "find"]
