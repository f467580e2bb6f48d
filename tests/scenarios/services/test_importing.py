"""A story that is imported, stored and exported again is the same story; what is refused leaves nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from scenarios.documents import TEXT_MAX
from scenarios.formats import READABLE, WRITABLE, read_story
from scenarios.formats.base import ImportedStory
from scenarios.services.exporting import export_story, stored_story
from scenarios.services.importing import ImportOrder, import_story
from scenarios.services.scenes import update_scene
from scenarios.services.sweeping import sweep_stories
from storycore.access import NOBODY, Actor
from storycore.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from storycore.mongo.connection import database
from tests.factories import a_choice, a_scenario, a_scene
from tests.scenarios.invariants import broken_invariants

CORPUS = sorted(
    path for path in (Path(__file__).parents[1] / "formats" / "corpus").rglob("*") if path.is_file()
)
COUNTED = ("scenarios", "scenes", "choices", "assets")


def counts() -> dict[str, int]:
    return {name: database()[name].count_documents({}) for name in COUNTED}


def imported(owner: Actor, path: Path) -> ImportedStory:
    """The story as it is stored, in the neutral shape."""
    key = import_story(owner, path.read_bytes(), ImportOrder(file_name=path.name)).scenario
    assert key is not None
    assert broken_invariants() == []
    return stored_story(owner, key)[0]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_stored_story_is_the_story_of_the_file(owner: Actor, path: Path) -> None:
    original = read_story(path.read_bytes(), "auto", path.name)

    stored = imported(owner, path)

    assert [passage.name for passage in stored.passages] == [p.name for p in original.passages]
    for ours, theirs in zip(stored.passages, original.passages, strict=True):
        assert ours == theirs
    assert stored.start == original.start
    assert (stored.title, stored.variables, stored.ifid) == (
        original.title,
        original.variables,
        original.ifid,
    )
    assert (stored.extras, stored.metadata) == (original.extras, original.metadata)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_import_export_import_gives_the_same_story(owner: Actor, path: Path) -> None:
    original = read_story(path.read_bytes(), "auto", path.name)
    name = original.format if original.format in WRITABLE else "bundle"
    key = import_story(owner, path.read_bytes(), ImportOrder(file_name=path.name)).scenario
    assert key is not None

    file = export_story(owner, key, name)

    again = read_story(file.content, "auto", file.filename)
    assert [p.name for p in again.passages] == [p.name for p in original.passages]
    assert [p.text for p in again.passages] == [p.text for p in original.passages]
    assert [p.links for p in again.passages] == [p.links for p in original.passages]
    assert [p.tags for p in again.passages] == [p.tags for p in original.passages]
    assert [p.position for p in again.passages] == [p.position for p in original.passages]
    assert [p.source for p in again.passages] == [p.source for p in original.passages]


def many_passages(count: int) -> bytes:
    """A story with that many passages, three links each."""
    text = ":: StoryTitle\nBig\n\n"
    for n in range(count):
        links = "\n".join(f"[[{way}->P{n * way % count}]]" for way in (1, 3, 7))
        text += f":: P{n}\nThe path goes on.\n{links}\n\n"
    return text.encode()


def test_a_large_story_comes_whole(owner: Actor) -> None:
    key = import_story(owner, many_passages(1_200), ImportOrder(file_name="big.twee")).scenario

    assert database()["scenes"].count_documents({"scenario": key}) == 1_200
    assert database()["choices"].count_documents({"scenario": key}) == 3_600
    assert broken_invariants() == []


def test_a_large_story_that_fails_leaves_nothing(owner: Actor) -> None:
    data = many_passages(1_200) + b":: Long\n" + b"x" * (TEXT_MAX + 1)

    with pytest.raises(InvalidInput) as refusal:
        import_story(owner, data, ImportOrder(file_name="big.twee"))

    assert refusal.value.field == "scenes.1200.text"
    assert counts() == dict.fromkeys(COUNTED, 0)


def test_what_an_interrupted_import_left_is_swept(owner: Actor) -> None:
    kept = a_scenario(owner)
    a_scene(owner, kept)
    database()["scenes"].insert_one(
        {"scenario": ObjectId(), "created_at": datetime(2020, 1, 1, tzinfo=UTC)}
    )
    database()["choices"].insert_one(
        {"scenario": ObjectId(), "created_at": datetime(2020, 1, 1, tzinfo=UTC)}
    )

    assert sweep_stories() == 2

    assert counts()["scenes"] == 1
    assert sweep_stories() == 0


def test_a_scene_that_was_changed_here_goes_out_changed(owner: Actor) -> None:
    data = b":: StoryTitle\nT\n\n:: A [x]\nOld words.\n[[B]]\n\n:: B\nEnd.\n"
    key = import_story(owner, data, ImportOrder(file_name="t.twee")).scenario
    assert key is not None
    scene = database()["scenes"].find_one({"scenario": key, "title": "A"})
    assert scene is not None

    update_scene(owner, scene["_id"], {"text": "New words.", "title": "Anew", "tags": ["y"]})

    again = read_story(export_story(owner, key, "twee").content, "twee")
    first = again.passages[0]
    assert (first.name, first.text, first.tags) == ("Anew", "New words.", ("y",))
    assert [link.target for link in first.links] == ["B"]


@pytest.mark.parametrize("form", [name for name in WRITABLE if name in READABLE])
def test_a_story_made_here_goes_out_and_comes_back(owner: Actor, form: str) -> None:
    key = a_scenario(
        owner, title="Made here", variables=[{"name": "gold", "type": "integer", "default": 2}]
    )
    one = a_scene(owner, key, title="One", text="First.", position={"x": 10.0, "y": 20.0})
    two = a_scene(owner, key, title="Two", text="Second.", is_end_scene=True)
    twin = a_scene(owner, key, title="Two", text="Its twin.", is_end_scene=True)
    a_choice(owner, one, two, text="Pay", condition="gold > 1")
    a_choice(owner, one, twin, text="Leave", once=True)

    file = export_story(owner, key, form)
    again = read_story(file.content, "auto", file.filename)

    assert [p.name for p in again.passages] == ["One", "Two", "Two (2)"]
    assert [(link.text, link.target, link.condition) for link in again.passages[0].links] == [
        ("Pay", "Two", "gold > 1"),
        ("Leave", "Two (2)", None if form == "bundle" else "once"),
    ]
    assert again.passages[0].links[1].once is (form == "bundle")
    assert again.start == "One"
    assert again.variables[0].default == 2


@pytest.mark.parametrize("actor_name", ["nobody", "stranger"])
def test_who_may_not(owner: Actor, stranger: Actor, actor_name: str) -> None:
    key = a_scenario(owner, is_published=actor_name == "stranger")
    a_scene(owner, key)
    actor = stranger if actor_name == "stranger" else NOBODY
    before = counts()

    with pytest.raises((Unauthenticated, Forbidden)):
        import_story(actor, b":: A\nx", ImportOrder(file_name="a.twee", scenario=key))
    if actor_name == "nobody":
        with pytest.raises(NotFound):
            export_story(actor, key, "twee")

    assert counts() == before


def test_a_story_of_many_variables_links_and_effects(owner: Actor) -> None:
    sets = "\n".join(f"<<set $v{n} to {n}>>" for n in range(400))
    links = "\n".join(f"[[way {n}->There]]" for n in range(400))
    head = ':: StoryData\n{"ifid": "X", "format": "SugarCube"}\n\n:: StoryInit\n'
    init = "\n".join(f"<<set $w{n} to true>>" for n in range(500))
    data = f"{head}{init}\n\n:: Start\n{sets}\n{links}\n\n:: There\nThe end.\n".encode()

    done = import_story(owner, data, ImportOrder(file_name="many.twee"))

    assert done.report["variables"] == 900
    assert done.report["links"] == 400
    assert done.report["kept"] == []
    assert broken_invariants() == []


def test_two_variables_of_one_name_are_refused(owner: Actor) -> None:
    one = {"name": "gold", "type": "integer"}

    with pytest.raises(InvalidInput) as refusal:
        a_scenario(owner, variables=[one, {"name": "x", "type": "boolean"}, one])

    assert refusal.value.field == "variables.2.name"


def _whole(key: ObjectId) -> list[Any]:
    """Everything of a stored story that is the author's, without ids."""
    story = database()["scenarios"].find_one({"_id": key}) or {}
    scenes = list(database()["scenes"].find({"scenario": key}).sort("order"))
    titles = {scene["_id"]: scene["order"] for scene in scenes}
    fields = ("title", "text", "tags", "position", "visible_if", "on_enter", "is_end_scene")
    ways = ("text", "condition", "effects", "once", "order")
    return [
        [story.get(name) for name in ("title", "description", "languages", "variables")],
        [[scene.get(name) or None for name in fields] for scene in scenes],
        [
            [
                titles[one["from_scene"]],
                titles[one["to_scene"]],
                *(one.get(n) or None for n in ways),
            ]
            for one in database()["choices"]
            .find({"scenario": key})
            .sort([("from_scene", 1), ("order", 1)])
        ],
    ]


