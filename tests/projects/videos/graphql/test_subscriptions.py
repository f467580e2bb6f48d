"""A project is told to its owner after each change of a client or a stage, and to nobody else."""

from __future__ import annotations

from asgiref.sync import sync_to_async

from generation.running.stepping import advance_next
from projects.videos.services.projects import create_project, update_project
from projects.videos.services.stages import begin_script
from tests.factories import an_access_token, an_actor
from tests.live_web import Web, live_client

FOLLOW = "subscription($id: ID!) { projectUpdated(id: $id) { title status scriptText } }"
call = sync_to_async


async def test_a_project_is_followed(web: Web) -> None:
    ada = await call(an_actor)("ada@example.com")
    eve = await call(an_actor)("eve@example.com")
    key = str(await call(create_project)(ada, {"title": "Sea"}))

    async with (
        live_client(web, await call(an_access_token)(ada)) as client,
        live_client(web, await call(an_access_token)(eve)) as stranger,
    ):
        await stranger.subscribe("1", FOLLOW, id=key)
        refused = await stranger.next()
        await client.subscribe("1", FOLLOW, id=key)
        first = (await client.data("1"))["projectUpdated"]
        await call(update_project)(ada, key, {"title": "Lake"})
        second = (await client.data("1"))["projectUpdated"]
        await call(begin_script)(ada, key, {})
        while await call(advance_next)(["text"]) is not None:
            pass
        third = second
        while third["status"] != "script_generated":
            third = (await client.data("1"))["projectUpdated"]

    assert (first["title"], second["title"]) == ("Sea", "Lake")
    assert "Lake" in third["scriptText"]
    problems = refused["payload"] if refused["type"] == "error" else refused["payload"]["errors"]
    assert problems[0]["extensions"]["code"] == "NOT_FOUND"
