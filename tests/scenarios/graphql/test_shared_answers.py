"""Readers of a published story share its answer until something in it changes, in whatever process."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from assets.documents import Asset
from assets.services.changing import change_as_read
from assets.services.deletion import delete_asset
from assets.services.editing import update_asset
from scenarios.services.choices import update_choice
from scenarios.services.graph_saving import save_scenario
from scenarios.services.scenarios import delete_scenario, duplicate_scenario, update_scenario
from scenarios.services.scenes import delete_scene, update_scene
from storycore.access import Actor
from storycore.accounts.models import User
from storycore.embedded.ports import free_port
from storycore.mongo.connection import DURABLE, SNAPSHOT, client, database
from storycore.mongo.reading import find_one
from tests.conftest import Api, CommandCounter
from tests.factories import a_choice, a_scenario, a_scene, an_access_token, an_asset
from tests.live_web import Web

READ = """query Read($id: ID!) { scenario(id: $id) {
  title author { name } stats { words }
  scenes { title text image { id name } choices { text toScene { title } } }
} }"""


class Told:
    """A published story of two scenes with one picture and one choice."""

    def __init__(self, owner: Actor) -> None:
        self.owner = owner
        self.scenario = a_scenario(owner, is_published=True)
        self.picture = an_asset(owner, name="A lamp")
        self.first = a_scene(owner, self.scenario, title="First", image=self.picture)
        self.second = a_scene(owner, self.scenario, title="Second")
        self.choice = a_choice(owner, self.first, self.second, text="Go on")
        self.variables = {"id": str(self.scenario)}


@pytest.fixture
def told(content: None, owner: Actor) -> Told:
    return Told(owner)


def test_the_second_reader_costs_one_small_command(
    api: Api, told: Told, commands: CommandCounter
) -> None:
    without_people = READ.replace("author { name }", "")
    first = api(without_people, told.variables)
    commands.names.clear()

    again = api(without_people, told.variables)

    assert (again, commands.names) == (first, ["find"])
    assert again["data"]["scenario"]["scenes"][0]["image"]["name"] == "A lamp"


def test_a_reader_with_a_login_shares_it_too(
    api: Api, told: Told, stranger: Actor, commands: CommandCounter
) -> None:
    first = api(READ, told.variables)
    commands.names.clear()

    assert api(READ, told.variables, stranger) == first
    assert commands.names == ["find"]


CHANGES: dict[str, Callable[[Told], Any]] = {
    "scenario": lambda t: update_scenario(t.owner, t.scenario, {"title": "New"}),
    "scene": lambda t: update_scene(t.owner, t.second, {"title": "New"}),
    "choice": lambda t: update_choice(t.owner, t.choice, {"text": "New"}),
    "new scene": lambda t: a_scene(t.owner, t.scenario, title="New"),
    "removed scene": lambda t: delete_scene(t.owner, t.second),
    "whole save": lambda t: save_scenario(
        t.owner, t.scenario, {}, [{"title": "New", "text": "Words."}]
    ),
    "name of an asset": lambda t: update_asset(t.owner, t.picture, {"name": "New"}),
    "closed asset": lambda t: update_asset(t.owner, t.picture, {"is_public": False}),
    "removed asset": lambda t: delete_asset(t.owner, t.picture, force=True),
    "name of the author": lambda t: User.objects.filter(pk=t.owner.user_id).update(name="New"),
    "withdrawn": lambda t: update_scenario(t.owner, t.scenario, {"is_published": False}),
    "removed": lambda t: delete_scenario(t.owner, t.scenario),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_ends_it_at_once(api: Api, told: Told, settings: Any, change: str) -> None:
    before = api(READ, told.variables)
    assert api(READ, told.variables) == before

    CHANGES[change](told)
    after = api(READ, told.variables)
    settings.GRAPHQL_CACHE_BYTES = 0
    fresh = api(READ, told.variables)

    assert after == fresh
    assert after != before


def test_what_changes_elsewhere_leaves_it(api: Api, told: Told, commands: CommandCounter) -> None:
    other = an_asset(told.owner, name="Another")
    api(READ, told.variables)
    update_asset(told.owner, other, {"name": "Changed"})
    commands.names.clear()

    api(READ, told.variables)

    assert commands.names == ["find"]


def test_nobody_is_told_what_only_the_owner_may_see(api: Api, told: Told, stranger: Actor) -> None:
    update_asset(told.owner, told.picture, {"is_public": False})

    def picture(actor: Actor | None) -> Any:
        return api(READ, told.variables, actor)["data"]["scenario"]["scenes"][0]["image"]

    # In every order, and twice.
    for actor in (told.owner, None, stranger, told.owner, None, stranger):
        expected = {"id": str(told.picture), "name": "A lamp"} if actor == told.owner else None
        assert picture(actor) == expected


def test_what_is_not_published_is_never_kept(api: Api, told: Told) -> None:
    update_scenario(told.owner, told.scenario, {"is_published": False})

    assert api(READ, told.variables, told.owner)["data"]["scenario"]["title"]
    assert api(READ, told.variables)["data"]["scenario"] is None
    update_scenario(told.owner, told.scenario, {"is_published": True})
    assert api(READ, told.variables)["data"]["scenario"]["title"]


def test_variables_and_operations_are_kept_apart(api: Api, told: Told) -> None:
    text = """query($id: ID!, $all: Boolean!) { scenario(id: $id) { id scenes @include(if: $all) { id } } }"""
    for _ in range(2):
        assert "scenes" in api(text, told.variables | {"all": True})["data"]["scenario"]
        assert "scenes" not in api(text, told.variables | {"all": False})["data"]["scenario"]


WRITERS: dict[str, Callable[[Told], Any]] = {
    "changed scene": lambda t: update_scene(t.owner, t.second, {"image": t.picture}),
    "new scene": lambda t: a_scene(t.owner, t.scenario, image=t.picture),
    "whole save": lambda t: save_scenario(
        t.owner, t.scenario, {}, [{"title": "New", "text": "Words.", "image": t.picture}]
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_an_asset_that_changes_while_a_scene_takes_it_up(api: Api, told: Told, writer: str) -> None:
    """The change looks for stories before the scene is there, and is committed after somebody has read both."""
    told.picture = an_asset(told.owner, name="A candle")

    def names() -> set[str]:
        scenes = api(READ, told.variables)["data"]["scenario"]["scenes"]
        return {scene["image"]["name"] for scene in scenes if scene["image"]}

    row = find_one(Asset, {"_id": told.picture}, None)
    assert row is not None
    with ThreadPoolExecutor(1) as threads, client().start_session() as session:
        session.start_transaction(SNAPSHOT, DURABLE)
        change_as_read(row, {"name": "A torch"}, session)
        taking_up = threads.submit(WRITERS[writer], told)
        wait([taking_up], 0.3)
        # Whoever reads now, leaves what they find for others.
        assert "A torch" not in names()
        session.commit_transaction()
        taking_up.result()

    assert "A torch" in names()


def test_a_copy_of_a_story_takes_up_its_assets_too(told: Told) -> None:
    def times() -> int:
        row = find_one(Asset, {"_id": told.picture}, None)
        assert row is not None
        return int(row["taken_up"])

    before = times()
    duplicate_scenario(told.owner, told.scenario)

    assert times() == before + 1
    # What stays where it is, is not taken up again.
    update_scene(told.owner, told.first, {"text": "Other words.", "image": told.picture})
    assert times() == before + 1


def test_a_change_in_one_process_is_seen_by_the_next_read_in_another(
    web: Web, other_web: Web, owner: Actor
) -> None:
    told = Told(owner)
    token = an_access_token(owner)
    mutation = """mutation($id: ID!, $title: String!) {
        updateScene(id: $id, input: {title: $title}) { success } }"""
    for number in range(6):
        title = f"Room {number}"
        writer, reader = (web, other_web) if number % 2 else (other_web, web)
        done = asked(writer, mutation, {"id": str(told.second), "title": title}, token)
        assert done == {"updateScene": {"success": True}}
        for one in (reader, writer, reader):
            assert asked(one, READ, told.variables)["scenario"]["scenes"][1]["title"] == title
    update_asset(owner, told.picture, {"name": "A torch"})
    for one in (web, other_web):
        assert (
            asked(one, READ, told.variables)["scenario"]["scenes"][0]["image"]["name"] == "A torch"
        )


def test_without_redis_each_process_keeps_its_own(
    api: Api, told: Told, settings: Any, commands: CommandCounter
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    first = api(READ, told.variables)
    commands.names.clear()

    assert api(READ, told.variables) == first
    assert commands.names == ["find"]


def test_a_write_past_the_services_is_told_at_the_next_change(api: Api, told: Told) -> None:
    """The bound of the promise: only what goes through the services raises the revision."""
    api(READ, told.variables)
    database()["scenes"].update_one({"_id": told.second}, {"$set": {"title": "Behind"}})
    update_scene(told.owner, told.first, {"text": "Other words."})

    assert api(READ, told.variables)["data"]["scenario"]["scenes"][1]["title"] == "Behind"


def asked(web: Web, query: str, variables: dict[str, Any], token: str = "") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{web.url}/graphql/", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    assert "errors" not in found, found
    data: dict[str, Any] = found["data"]
    return data
