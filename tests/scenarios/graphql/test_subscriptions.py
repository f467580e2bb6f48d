"""Who is told what of a story, over sockets of real web processes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from assets.services.deletion import delete_asset
from scenarios.services.choices import delete_choice
from scenarios.services.graph_saving import save_scenario
from scenarios.services.scenarios import delete_scenario, update_scenario
from scenarios.services.scene_editing import ChoiceEdits, edit_scene
from scenarios.services.scenes import delete_scene, update_scene
from storycore.access import Actor
from storycore.accounts.models import User
from tests.factories import (
    a_choice,
    a_scenario,
    a_scene,
    a_story,
    an_access_token,
    an_actor,
    an_asset,
)
from tests.live_web import Client, Web, live_client, start_web
from tests.scenarios.following import CHANGES, followed, present

PRESENCE = """subscription($id: ID!) { scenarioPresence(id: $id) {
  scenarioId others people { userId user { name } since }
} }"""
BRIEF = "subscription($id: ID!) { scenarioChanged(id: $id) { revision isWhole edits { kind thing id } } }"

call = sync_to_async


@dataclass(frozen=True)
class Person:
    actor: Actor
    token: str


async def a_person(name: str, *, is_admin: bool = False) -> Person:
    actor = await call(an_actor)(f"{name}@example.com", is_admin=is_admin)
    return Person(actor, await call(an_access_token)(actor))


def brief(told: Any) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["thing"], one["id"]) for one in told["edits"]]


async def told_edits(client: Client, id: str = "1") -> list[tuple[str, str, str]]:
    return brief((await client.data(id))["scenarioChanged"])


async def test_a_scene_edit_is_told_with_its_author_and_what_is_there_now(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_scenario)(ada.actor)
    scene = await call(a_scene)(ada.actor, scenario)

    async with live_client(web, ada.token) as client:
        await followed(client, "1", CHANGES, scenario)
        await call(update_scene)(ada.actor, scene, {"title": "The cellar"})
        told = (await client.data("1"))["scenarioChanged"]

    assert told == {
        "scenarioId": str(scenario),
        "revision": 2,
        "byId": ada.actor.user_id,
        "by": {"name": "Ada"},
        "isWhole": True,
        "scenario": {"title": "The Lighthouse"},
        "edits": [
            {
                "kind": "UPDATED",
                "thing": "SCENE",
                "id": str(scene),
                "scene": {"title": "The cellar"},
                "choice": None,
            }
        ],
    }


async def test_every_kind_of_edit_is_told_once(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_scenario)(ada.actor)
    async with live_client(web, ada.token) as client:
        await followed(client, "1", BRIEF, scenario)

        first = await call(a_scene)(ada.actor, scenario)
        assert await told_edits(client) == [("CREATED", "SCENE", str(first))]
        second = await call(a_scene)(ada.actor, scenario)
        assert await told_edits(client) == [("CREATED", "SCENE", str(second))]
        choice = await call(a_choice)(ada.actor, first, second)
        assert await told_edits(client) == [("CREATED", "CHOICE", str(choice))]
        await call(edit_scene)(
            ada.actor, first, {"title": "New"}, ChoiceEdits(changed={choice: {"text": "On"}})
        )
        assert await told_edits(client) == [
            ("UPDATED", "SCENE", str(first)),
            ("UPDATED", "CHOICE", str(choice)),
        ]
        await call(update_scenario)(ada.actor, scenario, {"title": "The Tower"})
        assert await told_edits(client) == [("UPDATED", "SCENARIO", str(scenario))]
        await call(delete_choice)(ada.actor, choice)
        assert await told_edits(client) == [("DELETED", "CHOICE", str(choice))]
        third = await call(a_choice)(ada.actor, first, second)
        assert await told_edits(client) == [("CREATED", "CHOICE", str(third))]
        # Removals come as keys only, and the choices go with their scene.
        await call(delete_scene)(ada.actor, second)
        assert sorted(await told_edits(client)) == sorted(
            [("DELETED", "SCENE", str(second)), ("DELETED", "CHOICE", str(third))]
        )
        assert await client.quiet()


async def test_the_same_user_is_named_again_and_again(web: Web) -> None:
    ada, root = await a_person("ada"), await a_person("root", is_admin=True)
    scenario = await call(a_scenario)(ada.actor)
    scene = await call(a_scene)(ada.actor, scenario)
    async with live_client(web, ada.token) as client:
        await followed(client, "1", CHANGES, scenario)
        names = []
        for number, editor in enumerate([ada, ada, root, root]):
            await call(update_scene)(editor.actor, scene, {"title": f"Room {number}"})
            names.append((await client.data("1"))["scenarioChanged"]["by"]["name"])

    assert names == ["Ada", "Ada", "Root", "Root"]


async def test_a_whole_save_is_one_event(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_story)(ada.actor, scenes=2)
    scenes: Any = [{"title": f"Scene {number}", "text": "Words."} for number in range(3)]
    async with live_client(web, ada.token) as client:
        await followed(client, "1", BRIEF, scenario)
        await call(save_scenario)(ada.actor, scenario, {}, scenes)
        told = (await client.data("1"))["scenarioChanged"]
        assert await client.quiet()

    kinds = sorted((kind, thing) for kind, thing, _ in brief(told))
    assert (
        kinds
        == [("CREATED", "SCENE")] * 3 + [("DELETED", "CHOICE")] * 2 + [("DELETED", "SCENE")] * 2
    )


async def test_a_save_of_very_many_scenes_tells_that_it_is_not_whole(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_scenario)(ada.actor)
    many: Any = [{"title": f"Scene {number}", "text": "Words."} for number in range(501)]
    async with live_client(web, ada.token) as client:
        await followed(client, "1", BRIEF, scenario)
        await call(save_scenario)(ada.actor, scenario, {}, many)
        told = (await client.data("1"))["scenarioChanged"]

    assert (told["isWhole"], len(told["edits"]), told["revision"]) == (False, 500, 1)


async def test_an_asset_that_goes_is_told_to_all_stories_that_used_it(web: Web) -> None:
    ada = await a_person("ada")
    picture = await call(an_asset)(ada.actor)
    stories = [await call(a_scenario)(ada.actor) for _ in range(2)]
    scenes = [await call(a_scene)(ada.actor, story, image=picture) for story in stories]
    async with live_client(web, ada.token) as client:
        for number, story in enumerate(stories):
            await followed(client, str(number), CHANGES, story)
        await call(delete_asset)(ada.actor, picture, force=True)
        told = [(await client.next())["payload"]["data"]["scenarioChanged"] for _ in stories]

    found = {one["scenarioId"]: one for one in told}
    for story, scene in zip(stories, scenes, strict=True):
        event = found[str(story)]
        assert brief(event) == [("UPDATED", "SCENE", str(scene))]
        # Nobody edited the story: the asset was taken from it.
        assert (event["byId"], event["by"]) == (None, None)


@pytest.mark.parametrize(
    ("is_published", "allowed"),
    [(False, {"owner", "admin"}), (True, {"owner", "admin", "stranger", "nobody"})],
)
async def test_who_may_follow_a_story(web: Web, is_published: bool, allowed: set[str]) -> None:
    owner = await a_person("owner")
    people = {
        "owner": owner.token,
        "admin": (await a_person("root", is_admin=True)).token,
        "stranger": (await a_person("stranger")).token,
        "nobody": "",
    }
    scenario = await call(a_scenario)(owner.actor, is_published=is_published)
    for name, token in people.items():
        async with live_client(web, token) as client:
            for field in (BRIEF, PRESENCE):
                if name in allowed:
                    await followed(client, "1", field, scenario)
                    await client.say(type="complete", id="1")
                    await present(0)
                else:
                    await client.subscribe("1", field, id=str(scenario))
                    refused = await client.next()
                    await client.subscribe("1", field, id="6b010e737157303d4aede990")
                    absent = await client.next()
                    # A story that is not theirs and one that does not exist answer alike.
                    assert refused == absent
                    assert refused["type"] == "error"
                    assert refused["payload"][0]["extensions"] == {
                        "code": "NOT_FOUND",
                        "field": "id",
                    }


async def test_a_story_that_is_withdrawn_ends_for_strangers(web: Web) -> None:
    ada, bob = await a_person("ada"), await a_person("bob")
    scenario = await call(a_scenario)(ada.actor, is_published=True)
    async with live_client(web, ada.token) as owner, live_client(web, bob.token) as stranger:
        await followed(owner, "1", BRIEF, scenario)
        inside = """subscription($id: ID!) { ...Root }
          fragment Root on Subscription { ... { story: scenarioChanged(id: $id) { revision } } }"""
        await followed(stranger, "1", inside, scenario)
        await call(update_scenario)(ada.actor, scenario, {"is_published": False})

        assert await told_edits(owner) == [("UPDATED", "SCENARIO", str(scenario))]
        ended = await stranger.next()
        assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")
        assert ended["payload"][0]["path"] == ["story"]
        await call(a_scene)(ada.actor, scenario, title="A secret room")
        assert await stranger.quiet()


async def test_each_is_told_of_what_they_may_see_by_the_same_question(web: Web) -> None:
    ada, bob = await a_person("ada"), await a_person("bob")
    picture = await call(an_asset)(ada.actor, is_public=False)
    scenario = await call(a_scenario)(ada.actor, is_published=True)
    scene = await call(a_scene)(ada.actor, scenario, image=picture)
    question = """subscription($id: ID!) { scenarioChanged(id: $id) {
      edits { scene { title image { id } } } } }"""
    tokens = [ada.token, bob.token, "", ada.token]
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(live_client(web, one)) for one in tokens]
        for client in clients:
            await followed(client, "1", question, scenario)
        await call(update_scene)(ada.actor, scene, {"title": "The cellar"})
        told = [(await one.data("1"))["scenarioChanged"]["edits"][0]["scene"] for one in clients]

    assert told == [
        {"title": "The cellar", "image": image}
        for image in ({"id": str(picture)}, None, None, {"id": str(picture)})
    ]


async def test_an_admin_who_is_none_any_more_is_told_no_more(web: Web) -> None:
    ada, root = await a_person("ada"), await a_person("root", is_admin=True)
    scenario = await call(a_scenario)(ada.actor)
    async with live_client(web, root.token) as client:
        await followed(client, "1", BRIEF, scenario)
        users = User.objects.filter(pk=root.actor.user_id)
        await call(users.update)(is_staff=False, is_superuser=False)
        # Until the next sign of life, of which there is one a second.
        assert await client.quiet(1.2)
        await call(a_scene)(ada.actor, scenario)

        ended = await client.next()
        assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_a_deleted_story_is_told_and_ends(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_story)(ada.actor, scenes=1)
    async with live_client(web, ada.token) as client:
        await followed(client, "1", CHANGES, scenario)
        await call(delete_scenario)(ada.actor, scenario)

        told = (await client.data("1"))["scenarioChanged"]
        assert ("DELETED", "SCENARIO", str(scenario)) in brief(told)
        assert (told["scenario"], told["byId"]) == (None, ada.actor.user_id)
        assert await client.next() == {"type": "complete", "id": "1"}


async def test_two_processes_tell_of_each_others_writes(web: Web, other_web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_scenario)(ada.actor)
    create = """mutation($s: ID!) {
      createScene(input: {scenarioId: $s, title: "Here", text: "Words."}) { scene { id } } }"""
    async with live_client(web, ada.token) as one, live_client(other_web, ada.token) as other:
        for reader, writer in ((one, other), (other, one)):
            await followed(reader, "1", BRIEF, scenario)
            await writer.subscribe("w", create, s=str(scenario))
            scene = (await writer.data("w"))["createScene"]["scene"]["id"]

            assert await told_edits(reader) == [("CREATED", "SCENE", scene)]
            await reader.say(type="complete", id="1")
            await present(0)


async def test_who_has_a_story_open_is_seen_across_processes(web: Web, other_web: Web) -> None:
    ada, bob = await a_person("ada"), await a_person("bob")
    scenario = await call(a_scenario)(ada.actor, is_published=True)
    async with live_client(web, ada.token) as owner:
        await owner.subscribe("1", PRESENCE, id=str(scenario))
        assert names(await owner.data("1")) == (["Ada"], 0)
        async with live_client(other_web, bob.token) as reader:
            # Following the edits is having it open, too.
            await followed(reader, "1", BRIEF, scenario)
            assert names(await owner.data("1")) == (["Ada", "Bob"], 0)
            await reader.subscribe("2", PRESENCE, id=str(scenario))
            assert names(await reader.data("2")) == (["Ada", "Bob"], 0)
            async with live_client(other_web) as guest:
                await guest.subscribe("1", PRESENCE, id=str(scenario))
                # A reader without a login learns that somebody is there, and the author's name.
                assert names(await guest.data("1")) == (["Ada"], 2)
                assert (await until(owner, lambda told: told[1] == 1)) == (["Ada", "Bob"], 1)
        assert await until(owner, lambda told: told == (["Ada"], 0))


async def test_presence_ends_with_the_right_to_read_and_with_the_story(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_scenario)(ada.actor, is_published=True)
    async with live_client(web, ada.token) as owner, live_client(web) as guest:
        await owner.subscribe("1", PRESENCE, id=str(scenario))
        assert names(await owner.data("1")) == (["Ada"], 0)
        await guest.subscribe("1", PRESENCE, id=str(scenario))
        assert names(await guest.data("1")) == (["Ada"], 1)
        assert names(await owner.data("1")) == (["Ada"], 1)

        await call(update_scenario)(ada.actor, scenario, {"is_published": False})
        # On a busy machine the guest's own coming is told once more before.
        while (ended := await guest.next())["type"] == "next":
            assert names(ended["payload"]["data"]) == (["Ada"], 1)
        assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")
        assert await until(owner, lambda told: told == (["Ada"], 0))

        await call(delete_scenario)(ada.actor, scenario)
        assert names(await owner.data("1")) == ([], 0)
        assert await owner.next() == {"type": "complete", "id": "1"}


async def test_a_process_that_dies_takes_its_people_along(web: Web) -> None:
    ada = await a_person("ada")
    scenario = await call(a_scenario)(ada.actor, is_published=True)
    doomed = await call(start_web)()
    try:
        async with live_client(web, ada.token) as owner:
            await owner.subscribe("1", PRESENCE, id=str(scenario))
            assert names(await owner.data("1")) == (["Ada"], 0)
            async with live_client(doomed) as guest:
                await followed(guest, "1", BRIEF, scenario)
                assert await until(owner, lambda told: told[1] == 1)
                await call(doomed.kill)()

                # Three heartbeats without a sign of life, and one until somebody looks.
                assert await until(owner, lambda told: told == (["Ada"], 0), seconds=10)
    finally:
        if doomed.process.poll() is None:
            doomed.kill()


def names(data: Any) -> tuple[list[str], int]:
    told = data["scenarioPresence"]
    return [person["user"]["name"] for person in told["people"]], told["others"]


async def until(
    client: Client, met: Callable[[tuple[list[str], int]], bool], seconds: float = 5
) -> tuple[list[str], int]:
    """Wait for a presence of some kind; those in between are passed over."""
    while True:
        told = names(await client.data("1", seconds))
        if met(told):
            return told