def _a_full_story(owner: Actor) -> ObjectId:
    variables = [
        {"name": "gold", "type": "integer", "default": 5, "min": 0, "max": 9},
        {"name": "bag", "type": "list", "default": ["x", 3]},
    ]
    key = a_scenario(owner, variables=variables, languages=["en", "de"], description="Two\nlines.")
    one = a_scene(owner, key, title="One", tags=["plain", "with blanks"])
    two = a_scene(owner, key, title="Two", is_end_scene=True, visible_if="gold > 1")
    a_choice(owner, one, two, text="Go", once=True, condition="gold > 2")
    a_choice(owner, one, two, text="Stay", once=True)
    return key


def test_a_bundle_brings_back_every_field(owner: Actor) -> None:
    key = _a_full_story(owner)

    file = export_story(owner, key, "bundle")
    done = import_story(owner, file.content, ImportOrder(file_name=file.filename))

    assert done.report["format"] == "bundle"
    assert done.scenario is not None
    assert _whole(done.scenario) == _whole(key)


@pytest.mark.parametrize("format_name", ["twee", "twine-html", "twine-json"])
def test_languages_and_tags_with_blanks_travel_in_twine_files(
    owner: Actor, format_name: str
) -> None:
    key = _a_full_story(owner)

    file = export_story(owner, key, format_name)
    done = import_story(owner, file.content, ImportOrder(file_name=file.filename))

    assert done.scenario is not None
    story, scenes, choices = _whole(done.scenario)
    before = _whole(key)
    assert (story, scenes) == (before[0], before[1])
    assert [one[3] for one in choices] == ["once and (gold > 2)", "once"]
