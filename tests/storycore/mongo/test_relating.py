from __future__ import annotations

from bson import ObjectId

from scenarios.documents import Scene
from scenarios.queries.choices import choices_by_scene
from scenarios.queries.scenes import readable_scenes, scenes_by_scenario
from storycore.access import NOBODY, Actor
from storycore.mongo.connection import database
from storycore.mongo.reading import find_in, projection
from tests.conftest import CommandCounter
from tests.factories import a_scenario, a_scene, a_story


def test_a_batch_is_one_command_and_knows_every_key(owner: Actor, commands: CommandCounter) -> None:
    one, other = a_story(owner, scenes=150, choices=0), a_scenario(owner)
    absent = ObjectId()
    commands.names.clear()

    found = scenes_by_scenario(owner, [one, other, absent], ("title",))

    assert commands.names == ["find"]
    assert {key: len(rows) for key, rows in found.items()} == {one: 150, other: 0, absent: 0}
    assert set(found[one][0]) == {"_id", "title", "scenario"}


def test_no_keys_are_no_command(owner: Actor, commands: CommandCounter) -> None:
    commands.names.clear()

    assert find_in(Scene, "_id", [], None) == []
    assert commands.names == []


def test_a_guarded_row_is_found_only_when_its_parent_may_be_read(
    owner: Actor, stranger: Actor, admin: Actor, commands: CommandCounter
) -> None:
    scene = a_scene(owner, a_scenario(owner))
    public = a_scene(owner, a_scenario(owner, is_published=True))
    commands.names.clear()

    for actor, expected in ((NOBODY, False), (stranger, False), (owner, True), (admin, True)):
        assert (readable_scenes.find(actor, scene, ("title",)) is not None) is expected
        assert (scene in readable_scenes(actor, [scene, public], ("title",))) is expected
        assert public in readable_scenes(actor, [scene, public], ("title",))
    assert commands.names.count("aggregate") == 4


def test_lookups_bring_lists_in_the_relations_order(owner: Actor) -> None:
    a_story(owner, scenes=4, choices=3)
    row = database()["scenes"].find_one()
    assert row is not None

    found = readable_scenes.find(
        owner, row["_id"], ("title",), {"out": (choices_by_scene, "_id", ("text",))}
    )

    assert found is not None
    assert found["out"] == choices_by_scene(owner, [row["_id"]], ("text",))[row["_id"]]


def test_a_field_inside_another_is_projected_once() -> None:
    assert projection(("metadata", "metadata.size", "name")) == {"metadata": 1, "name": 1}
    assert projection(()) == {"_id": 1}
    assert projection(None) is None
