from __future__ import annotations

import pytest
from bson import ObjectId

from scenarios.services.graph_saving import save_scenario
from scenarios.services.scenarios import duplicate_scenario
from scenarios.services.scenes import create_scene, delete_scene, update_scene
from storycore.access import NOBODY, Actor
from storycore.errors import (
    Forbidden,
    InvalidInput,
    InvalidReference,
    NotFound,
    StoryCoreError,
    Unauthenticated,
)
from storycore.mongo.connection import database
from tests.factories import a_choice, a_scenario, a_scene, a_story, an_asset
from tests.scenarios.invariants import broken_invariants


def start_of(scenario: ObjectId) -> list[ObjectId]:
    found = database()["scenes"].find({"scenario": scenario, "is_start_scene": True})
    return [row["_id"] for row in found]


def test_the_first_scene_is_the_start_and_later_ones_come_last(owner: Actor) -> None:
    scenario = a_scenario(owner)

    first = a_scene(owner, scenario)
    second = a_scene(owner, scenario)

    rows = {row["_id"]: row for row in database()["scenes"].find()}
    assert (rows[first]["is_start_scene"], rows[first]["order"]) == (True, 0)
    assert (rows[second]["is_start_scene"], rows[second]["order"]) == (False, 1)


def test_a_new_scene_comes_last_whatever_happened_before(owner: Actor) -> None:
    scenario = a_scenario(owner)

    def orders() -> list[int]:
        found = database()["scenes"].find({"scenario": scenario}).sort("order", 1)
        assert broken_invariants() == []
        return [row["order"] for row in found]

    scenes = [a_scene(owner, scenario) for _ in range(3)]
    a_choice(owner, scenes[0], scenes[1])
    update_scene(owner, scenes[0], {"title": "Other"})
    scenes.append(a_scene(owner, scenario))
    assert orders() == [0, 1, 2, 3]

    delete_scene(owner, scenes.pop())
    scenes.append(a_scene(owner, scenario))
    assert orders() == [0, 1, 2, 3]

    update_scene(owner, scenes[0], {"order": 10})
    scenes.append(a_scene(owner, scenario))
    assert orders() == [1, 2, 3, 10, 11]

    scenes.append(a_scene(owner, scenario, order=20))
    scenes.append(a_scene(owner, scenario))
    scenes.append(a_scene(owner, scenario))
    assert orders() == [1, 2, 3, 10, 11, 20, 21, 22]

    for scene in scenes:
        delete_scene(owner, scene)
    a_scene(owner, scenario)
    assert orders() == [0]
    assert len(start_of(scenario)) == 1

    save_scenario(owner, scenario, {}, [{"title": "Only", "text": "x", "choices": []}])
    a_scene(owner, scenario)
    assert orders() == [0, 1]
    copy = duplicate_scenario(owner, scenario)
    a_scene(owner, copy)
    a_scene(owner, scenario)
    assert orders() == [0, 1, 2]


def test_a_new_start_takes_the_flag_from_the_old_one(owner: Actor) -> None:
    scenario = a_scenario(owner)
    first = a_scene(owner, scenario)
    second = a_scene(owner, scenario, is_start_scene=True)
    assert start_of(scenario) == [second]

    update_scene(owner, first, {"is_start_scene": True})

    assert start_of(scenario) == [first]


def test_taking_the_flag_from_the_start_gives_it_to_the_first_other_scene(owner: Actor) -> None:
    scenario = a_scenario(owner)
    first, second = a_scene(owner, scenario), a_scene(owner, scenario)
    a_scene(owner, scenario)

    update_scene(owner, first, {"is_start_scene": False})

    assert start_of(scenario) == [second]


def test_the_only_scene_stays_the_start(owner: Actor) -> None:
    scenario = a_scenario(owner)
    only = a_scene(owner, scenario)

    update_scene(owner, only, {"is_start_scene": False, "title": "Alone"})

    assert start_of(scenario) == [only]


