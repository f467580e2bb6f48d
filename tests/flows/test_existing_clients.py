"""Three generations of one editor, with the operations that they send: nothing of them is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from storycore.access import Actor
from storycore.mongo.connection import database
from tests.assets import crafting as make
from tests.conftest import Api
from tests.factories import PASSWORD, a_choice, a_scenario, a_scene, an_access_token, an_asset


def data(answer: dict[str, Any]) -> dict[str, Any]:
    assert "errors" not in answer, answer["errors"]
    return dict(answer["data"])


@pytest.fixture
def story(owner: Actor) -> dict[str, str]:
    """A story of two scenes with a picture and a choice: the ids as texts."""
    key = a_scenario(owner, title="Cave")
    picture = an_asset(owner)
    one = a_scene(owner, key, title="One", image=picture)
    two = a_scene(owner, key, title="Two")
    choice = a_choice(owner, one, two)
    return {name: str(value) for name, value in
            {"key": key, "one": one, "two": two, "choice": choice, "picture": picture}.items()}  # fmt: skip


def test_a_login_that_fails_is_no_error(api: Api, owner: Actor) -> None:
    login = """mutation Login($email: String!, $password: String!) {
      login(email: $email, password: $password) { token refreshToken success message
        user { mongoId name } } }"""

    good = data(api(login, {"email": "owner@example.com", "password": PASSWORD}))["login"]
    bad = data(api(login, {"email": "owner@example.com", "password": "no"}))["login"]

    assert (good["success"], good["user"]["mongoId"]) == (True, owner.user_id)
    assert (bad["success"], bad["token"], bad["user"]) == (False, None, None)


def test_the_first_editor_lists_and_opens(api: Api, owner: Actor, story: dict[str, str]) -> None:
    listed = data(
        api(
            "{ allScenarios { mongoId title isPublished } scenesList { mongoId title } }",
            None,
            owner,
        )
    )
    opened = data(
        api(
            """query Open($scenarioId: String!) { scenarioById(scenarioId: $scenarioId) { mongoId title
              scenes { mongoId title imageId { mongoId url } soundId
                choices { mongoId text fromSceneId { mongoId } toSceneId { mongoId title } } } } }""",
            {"scenarioId": story["key"]},
            owner,
        )
    )["scenarioById"]

    assert [one["title"] for one in listed["allScenarios"]] == ["Cave"]
    assert [one["title"] for one in listed["scenesList"]] == ["One", "Two"]
    first, second = opened["scenes"]
    assert first["imageId"]["mongoId"] == story["picture"]
    assert (first["soundId"], second["imageId"]) == (None, None)
    assert first["choices"] == [
        {
            "mongoId": story["choice"],
            "text": "Go on",
            "fromSceneId": {"mongoId": story["one"]},
            "toSceneId": {"mongoId": story["two"], "title": "Two"},
        }
    ]


def test_the_second_editor_writes_flat_payloads(api: Api, owner: Actor) -> None:
    made = data(
        api("mutation($input: CreateScenarioInput!) { createScenario(input: $input) { id title isPublished } }",
            {"input": {"title": "Sea"}}, owner)
    )["createScenario"]  # fmt: skip
    scene = data(
        api(
            """mutation($input: CreateSceneInput!) { createScene(input: $input) {
              id mongoId title imageId { url }
              scenarioId { mongoId } success } }""",
            {"input": {"scenarioId": made["id"], "title": "Shore", "text": "Waves.", "order": 0}},
            owner,
        )
    )["createScene"]

    assert (made["title"], made["isPublished"]) == ("Sea", False)
    assert scene["mongoId"] == scene["id"]
    assert (scene["scenarioId"], scene["imageId"], scene["success"]) == (
        {"mongoId": made["id"]},
        None,
        True,
    )
    assert list(scene) == ["id", "mongoId", "title", "imageId", "scenarioId", "success"]


def test_an_upload_answers_the_assets_own_fields(owner: Actor) -> None:
    query = """mutation Upload($file: Upload!, $type: String!) {
      uploadAsset(file: $file, type: $type) { id type name url metadata uploadedBy createdAt } }"""
    answer = Client().post(
        "/graphql/",
        {
            "operations": json.dumps(
                {"query": query, "variables": {"file": None, "type": "image"}}
            ),
            "map": json.dumps({"0": ["variables.file"]}),
            "0": SimpleUploadedFile("door.png", make.png(), "image/png"),
        },
        headers={"Authorization": f"JWT {an_access_token(owner)}"},
    )

    asset = data(answer.json())["uploadAsset"]
    assert (asset["type"], asset["name"], asset["uploadedBy"]) == (
        "image",
        "door.png",
        owner.user_id,
    )
    assert asset["metadata"]["mimeType"] == "image/png"


def test_deletions_without_a_selection_answer_true(
    api: Api, owner: Actor, story: dict[str, str]
) -> None:
    assert data(
        api("mutation($id: ID!) { deleteChoice(choiceId: $id) }", {"id": story["choice"]}, owner)
    ) == {"deleteChoice": True}
    assert data(
        api(
            "mutation($id: String!) { gone: deleteScene(sceneId: $id) }",
            {"id": story["two"]},
            owner,
        )
    ) == {"gone": True}
    assert data(
        api("mutation($id: ID!) { deleteScenario(scenarioId: $id) }", {"id": story["key"]}, owner)
    ) == {"deleteScenario": True}
    assert database()["scenarios"].count_documents({}) == 0


def test_a_deletion_that_is_refused_is_an_error_with_its_code(
    api: Api, owner: Actor, stranger: Actor, story: dict[str, str]
) -> None:
    delete = "mutation($id: ID!) { deleteAsset(id: $id) }"

    used = api(delete, {"id": story["picture"]}, owner)
    foreign = api(delete, {"id": story["picture"]}, stranger)
    absent = api(delete, {"id": str(ObjectId())}, owner)

    codes = [one["errors"][0]["extensions"]["code"] for one in (used, foreign, absent)]
    reasons = [one["errors"][0]["extensions"].get("reason") for one in (used, foreign, absent)]
    assert codes[1:] == ["FORBIDDEN", "NOT_FOUND"], (codes, reasons)
    assert "ASSET_IN_USE" in (codes[0], reasons[0])
    assert all(one["errors"][0]["path"] == ["deleteAsset"] for one in (used, foreign, absent))
    assert database()["assets"].count_documents({}) == 1


def test_the_third_editor_sends_the_whole_graph(
    api: Api, owner: Actor, story: dict[str, str]
) -> None:
    mutation = """mutation Save($scenarioId: String!, $input: UpdateScenarioInput!) {
      updateScenario(scenarioId: $scenarioId, input: $input) { id title userErrors { field code message } } }"""
    scenes = [
        {"id": story["one"], "title": "One", "text": "New.", "isStartScene": True,
         "choices": [{"text": "Leap", "toSceneId": "tmp-1"}]},
        {"id": "tmp-1", "title": "Three", "text": "Deep."},
    ]  # fmt: skip

    saved = data(
        api(
            mutation,
            {"scenarioId": story["key"], "input": {"title": "Abyss", "scenes": scenes}},
            owner,
        )
    )

    assert saved["updateScenario"] == {"id": story["key"], "title": "Abyss", "userErrors": []}
    assert sorted(database()["scenes"].distinct("title")) == ["One", "Three"]
    broken = [{"id": "tmp-1", "title": "X", "text": ""}]
    refused = data(api(mutation, {"scenarioId": story["key"], "input": {"scenes": broken}}, owner))
    assert refused["updateScenario"]["userErrors"][0]["field"] == "scenes.0.text"
    assert refused["updateScenario"]["id"] is None
    assert sorted(database()["scenes"].distinct("title")) == ["One", "Three"]


def test_asset_lists_under_their_old_names(api: Api, owner: Actor, stranger: Actor) -> None:
    an_asset(owner, name="open")
    an_asset(owner, "sound", name="heard")
    an_asset(owner, name="closed", is_public=False)
    an_asset(stranger, name="theirs")

    listed = data(
        api(
            """query($t: String) { publicAssets(typeFilter: $t) { name }
              myAssets(typeFilter: "sound") { name } }""",
            {"t": "image"},
            owner,
        )
    )

    assert {one["name"] for one in listed["publicAssets"]} == {"open", "theirs"}
    assert [one["name"] for one in listed["myAssets"]] == ["heard"]


def test_what_is_generated_under_old_names(api: Api, owner: Actor, settings: Any) -> None:
    settings.GENERATION_WAIT_SECONDS = 0.0
    answer = data(
        api(
            """mutation { generateImageWithAi(prompt: "a bell") { success id url }
              generateAsset(type: "sound", name: "Hello", description: "Hello there", soundType: "voice",
                language: "en") { success id } }""",
            None,
            owner,
        )
    )

    assert answer["generateImageWithAi"] == {"success": True, "id": None, "url": None}
    assert answer["generateAsset"] == {"success": True, "id": None}
    assert sorted(database()["jobs"].distinct("kind")) == ["image", "speech"]


def test_the_old_forms_are_deprecated_in_the_schema(api: Api, admin: Actor) -> None:
    query = """{ q: __type(name: "Query") { fields(includeDeprecated: true) { name deprecationReason } }
      m: __type(name: "Mutation") { fields(includeDeprecated: true) { name deprecationReason } }
      s: __type(name: "Scene") { fields(includeDeprecated: true) { name deprecationReason } } }"""

    found = data(api(query, None, admin))

    def reasons(key: str) -> dict[str, str | None]:
        return {one["name"]: one["deprecationReason"] for one in found[key]["fields"]}

    for name in ("allScenarios", "scenarioById", "scenesList", "publicAssets", "myAssets"):
        assert reasons("q")[name]
    for name in ("createAsset", "generateAsset", "generateImageWithAi", "generateSoundWithAi"):
        assert reasons("m")[name]
    assert reasons("s")["mongoId"]
