"""Many writers at one story: everything lands or is refused, and no invariant breaks."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bson import ObjectId

from assets.services.deletion import delete_asset
from scenarios.services.choices import create_choice, delete_choices, update_choice
from scenarios.services.graph_saving import save_scenario
from scenarios.services.scenarios import delete_scenario, duplicate_scenario
from scenarios.services.scenes import create_scene, delete_scene, update_scene
from storycore.access import Actor
from storycore.errors import Conflict, InvalidReference, NotFound, StoryCoreError
from storycore.mongo.connection import database
from tests.factories import a_scenario, a_scene, a_story, an_asset
from tests.scenarios.invariants import broken_invariants

WRITERS = 20


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """What each work returned or raised, all begun together."""

    def outcome(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except StoryCoreError as problem:
            return problem

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(outcome, works))


def test_twenty_writers_lose_no_scene_and_leave_one_start(owner: Actor) -> None:
    scenario = a_scenario(owner)

    def write(number: int) -> list[ObjectId]:
        return [
            create_scene(
                owner,
                {
                    "scenario": scenario,
                    "title": f"{number}.{turn}",
                    "text": "x",
                    "is_start_scene": turn % 2 == 0,
                },
            )
            for turn in range(5)
        ]

    made = at_once([lambda number=number: write(number) for number in range(WRITERS)])

    ids = {key for keys in made for key in keys}
    assert len(ids) == WRITERS * 5
    assert {row["_id"] for row in database()["scenes"].find()} == ids
    assert database()["scenarios"].distinct("revision") == [WRITERS * 5]
    orders = [row["order"] for row in database()["scenes"].find()]
    assert sorted(orders) == list(range(WRITERS * 5))
    assert broken_invariants() == []


def test_of_twenty_saves_of_one_revision_exactly_one_lands(owner: Actor) -> None:
    scenario = a_story(owner)
    revision = database()["scenarios"].distinct("revision")[0]

    def save(number: int) -> Any:
        scenes: Any = [{"title": f"Only {number}", "text": "x"}]
        return save_scenario(
            owner, scenario, {"title": f"By {number}"}, scenes, expected_revision=revision
        )

    outcomes = at_once([lambda number=number: save(number) for number in range(WRITERS)])

    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert len(refused) == WRITERS - 1
    assert all(one.details == {"revision": revision + 1} for one in refused)
    title = database()["scenarios"].distinct("title")[0]
    assert database()["scenes"].distinct("title") == [title.replace("By", "Only")]
    assert broken_invariants() == []


def test_two_writers_of_different_fields_lose_no_edit(owner: Actor) -> None:
    scenario = a_scenario(owner)
    scene = a_scene(owner, scenario)

    for turn in range(10):
        title, text = f"title {turn}", f"text {turn}"
        at_once(
            [
                lambda title=title: update_scene(owner, scene, {"title": title}),
                lambda text=text: update_scene(owner, scene, {"text": text}),
            ]
        )
        row = database()["scenes"].find_one({"_id": scene})
        assert row is not None
        assert (row["title"], row["text"]) == (title, text)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_storm_of_all_kinds_of_writes_breaks_nothing(owner: Actor, seed: int) -> None:
    scenario = a_story(owner, scenes=8, choices=2)
    picture = an_asset(owner)

    def write(number: int) -> list[str]:
        chance = random.Random(seed * 1_000 + number)
        problems: list[str] = []
        for _ in range(12):
            scenes = [row["_id"] for row in database()["scenes"].find({"scenario": scenario})]
            choices = [row["_id"] for row in database()["choices"].find({"scenario": scenario})]
            if not scenes:
                break
            one, other = chance.choice(scenes), chance.choice(scenes)
            acts: list[Callable[[], Any]] = [
                lambda: create_scene(owner, {"scenario": scenario, "title": "n", "text": "n"}),
                lambda: create_scene(
                    owner,
                    {"scenario": scenario, "title": "n", "text": "n", "is_start_scene": True},
                ),
                lambda one=one: delete_scene(owner, one),
                lambda one=one: update_scene(owner, one, {"is_start_scene": True}),
                lambda one=one: update_scene(owner, one, {"is_start_scene": False}),
                lambda one=one: update_scene(owner, one, {"image": picture}),
                lambda one=one: update_scene(owner, one, {"order": chance.randrange(40)}),
                lambda: create_scene(
                    owner,
                    {
                        "scenario": scenario,
                        "title": "n",
                        "text": "n",
                        "order": chance.randrange(40),
                    },
                ),
                lambda one=one, other=other: create_choice(
                    owner, {"from_scene": one, "to_scene": other, "text": "go"}
                ),
                lambda other=other, choices=choices: (
                    choices and update_choice(owner, chance.choice(choices), {"to_scene": other})
                ),
                lambda choices=choices: choices and delete_choices(owner, [chance.choice(choices)]),
            ]
            try:
                chance.choice(acts)()
            except (Conflict, NotFound, InvalidReference):
                continue
            except Exception as problem:  # noqa: BLE001 - whatever it is, the test shows it
                problems.append(repr(problem))
        return problems

    outcomes = at_once([lambda number=number: write(number) for number in range(WRITERS)])

    assert [problem for problems in outcomes for problem in problems] == []
    assert broken_invariants() == []


def test_deleting_a_story_while_others_write_leaves_nothing(owner: Actor) -> None:
    scenario = a_story(owner, scenes=5)

    def write() -> None:
        for _ in range(5):
            create_scene(owner, {"scenario": scenario, "title": "late", "text": "x"})

    works: list[Callable[[], Any]] = [write for _ in range(8)]
    outcomes = at_once([*works, lambda: delete_scenario(owner, scenario)])

    assert all(one is None or isinstance(one, NotFound) for one in outcomes[:-1])
    assert database()["scenes"].count_documents({}) == 0
    assert database()["choices"].count_documents({}) == 0


def test_a_copy_that_is_made_during_writes_is_whole(owner: Actor) -> None:
    scenario = a_story(owner, scenes=10, choices=3)
    scenes = [row["_id"] for row in database()["scenes"].find()]

    outcomes = at_once(
        [
            *[lambda: duplicate_scenario(owner, scenario) for _ in range(4)],
            *[lambda scene=scene: delete_scene(owner, scene) for scene in scenes[:6]],
        ]
    )

    assert not [one for one in outcomes if isinstance(one, StoryCoreError)]
    assert broken_invariants() == []


def test_an_asset_that_is_deleted_by_force_is_in_no_scene(owner: Actor) -> None:
    scenario = a_scenario(owner)
    picture = an_asset(owner, file=None)
    scenes = [a_scene(owner, scenario, image=picture) for _ in range(5)]

    outcomes = at_once(
        [
            lambda: delete_asset(owner, picture, force=True),
            *[
                lambda scene=scene: update_scene(owner, scene, {"image": picture})
                for scene in scenes
            ],
        ]
    )

    assert all(one is None or isinstance(one, InvalidReference) for one in outcomes[1:])
    assert database()["assets"].count_documents({}) == 0
