"""Who is told of which asset."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from assets.services.deletion import delete_asset
from assets.services.editing import update_asset
from storycore.access import Actor
from tests.factories import an_access_token, an_actor, an_asset
from tests.live_web import Client, Web, live_client

ALL = "subscription { assetChanged { id kind asset { name } } }"
ONE = "subscription($id: ID) { assetChanged(id: $id) { id kind asset { name } } }"
call = sync_to_async


async def a_person(name: str) -> tuple[Actor, str]:
    actor = await call(an_actor)(f"{name}@example.com")
    return actor, await call(an_access_token)(actor)


async def listening(client: Client, query: str = ALL, **variables: Any) -> None:
    """Subscribe, and write public assets until the first of them is told."""
    await client.subscribe("1", query, **variables)
    prober = await call(an_actor)(f"prober{id(client)}@example.com")
    probes = [await call(an_asset)(prober)]
    while await client.quiet(0.1):
        probes.append(await call(an_asset)(prober))
    # The last probe was told when all of them were.
    last = client.strays[-1]
    while last["payload"]["data"]["assetChanged"]["id"] != str(probes[-1]):
        last = await client.next()
    client.strays.clear()


async def told(client: Client) -> tuple[str, str, Any]:
    change = (await client.data("1"))["assetChanged"]
    return change["kind"], change["id"], change["asset"]


async def test_the_life_of_a_public_asset_is_told_to_everybody(web: Web) -> None:
    ada, _ = await a_person("ada")
    async with live_client(web) as client:
        await listening(client)

        asset = await call(an_asset)(ada, name="Door")
        assert await told(client) == ("CREATED", str(asset), {"name": "Door"})
        await call(update_asset)(ada, asset, {"name": "Gate"})
        assert await told(client) == ("UPDATED", str(asset), {"name": "Gate"})
        await call(delete_asset)(ada, asset)
        assert await told(client) == ("DELETED", str(asset), None)
        assert await client.quiet()


async def test_a_private_asset_is_told_to_its_owner_only(web: Web) -> None:
    ada, token = await a_person("ada")
    _, other = await a_person("bob")
    async with live_client(web, token) as owner, live_client(web, other) as stranger:
        await listening(owner)
        await listening(stranger)
        while not await owner.quiet():
            pass

        asset = await call(an_asset)(ada, name="Diary", is_public=False)
        assert await told(owner) == ("CREATED", str(asset), {"name": "Diary"})
        await call(update_asset)(ada, asset, {"is_public": True})
        assert await told(owner) == ("UPDATED", str(asset), {"name": "Diary"})
        # The first that a stranger hears of it is that it is there for all.
        assert await told(stranger) == ("UPDATED", str(asset), {"name": "Diary"})
        await call(update_asset)(ada, asset, {"is_public": False})
        assert (await told(owner))[0] == "UPDATED"
        await call(delete_asset)(ada, asset)
        assert await told(owner) == ("DELETED", str(asset), None)
        assert await stranger.quiet()


async def test_one_asset_is_followed_to_its_end(web: Web) -> None:
    ada, token = await a_person("ada")
    asset = await call(an_asset)(ada, is_public=False)
    async with live_client(web, token) as client:
        await client.subscribe("1", ONE, id=str(asset))
        number = 0
        while await client.quiet(0.1):
            number += 1
            await call(update_asset)(ada, asset, {"name": f"Name {number}"})
        await call(delete_asset)(ada, asset)
        async with asyncio.timeout(5):
            while (await told(client)) != ("DELETED", str(asset), None):
                pass
        assert await client.next() == {"type": "complete", "id": "1"}


@pytest.mark.parametrize("id", ["6b010e737157303d4aede990", "nonsense", ""])
async def test_an_asset_that_is_not_there_cannot_be_followed(web: Web, id: str) -> None:
    async with live_client(web) as client:
        await client.subscribe("1", ONE, id=id)

        refusal = await client.next()
        assert refusal["type"] == "error"
        assert refusal["payload"][0]["extensions"] == {"code": "NOT_FOUND", "field": "id"}


async def test_a_private_asset_cannot_be_followed_by_a_stranger(web: Web) -> None:
    ada, _ = await a_person("ada")
    _, token = await a_person("bob")
    asset = await call(an_asset)(ada, is_public=False)
    async with live_client(web, token) as client:
        await client.subscribe("1", ONE, id=str(asset))
        hidden = await client.next()
        await client.subscribe("1", ONE, id="6b010e737157303d4aede990")

        assert hidden == await client.next()
