from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from scenarios.services.graph_saving import save_scenario
from storycore.access import NOBODY, Actor
from storycore.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    InvalidReference,
    NotFound,
    Unauthenticated,
)
from storycore.mongo.connection import database
from tests.factories import a_choice, a_scenario, a_scene, a_story, an_asset
from tests.scenarios.invariants import broken_invariants


def whole(scenario: ObjectId) -> dict[str, list[Any]]:
    return {
        name: list(database()[name].find({key: scenario}).sort("_id"))
        for name, key in (("scenarios", "_id"), ("scenes", "scenario"), ("choices", "scenario"))
    }


def a_graph() -> list[Any]:
    return [
        {
            "id": "tmp-a",
            "title": "Beach",
            "text": "Waves.",
            "choices": [{"id": "tmp-c", "text": "Climb", "to_scene": "tmp-b"}],
        },
        {"id": "tmp-b", "title": "Cliff", "text": "Wind.", "is_end_scene": True, "choices": []},
    ]


def test_client_keys_become_ids(owner: Actor) -> None:
    scenario = a_scenario(owner)

    saved = save_scenario(owner, scenario, {"title": "New"}, a_graph(), expected_revision=0)

    stored = whole(scenario)
    assert (saved.revision, saved.created, saved.updated, saved.removed) == (1, 3, 0, 0)
    assert set(saved.keys) == {"tmp-a", "tmp-b", "tmp-c"}
    assert stored["scenarios"][0]["title"] == "New"
    assert [scene["title"] for scene in stored["scenes"]] == ["Beach", "Cliff"]
    assert stored["choices"][0]["from_scene"] == saved.keys["tmp-a"]
    assert stored["choices"][0]["to_scene"] == saved.keys["tmp-b"]
    assert broken_invariants() == []


def test_the_given_graph_replaces_the_stored_one(owner: Actor) -> None:
    scenario = a_scenario(owner)
    kept, dropped = a_scene(owner, scenario), a_scene(owner, scenario)
    a_choice(owner, kept, dropped)

    saved = save_scenario(
        owner,
        scenario,
        {},
        [
            {"id": str(kept), "title": "Kept", "text": "Still here."},
            {"title": "Third", "text": "New.", "is_start_scene": True},
        ],
    )

    stored = whole(scenario)
    assert (saved.created, saved.updated, saved.removed) == (1, 1, 2)
    assert {scene["title"]: scene["is_start_scene"] for scene in stored["scenes"]} == {
        "Kept": False,
        "Third": True,
    }
    assert stored["choices"] == []
    assert broken_invariants() == []


def test_saving_the_same_story_again_writes_no_scene(owner: Actor) -> None:
    scenario = a_scenario(owner)
    first = save_scenario(owner, scenario, {}, a_graph())
    again = a_graph()
    for scene in again:
        scene["id"] = str(first.keys[scene["id"]])
        for choice in scene["choices"]:
            choice["id"] = str(first.keys[choice["id"]])
            choice["to_scene"] = str(first.keys[choice["to_scene"]])
    before = whole(scenario)

    saved = save_scenario(owner, scenario, {}, again, expected_revision=first.revision)

    assert (saved.created, saved.updated, saved.removed) == (0, 0, 0)
    assert whole(scenario)["scenes"] == before["scenes"]
    assert whole(scenario)["choices"] == before["choices"]


def test_fields_that_are_left_out_stay_and_null_clears(owner: Actor) -> None:
    scenario = a_scenario(owner)
    picture = an_asset(owner)
    scene = a_scene(owner, scenario, image=picture, position={"x": 3.0, "y": 4.0})

    save_scenario(owner, scenario, {}, [{"id": str(scene), "title": "A", "text": "B"}])
    kept = whole(scenario)["scenes"][0]
    save_scenario(
        owner, scenario, {}, [{"id": str(scene), "title": "A", "text": "B", "image": None}]
    )
    cleared = whole(scenario)["scenes"][0]

    assert (kept["image"], kept["position"]) == (picture, {"x": 3.0, "y": 4.0})
    assert cleared["image"] is None


def test_a_stale_revision_is_refused_with_the_present_one(owner: Actor) -> None:
    scenario = a_story(owner)
    before = whole(scenario)

    with pytest.raises(Conflict) as refusal:
        save_scenario(owner, scenario, {"title": "Lost"}, a_graph(), expected_revision=1)

    assert refusal.value.details == {"revision": before["scenarios"][0]["revision"]}
    assert whole(scenario) == before


@pytest.mark.parametrize(
    ("break_it", "error", "field"),
    [
        (lambda g: g[0].update(title=""), InvalidInput, "scenes.0.title"),
        (lambda g: g[1].update(text=" "), InvalidInput, "scenes.1.text"),
        (lambda g: g[0].update(id="nonsense"), InvalidReference, "scenes.0.id"),
        (lambda g: g[0].update(id=str(ObjectId())), InvalidReference, "scenes.0.id"),
        (lambda g: g[1].update(id="tmp-a"), InvalidInput, "scenes.1.id"),
        (
            lambda g: g[0]["choices"][0].update(to_scene="tmp-zzz"),
            InvalidReference,
            "scenes.0.choices.0.to_scene",
        ),
        (
            lambda g: g[0]["choices"][0].update(to_scene="tmp-c"),
            InvalidReference,
            "scenes.0.choices.0.to_scene",
        ),
        (lambda g: g[0]["choices"][0].update(text=""), InvalidInput, "scenes.0.choices.0.text"),
        (
            lambda g: g[0]["choices"][0].update(effects=[{"variable": "x", "op": "explode"}]),
            InvalidInput,
            "scenes.0.choices.0.effects.0.op",
        ),
        (
            lambda g: [scene.update(is_start_scene=True) for scene in g],
            InvalidInput,
            "scenes.1.is_start_scene",
        ),
        (lambda g: g[0].update(image=ObjectId()), InvalidReference, "scenes.0.image"),
    ],
)
def test_a_wrong_graph_is_named_and_nothing_is_written(
    owner: Actor, break_it: Any, error: type[InvalidInput], field: str
) -> None:
    scenario = a_story(owner)
    before = whole(scenario)
    graph = a_graph()
    break_it(graph)

    with pytest.raises(error) as refusal:
        save_scenario(owner, scenario, {"title": "Half"}, graph)

    assert refusal.value.field == field
    assert whole(scenario) == before


def test_a_scene_of_another_story_is_refused(owner: Actor) -> None:
    scenario, other = a_scenario(owner), a_scenario(owner)
    foreign = a_scene(owner, other)

    with pytest.raises(InvalidReference):
        save_scenario(owner, scenario, {}, [{"id": str(foreign), "title": "T", "text": "x"}])

    assert len(whole(other)["scenes"]) == 1


def test_only_the_owner_saves(owner: Actor, stranger: Actor) -> None:
    scenario = a_story(owner)
    before = whole(scenario)

    with pytest.raises(Unauthenticated):
        save_scenario(NOBODY, scenario, {}, [])
    with pytest.raises(Forbidden):
        save_scenario(stranger, scenario, {}, [])
    with pytest.raises(NotFound):
        save_scenario(owner, ObjectId(), {}, [])

    assert whole(scenario) == before


def test_an_empty_graph_empties_the_story(owner: Actor) -> None:
    scenario = a_story(owner, scenes=3, choices=2)

    saved = save_scenario(owner, scenario, {}, [])

    assert saved.removed == 9
    assert broken_invariants() == []
