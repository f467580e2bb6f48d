"""Takes over GraphQL: replace, look at what was there before, bring it back; and nobody else sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from storycore.access import Actor
from tests.assets import crafting as make
from tests.assets.graphql.test_uploads import fetch
from tests.assets.services.conftest import sent
from tests.conftest import Api
from tests.factories import an_access_token

REPLACE = """mutation($id: ID!, $file: Upload!) { replaceAssetFile(id: $id, file: $file) {
  success message userErrors { field code } asset { id width versions { id width url replacedAt } } } }"""
RESTORE = """mutation($id: ID!, $version: ID!) { restoreAssetVersion(id: $id, version: $version) {
  success userErrors { field code } asset { width versions { width } } } }"""
VERSIONS = "query($id: ID!) { asset(id: $id) { width versions { id url thumbnailUrl metadata } } }"


def replaced(actor: Actor, asset: ObjectId, data: bytes) -> Any:
    answer = Client().post(
        "/graphql/",
        {
            "operations": json.dumps(
                {"query": REPLACE, "variables": {"id": str(asset), "file": None}}
            ),
            "map": json.dumps({"0": ["variables.file"]}),
            "0": SimpleUploadedFile("b.png", data, "image/png"),
        },
        headers={"Authorization": f"Bearer {an_access_token(actor)}"},
    )
    return answer.json()["data"]["replaceAssetFile"]


def test_an_asset_gets_another_file_and_the_first_one_comes_back(api: Api, owner: Actor) -> None:
    asset = sent(owner, make.png((30, 20)))

    payload = replaced(owner, asset, make.png((40, 20)))

    assert (payload["success"], payload["asset"]["id"], payload["asset"]["width"]) == (
        True,
        str(asset),
        40,
    )
    (version,) = payload["asset"]["versions"]
    assert version["width"] == 30
    assert version["replacedAt"]
    answer = api(RESTORE, {"id": str(asset), "version": version["id"]}, owner)
    assert answer["data"]["restoreAssetVersion"] == {
        "success": True,
        "userErrors": [],
        "asset": {"width": 30, "versions": [{"width": 40}]},
    }


def test_an_earlier_take_of_a_public_asset_is_its_owners_alone(
    api: Api, owner: Actor, stranger: Actor
) -> None:
    asset = sent(owner, make.png((30, 20)), is_public=True)
    replaced(owner, asset, make.png((40, 20)))
    (version,) = api(VERSIONS, {"id": str(asset)}, owner)["data"]["asset"]["versions"]
    plain = version["url"].partition("?")[0]

    assert fetch(version["url"])[0] == 200
    assert fetch(plain)[0] == 404
    assert fetch(plain, Authorization=f"JWT {an_access_token(stranger)}")[0] == 404
    assert fetch(plain, Authorization=f"JWT {an_access_token(owner)}")[0] == 200
    for asker in (None, stranger):
        assert api(VERSIONS, {"id": str(asset)}, asker)["data"]["asset"] == {
            "width": 40,
            "versions": [],
        }


@pytest.mark.parametrize("version", ["nonsense", "", "0" * 32])
def test_an_unknown_version_is_a_user_error(api: Api, owner: Actor, version: str) -> None:
    asset = sent(owner)

    answer = api(RESTORE, {"id": str(asset), "version": version}, owner)

    assert answer["data"]["restoreAssetVersion"]["userErrors"] == [
        {"field": "version", "code": "NOT_FOUND"}
    ]


def test_a_broken_file_changes_nothing(api: Api, owner: Actor) -> None:
    asset = sent(owner, make.png((30, 20)))

    payload = replaced(owner, asset, make.png()[:90])

    assert payload["userErrors"] == [{"field": "file", "code": "CORRUPT_FILE"}]
    assert api(VERSIONS, {"id": str(asset)}, owner)["data"]["asset"]["width"] == 30
