"""Assets of projects: used ones are not removed by accident, and removed ones leave their place empty."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bson import ObjectId

from assets.errors import AssetInUse
from assets.services.deletion import delete_asset
from projects.videos.documents import VideoProject
from projects.videos.services.asset_holding import ProjectAssets
from storycore.access import Actor
from storycore.mongo.reading import find_one
from storycore.mongo.writing import stored
from tests.factories import an_asset
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made


def test_a_used_asset_is_kept_unless_forced(call: Call, owner: Actor) -> None:
    picture, sound, other = an_asset(owner), an_asset(owner, "sound"), an_asset(owner)
    key = made(call, owner, images=[{"prompt": "a"}, {"prompt": "b"}])["id"]
    stored(VideoProject).update_one(
        {"key": key},
        {
            "$set": {
                "images.1.asset": picture,
                "narration_asset": sound,
                "narration": {"seconds": 1.0},
            }
        },
    )

    assert ProjectAssets().used_ids([picture, sound, other]) == {picture, sound}
    with pytest.raises(AssetInUse):
        delete_asset(owner, picture)
    for asset in (picture, sound):
        delete_asset(owner, asset, force=True)

    row = find_one(VideoProject, {"key": key}, None) or {}
    assert [one["asset"] for one in row["images"]] == [None, None]
    assert (row["narration_asset"], row["narration"]) == (None, None)


def test_a_link_to_an_asset_becomes_the_asset(call: Call, owner: Actor, stranger: Actor) -> None:
    picture = an_asset(owner, is_public=False)
    stored_name = f"image/{ObjectId()}.png"
    stored(VideoProject).database["assets"].update_one(
        {"_id": picture}, {"$set": {"file": {"key": stored_name, "backend": "local"}}}
    )
    link = f"http://elsewhere.example/media/{stored_name}?token=old"

    mine = made(call, owner, images=[{"prompt": "a", "url": link}])
    theirs = made(call, stranger, images=[{"prompt": "a", "url": link}])

    row = find_one(VideoProject, {"key": mine["id"]}, None) or {}
    assert row["images"][0]["asset"] == picture
    assert stored_name in mine["images"][0]["url"]
    assert theirs["images"][0]["url"] == link
    assert json.loads(call("get", f"/projects/{mine['id']}", None, owner).content)["images"]


def test_where_projects_use_an_asset_is_told(
    api: Any, call: Call, owner: Actor, stranger: Actor
) -> None:
    picture, sound = an_asset(owner), an_asset(owner, "sound")
    key = made(call, owner, title="The sea", images=[{"prompt": "a"}, {"prompt": "b"}])["id"]
    theirs = made(call, stranger, title="Theirs", images=[{"prompt": "a"}])["id"]
    for name in (key, theirs):
        stored(VideoProject).update_one({"key": name}, {"$set": {"images.0.asset": picture}})
    stored(VideoProject).update_one(
        {"key": key}, {"$set": {"narration_asset": sound, "thumbnail_asset": picture}}
    )
    project = str((find_one(VideoProject, {"key": key}, ("_id",)) or {})["_id"])
    place = "sceneId sceneTitle scenarioId projectId projectTitle field"

    answer = api(
        f"query($id: ID!) {{ asset(id: $id) {{ usedIn {{ {place} }} }} }}",
        {"id": str(picture)},
        owner,
    )
    refused = api(
        f"mutation($id: ID!) {{ deleteAsset(id: $id) {{ usedIn {{ {place} }} "
        "userErrors { code details } } }",
        {"id": str(sound)}, owner,
    )["data"]["deleteAsset"]  # fmt: skip

    def used(field: str) -> dict[str, Any]:
        nothing = dict.fromkeys(("sceneId", "sceneTitle", "scenarioId"))
        return {**nothing, "projectId": project, "projectTitle": "The sea", "field": field}

    # The stranger's project is not told of, though it uses the picture too.
    assert answer["data"]["asset"]["usedIn"] == [used("image"), used("thumbnail")]
    assert refused["usedIn"] == [used("narration")]
    assert refused["userErrors"][0]["code"] == "ASSET_IN_USE"
    assert refused["userErrors"][0]["details"]["usedIn"] == [
        {"projectId": project, "projectTitle": "The sea", "field": "narration"}
    ]