def test_an_update_leaves_what_it_does_not_name_and_clears_what_is_none(owner: Actor) -> None:
    scenario = a_scenario(owner)
    picture = an_asset(owner)
    scene = a_scene(owner, scenario, image=picture, position={"x": 1.5, "y": -2.0})

    update_scene(owner, scene, {"title": "Renamed"})
    kept = database()["scenes"].find_one({"_id": scene})
    update_scene(owner, scene, {"image": None})
    cleared = database()["scenes"].find_one({"_id": scene})

    assert kept is not None
    assert cleared is not None
    assert (kept["title"], kept["image"], kept["position"]) == (
        "Renamed",
        picture,
        {"x": 1.5, "y": -2.0},
    )
    assert (cleared["title"], cleared["image"]) == ("Renamed", None)


def test_deleting_a_scene_takes_its_choices_and_those_that_lead_to_it(owner: Actor) -> None:
    scenario = a_scenario(owner)
    first, second, third = (a_scene(owner, scenario) for _ in range(3))
    a_choice(owner, first, second)
    a_choice(owner, second, third)
    kept = a_choice(owner, first, third)

    gone = delete_scene(owner, second)

    assert gone.choices == 2
    assert [row["_id"] for row in database()["choices"].find()] == [kept]
    assert broken_invariants() == []


def test_deleting_the_start_makes_the_first_left_the_start(owner: Actor) -> None:
    scenario = a_scenario(owner)
    first, second = a_scene(owner, scenario), a_scene(owner, scenario)

    delete_scene(owner, first)

    assert start_of(scenario) == [second]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "nul\x00"}, "title"),
        ({"title": "half \ud800"}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * 1_000_001}, "text"),
        ({"order": -1}, "order"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_written(
    owner: Actor, fields: dict[str, object], field: str
) -> None:
    scenario = a_scenario(owner)

    with pytest.raises(InvalidInput) as refusal:
        a_scene(owner, scenario, **fields)

    assert refusal.value.field == field
    assert database()["scenes"].count_documents({}) == 0
    assert database()["scenarios"].distinct("revision") == [0]


def test_media_must_be_of_the_right_type_and_usable(owner: Actor, stranger: Actor) -> None:
    scenario = a_scenario(owner)
    sound = an_asset(owner, "sound")
    private = an_asset(stranger, is_public=False)

    for field, asset in (("image", sound), ("image", private), ("music", ObjectId())):
        with pytest.raises(InvalidReference) as refusal:
            create_scene(
                owner,
                {"scenario": scenario, "title": "T", "text": "x", field: asset},  # type: ignore[misc]
            )
        assert refusal.value.field == field

    assert database()["scenes"].count_documents({}) == 0


@pytest.mark.parametrize(("who", "error"), [("nobody", Unauthenticated), ("stranger", Forbidden)])
def test_only_the_owner_and_admins_change_scenes(
    owner: Actor, stranger: Actor, who: str, error: type[StoryCoreError]
) -> None:
    scenario = a_story(owner, scenes=2)
    scene = start_of(scenario)[0]
    actor = {"nobody": NOBODY, "stranger": stranger}[who]
    before = list(database()["scenes"].find())

    with pytest.raises(error):
        a_scene(actor, scenario)
    with pytest.raises(error):
        update_scene(actor, scene, {"title": "Mine"})
    with pytest.raises(error):
        delete_scene(actor, scene)

    assert list(database()["scenes"].find()) == before


def test_an_admin_may_change_any_scene(owner: Actor, admin: Actor) -> None:
    scenario = a_story(owner, scenes=1)
    scene = start_of(scenario)[0]

    update_scene(admin, scene, {"title": "Edited"})

    assert database()["scenes"].distinct("title") == ["Edited"]


def test_a_scene_that_is_not_there_is_not_found(owner: Actor) -> None:
    with pytest.raises(NotFound):
        update_scene(owner, ObjectId(), {"title": "x"})
    with pytest.raises(NotFound):
        delete_scene(owner, ObjectId())
    with pytest.raises(NotFound):
        a_scene(owner, ObjectId())


def test_every_change_raises_the_revision(owner: Actor) -> None:
    scenario = a_scenario(owner)
    first, second = a_scene(owner, scenario), a_scene(owner, scenario)
    a_choice(owner, first, second)
    update_scene(owner, first, {"title": "x"})
    delete_scene(owner, second)

    row = database()["scenarios"].find_one({"_id": scenario})

    assert row is not None
    assert row["revision"] == 5
