"""A reader begins, chooses, goes back, and goes on after the story was edited; nobody else sees them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from scenarios.errors import ChoiceNotHere, ConditionFailed, NoStartScene
from scenarios.queries.progress import reader_report
from scenarios.services.choices import update_choice
from scenarios.services.play import (
    create_progress,
    go_back_in_history,
    present_scene,
    record_progress,
    require_progress,
)
from scenarios.services.scenarios import update_scenario
from scenarios.services.scenes import delete_scene, update_scene
from storycore.access import NOBODY, Actor
from storycore.errors import Conflict, Forbidden, InvalidInput, NotFound
from storycore.mongo.connection import database
from tests.factories import a_choice, a_scenario, a_scene

VARIABLES = [{"name": "gold", "type": "integer", "default": 0, "min": 0, "max": 99}]


@dataclass
class Told:
    """A story of four scenes: hall, vault (needs gold), garden (gives gold), end."""

    key: ObjectId
    scenes: dict[str, ObjectId]
    choices: dict[str, ObjectId]


@pytest.fixture
def story(owner: Actor) -> Told:
    key = a_scenario(owner, variables=VARIABLES, is_published=True)
    scenes = {
        name: a_scene(owner, key, title=name, is_end_scene=name == "end")
        for name in ("hall", "garden", "vault", "end")
    }

    def way(from_: str, to: str, **fields: Any) -> ObjectId:
        return a_choice(owner, scenes[from_], scenes[to], **fields)

    choices = {
        "to garden": way("hall", "garden", text="Into the garden"),
        "dig": way(
            "garden", "hall", text="Dig", effects=[{"variable": "gold", "op": "add", "value": "5"}]
        ),
        "to vault": way("hall", "vault", text="Into the vault", condition="gold >= 5"),
        "open": way("vault", "end", text="Open it"),
    }
    return Told(key, scenes, choices)


def row(progress: ObjectId) -> dict[str, Any]:
    found: Any = database()["progress"].find_one({"_id": progress})
    return dict(found)


def scene_of(actor: Actor, progress: ObjectId) -> ObjectId:
    return present_scene(actor, progress).scene


def test_a_reader_goes_through_a_story(stranger: Actor, story: Told) -> None:
    play = create_progress(stranger, story.key)
    assert play.token is None
    assert (row(play.id)["current_scene"], row(play.id)["percentage"]) == (
        story.scenes["hall"],
        25.0,
    )

    for name in ("to garden", "dig", "to vault", "open"):
        record_progress(stranger, play.id, story.choices[name], seconds=2.5)

    stored = row(play.id)
    assert (stored["is_completed"], stored["percentage"]) == (True, 100.0)
    assert stored["variables"] == {"gold": 5}
    assert stored["total_time_spent"] == 10.0
    assert [step["choice"] for step in stored["history"]] == list(story.choices.values())
    assert [step["variables"]["gold"] for step in stored["history"]] == [0, 0, 5, 5]


def test_a_choice_is_shown_with_why_it_cannot_be_taken(stranger: Actor, story: Told) -> None:
    play = create_progress(stranger, story.key)

    shown = present_scene(stranger, play.id)

    assert [(one.choice.text, one.available, one.reason) for one in shown.offers] == [
        ("Into the garden", True, None),
        ("Into the vault", False, "CONDITION_FALSE"),
    ]
    assert shown.offers[1].message == "This needs: gold >= 5"
    with pytest.raises(ConditionFailed):
        record_progress(stranger, play.id, story.choices["to vault"])
    with pytest.raises(ChoiceNotHere):
        record_progress(stranger, play.id, story.choices["open"])
    assert row(play.id)["history"] == []


def test_going_back_restores_values_and_undoes_an_ending(stranger: Actor, story: Told) -> None:
    play = create_progress(stranger, story.key)
    for name in ("to garden", "dig", "to vault", "open"):
        record_progress(stranger, play.id, story.choices[name])

    go_back_in_history(stranger, play.id, 3)

    stored = row(play.id)
    assert (stored["current_scene"], stored["variables"]) == (story.scenes["garden"], {"gold": 0})
    assert (stored["is_completed"], len(stored["history"])) == (False, 1)
    for steps in (0, 2, -1):
        with pytest.raises(InvalidInput):
            go_back_in_history(stranger, play.id, steps)


def test_values_of_every_type_hold_from_one_step_to_the_next(owner: Actor, stranger: Actor) -> None:
    variables = [
        {"name": "lit", "type": "boolean"},
        {"name": "far", "type": "integer", "default": 5_000_000_000},
        {"name": "half", "type": "number", "default": 0.5},
        {"name": "name", "type": "string", "default": "Ann"},
        {"name": "mood", "type": "enum", "values": ["glad", "sad"]},
        {"name": "bag", "type": "list"},
    ]
    effects = [
        {"variable": "lit", "op": "toggle"},
        {"variable": "far", "op": "add", "value": "1"},
        {"variable": "half", "op": "set", "value": "half + 0.5"},
        {"variable": "name", "op": "set", "value": 'name + "a"'},
        {"variable": "mood", "op": "set", "value": '"sad"'},
        {"variable": "bag", "op": "append", "value": '"key"'},
        {"variable": "bag", "op": "append", "value": "half"},
    ]
    holds = (
        'lit and far == 5000000001 and half == 1 and name == "Anna" and mood == "sad"'
        ' and bag == ["key", 1] and "key" in bag'
    )
    key = a_scenario(owner, variables=variables, is_published=True)
    first, second = a_scene(owner, key, title="First"), a_scene(owner, key, title="Second")
    change = a_choice(owner, first, second, text="Change", effects=effects)
    back = a_choice(owner, second, first, text="Back", condition=holds)
    fresh = a_choice(owner, first, second, text="Fresh", condition='bag == [] and "key" not in bag')
    play = create_progress(stranger, key)

    record_progress(stranger, play.id, change)
    record_progress(stranger, play.id, back)
    with pytest.raises(ConditionFailed):
        record_progress(stranger, play.id, fresh)
    go_back_in_history(stranger, play.id, 2)
    record_progress(stranger, play.id, fresh)

    assert present_scene(stranger, play.id).variables["bag"] == ()


def test_a_choice_for_once_is_taken_once(owner: Actor, stranger: Actor, story: Told) -> None:
    update_choice(owner, story.choices["to garden"], {"once": True})
    play = create_progress(stranger, story.key)
    record_progress(stranger, play.id, story.choices["to garden"])
    record_progress(stranger, play.id, story.choices["dig"])

    with pytest.raises(ConditionFailed) as refusal:
        record_progress(stranger, play.id, story.choices["to garden"])

    assert refusal.value.details["reason"] == "ALREADY_TAKEN"


def test_entering_a_scene_changes_values_and_hidden_scenes_stay_shut(
    owner: Actor, stranger: Actor, story: Told
) -> None:
    update_scene(
        owner,
        story.scenes["garden"],
        {"on_enter": [{"variable": "gold", "op": "add", "value": "1"}], "visible_if": "gold < 6"},
    )
    play = create_progress(stranger, story.key)

    record_progress(stranger, play.id, story.choices["to garden"])
    assert row(play.id)["variables"] == {"gold": 1}
    record_progress(stranger, play.id, story.choices["dig"])

    assert present_scene(stranger, play.id).offers[0].reason == "SCENE_HIDDEN"


def test_a_reader_whose_scene_has_gone_goes_on_at_the_nearest_earlier_one(
    owner: Actor, stranger: Actor, story: Told
) -> None:
    play = create_progress(stranger, story.key)
    for name in ("to garden", "dig", "to vault"):
        record_progress(stranger, play.id, story.choices[name])

    delete_scene(owner, story.scenes["vault"])

    shown = present_scene(stranger, play.id)
    assert (shown.scene, shown.was_moved) == (story.scenes["hall"], True)
    assert shown.variables == {"gold": 5}
    assert reader_report(owner, story.key) == {"readers": 1, "completed": 0, "moved": 1}
    record_progress(stranger, play.id, story.choices["to garden"])
    assert row(play.id)["moved"] == 1
    assert reader_report(owner, story.key) == {"readers": 1, "completed": 0, "moved": 1}


def test_new_variables_get_their_default_in_a_play_that_goes_on(
    owner: Actor, stranger: Actor, story: Told
) -> None:
    play = create_progress(stranger, story.key)
    more = [*VARIABLES, {"name": "key", "type": "boolean", "default": True}]

    update_scenario(owner, story.key, {"variables": more})
    record_progress(stranger, play.id, story.choices["to garden"])

    assert row(play.id)["variables"] == {"gold": 0, "key": True}
    assert row(play.id)["revision"] == database()["scenarios"].find_one()["revision"]  # type: ignore[index]


def test_a_play_is_its_readers_own(
    owner: Actor, stranger: Actor, admin: Actor, story: Told
) -> None:
    play = create_progress(stranger, story.key)

    for actor in (NOBODY, owner):
        with pytest.raises(NotFound):
            present_scene(actor, play.id)
        with pytest.raises(NotFound):
            record_progress(actor, play.id, story.choices["to garden"])
    assert scene_of(admin, play.id) == story.scenes["hall"]


def test_nobody_plays_by_a_token(stranger: Actor, story: Told) -> None:
    play = create_progress(NOBODY, story.key)
    assert play.token is not None
    assert play.token not in str(row(play.id))

    record_progress(NOBODY, play.id, story.choices["to garden"], token=play.token)

    assert row(play.id)["current_scene"] == story.scenes["garden"]
    for actor, token in ((NOBODY, None), (NOBODY, "x"), (stranger, None)):
        with pytest.raises(NotFound):
            require_progress(actor, play.id, token)


def test_an_unpublished_story_is_played_by_its_author_alone(
    owner: Actor, stranger: Actor, story: Told
) -> None:
    play = create_progress(stranger, story.key)
    update_scenario(owner, story.key, {"is_published": False})

    for act in (
        lambda: create_progress(stranger, story.key),
        lambda: create_progress(NOBODY, story.key),
        lambda: record_progress(stranger, play.id, story.choices["to garden"]),
    ):
        with pytest.raises(NotFound):
            act()
    assert create_progress(owner, story.key).token is None


def test_a_story_without_a_beginning_cannot_be_begun(owner: Actor) -> None:
    with pytest.raises(NoStartScene):
        create_progress(owner, a_scenario(owner))


def test_two_choices_at_once_take_one(stranger: Actor, story: Told) -> None:
    play = create_progress(stranger, story.key)
    outcomes: list[str] = []

    def choose() -> None:
        try:
            record_progress(stranger, play.id, story.choices["to garden"])
        except (Conflict, ChoiceNotHere) as problem:
            outcomes.append(problem.code)
        else:
            outcomes.append("taken")

    threads = [threading.Thread(target=choose) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("taken") == 1
    assert len(row(play.id)["history"]) == 1


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), 1e9])
def test_an_impossible_time_is_refused(stranger: Actor, story: Told, seconds: float) -> None:
    play = create_progress(stranger, story.key)

    with pytest.raises(InvalidInput):
        record_progress(stranger, play.id, story.choices["to garden"], seconds=seconds)


def test_the_report_is_the_authors(owner: Actor, stranger: Actor, story: Told) -> None:
    with pytest.raises(Forbidden):
        reader_report(stranger, story.key)
    assert reader_report(owner, story.key)["readers"] == 0


def test_a_play_that_remembers_too_much_ends_with_a_word(owner: Actor) -> None:
    texts = [{"name": f"t{n}", "type": "string", "default": "x" * 1_000} for n in range(1_000)]
    key = a_scenario(owner, variables=texts)
    here = a_scene(owner, key)
    again = a_choice(owner, here, here)
    play = create_progress(owner, key)

    def go_on() -> None:
        for _ in range(20):
            record_progress(owner, play.id, again)

    with pytest.raises(InvalidInput) as refusal:
        go_on()

    assert refusal.value.field == "progress_id"
    steps = len(row(play.id)["history"])
    assert 10 < steps < 16
    go_back_in_history(owner, play.id, 1)
    assert len(row(play.id)["history"]) == steps - 1
