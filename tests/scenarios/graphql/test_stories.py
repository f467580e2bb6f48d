"""Publish, simulate, import, export and play over GraphQL, as clients call them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from scenarios.formats import WRITABLE, read_story
from scenarios.services.scenarios import update_scenario
from storycore.access import Actor
from storycore.mongo.connection import database
from tests.assets.services.conftest import sent
from tests.conftest import Api, CommandCounter
from tests.factories import a_choice, a_scenario, a_scene, an_access_token

TWEE = """:: StoryTitle
The Well

:: Start
You stand at a well.
[[Climb down->Bottom]]

:: Bottom [dark]
It is dark.
"""
IMPORT = """mutation($file: Upload!, $format: String, $scenarioId: ID, $dryRun: Boolean) {
  importStory(file: $file, format: $format, scenarioId: $scenarioId, dryRun: $dryRun) {
    success userErrors { field code message }
    report { format passages links variables kept { passage text } }
    scenario { id title startScene { title } scenes { title tags isEndScene choices { text } } } } }"""
EXPORT = "query($id: ID!, $format: String!) { exportStory(id: $id, format: $format) { url filename mimeType } }"
SIMULATE = """mutation($id: ID!, $runs: Int, $seed: Int) { simulateScenario(id: $id, runs: $runs, seed: $seed) {
  success job { id status } userErrors { field code }
  result { complete states runs seed unreachedScenes unreachedChoices
    endings { sceneId chance shortestPath } stuckChance readingMinutes { median }
    stuck { sceneId variables path }
    stuckCount problems { message } } } }"""
PUBLISH = """mutation($id: ID!, $force: Boolean) { publishScenario(id: $id, force: $force) {
  success userErrors { code } findings { code severity sceneId } scenario { isPublished } } }"""
BEGIN = """mutation($id: ID!) { createProgress(scenarioId: $id) { success token userErrors { field code }
  progress { id percentage isCompleted currentScene { title } history { sceneId } } } }"""
TAKE = """mutation($id: ID!, $choice: ID!, $token: String) {
  recordProgress(progressId: $id, choiceId: $choice, timeSpent: 3.5, token: $token) {
    success userErrors { field code message }
    progress { isCompleted percentage totalTimeSpent currentSceneId history { sceneId choiceId at }
      variables } } }"""
SEE = """query($id: ID!, $token: String) { playScene(progressId: $id, token: $token) {
  scene { title text image { url } } variables isEnd wasMoved choices { choiceId available reason message
    choice { text } } } }"""


def import_file(actor: Actor | None, data: bytes, name: str = "well.twee", **variables: Any) -> Any:
    given = {"file": None} | variables
    headers = (
        {"Authorization": f"Bearer {an_access_token(actor)}"}
        if actor
        else {"X-Requested-With": "t"}
    )
    answer = Client().post(
        "/graphql/",
        {
            "operations": json.dumps({"query": IMPORT, "variables": given}),
            "map": json.dumps({"0": ["variables.file"]}),
            "0": SimpleUploadedFile(name, data, "text/plain"),
        },
        headers=headers,
    )
    return answer.json()


def a_small_story(owner: Actor, **fields: Any) -> tuple[ObjectId, ObjectId, ObjectId, ObjectId]:
    """A scenario with two scenes and a choice between them: its key, the scenes' and the choice's."""
    key = a_scenario(owner, **fields)
    one = a_scene(owner, key, title="One", image=sent(owner, is_public=True))
    two = a_scene(owner, key, title="Two", is_end_scene=True)
    return key, one, two, a_choice(owner, one, two)


def test_a_file_becomes_a_story(owner: Actor) -> None:
    payload = import_file(owner, TWEE.encode())["data"]["importStory"]

    assert (payload["success"], payload["userErrors"]) == (True, [])
    assert payload["report"] == {
        "format": "twee",
        "passages": 2,
        "links": 1,
        "variables": 0,
        "kept": [],
    }
    assert payload["scenario"]["title"] == "The Well"
    assert payload["scenario"]["startScene"] == {"title": "Start"}
    assert payload["scenario"]["scenes"] == [
        {"title": "Start", "tags": [], "isEndScene": False, "choices": [{"text": "Climb down"}]},
        {"title": "Bottom", "tags": ["dark"], "isEndScene": True, "choices": []},
    ]


def test_a_dry_run_writes_nothing(owner: Actor) -> None:
    payload = import_file(owner, TWEE.encode(), dryRun=True)["data"]["importStory"]

    assert (payload["scenario"], payload["report"]["passages"]) == (None, 2)
    assert database()["scenarios"].count_documents({}) == 0


def test_a_file_replaces_a_story_of_ones_own_only(owner: Actor, stranger: Actor) -> None:
    key, *_ = a_small_story(owner, is_published=True)

    refused = import_file(stranger, TWEE.encode(), scenarioId=str(key))["data"]["importStory"]
    assert refused["userErrors"][0]["code"] == "FORBIDDEN"
    assert database()["scenes"].count_documents({"title": "One"}) == 1
    payload = import_file(owner, TWEE.encode(), scenarioId=str(key))["data"]["importStory"]

    assert payload["scenario"]["id"] == str(key)
    assert [one["title"] for one in payload["scenario"]["scenes"]] == ["Start", "Bottom"]
    assert database()["choices"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("data", "variables", "code"),
    [
        (b"no story at all", {}, "BROKEN_STORY_FILE"),
        (b"", {}, "BROKEN_STORY_FILE"),
        (b"\xff\xfe\x00\xd8", {}, "BROKEN_STORY_FILE"),
        (b"PK\x03\x04 nonsense", {}, "BROKEN_STORY_FILE"),
        (TWEE.encode(), {"format": "playable"}, "UNKNOWN_STORY_FORMAT"),
        (TWEE.encode(), {"scenarioId": "nonsense"}, "BAD_USER_INPUT"),
        (TWEE.encode(), {"scenarioId": str(ObjectId())}, "NOT_FOUND"),
        ((":: A\n" + "x" * 1_000_001).encode(), {}, "BAD_USER_INPUT"),
        ("".join(f":: P{n}\nx\n\n" for n in range(20_001)).encode(), {}, "STORY_TOO_LARGE"),
        (b":: A\n" + b"x" * (21 * 1024 * 1024), {}, "STORY_TOO_LARGE"),
    ],
    ids=lambda value: str(value)[:18],
)
def test_a_file_that_is_refused_writes_nothing(
    owner: Actor, data: bytes, variables: dict[str, Any], code: str
) -> None:
    answer = import_file(owner, data, **variables)

    payload = answer["data"]["importStory"]
    assert [one["code"] for one in payload["userErrors"]] == [code], payload
    for name in ("scenarios", "scenes", "choices", "assets"):
        assert database()[name].count_documents({}) == 0


def test_importing_needs_a_login(content: None, db: None) -> None:
    assert import_file(None, TWEE.encode())["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_bundle_restores_everything(api: Api, owner: Actor, stranger: Actor) -> None:
    key, *_ = a_small_story(owner)
    url = api(EXPORT, {"id": str(key), "format": "bundle"}, owner)["data"]["exportStory"]["url"]
    parts = urlsplit(url)
    data = Client().get(f"{parts.path}?{parts.query}").content

    payload = import_file(stranger, data, "one.story.zip")["data"]["importStory"]

    assert payload["success"], payload
    (scene,) = database()["scenes"].find(
        {"scenario": ObjectId(payload["scenario"]["id"]), "title": "One"}
    )
    picture = database()["assets"].find_one({"_id": scene["image"]})
    assert picture is not None
    assert picture["uploaded_by"] == stranger.user_id


def test_a_bundle_with_a_hostile_picture_leaves_nothing(owner: Actor, api: Api) -> None:
    key, *_ = a_small_story(owner)
    url = urlsplit(
        api(EXPORT, {"id": str(key), "format": "bundle"}, owner)["data"]["exportStory"]["url"]
    )
    data = Client().get(f"{url.path}?{url.query}").content
    before = {name: database()[name].count_documents({}) for name in ("scenarios", "assets")}

    payload = import_file(owner, _with_media(data, b"<svg/>"), "one.story.zip")["data"][
        "importStory"
    ]

    assert payload["userErrors"][0]["code"] == "UNSUPPORTED_MEDIA"
    assert {name: database()[name].count_documents({}) for name in before} == before


def _with_media(bundle: bytes, content: bytes) -> bytes:
    """The bundle with other bytes for its picture, and the right hash."""

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as source, zipfile.ZipFile(out, "w") as target:
        head = json.loads(source.read("story.json"))
        for one in head["media"]:
            one["sha256"] = hashlib.sha256(content).hexdigest()
            target.writestr(one["file"], content)
        target.writestr("story.json", json.dumps(head))
    return out.getvalue()


@pytest.mark.parametrize("form", WRITABLE)
def test_every_format_is_downloaded(api: Api, owner: Actor, form: str) -> None:
    key, *_ = a_small_story(owner, title="The Well")

    found = api(EXPORT, {"id": str(key), "format": form}, owner)["data"]["exportStory"]

    url = urlsplit(found["url"])
    answer = Client().get(f"{url.path}?{url.query}")
    assert answer.status_code == 200
    assert found["filename"] in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"].startswith(found["mimeType"])
    assert answer.headers["Content-Type"].endswith("charset=utf-8") == found["mimeType"].startswith(
        "text/"
    )
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    if not form.startswith("playable"):
        story = read_story(answer.content, "auto", found["filename"])
        assert [one.name for one in story.passages] == ["One", "Two"]


def test_who_may_download(api: Api, owner: Actor, stranger: Actor) -> None:
    key, *_ = a_small_story(owner)
    path = f"/api/scenarios/{key}/export/twee"
    signed = urlsplit(
        api(EXPORT, {"id": str(key), "format": "twee"}, owner)["data"]["exportStory"]["url"]
    )

    def status(address: str, actor: Actor | None = None) -> int:
        headers = {"Authorization": f"JWT {an_access_token(actor)}"} if actor else {}
        return int(Client().get(address, headers=headers).status_code)

    assert (status(path), status(path, stranger), status(path, owner)) == (404, 404, 200)
    assert status(f"{path}?{signed.query}") == 200
    assert status(f"/api/scenarios/{key}/export/bundle?{signed.query}") == 404
    assert status(f"{path}?token=nonsense") == 404
    assert status(f"/api/scenarios/{key}/export/docx", owner) == 422
    assert status("/api/scenarios/nonsense/export/twee", owner) == 404
    assert status("/play/nonsense") == 404
    refused = api(EXPORT, {"id": str(key), "format": "twee"}, stranger)
    assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    database()["scenarios"].update_one({"_id": key}, {"$set": {"is_published": True}})
    assert status(path) == 200


def test_a_simulation_shows_endings_and_stuck_places(api: Api, owner: Actor) -> None:
    key, one, two, choice = a_small_story(owner)
    lost = a_scene(owner, key, title="Lost")
    a_choice(owner, one, lost, text="Astray")

    answer = api(SIMULATE, {"id": str(key), "runs": 200, "seed": 3}, owner)

    payload = answer["data"]["simulateScenario"]
    result = payload["result"]
    assert (payload["success"], payload["job"], result["complete"], result["runs"]) == (
        True,
        None,
        True,
        200,
    )
    (ending,) = result["endings"]
    assert (ending["sceneId"], ending["shortestPath"]) == (str(two), [str(choice)])
    assert [stuck["sceneId"] for stuck in result["stuck"]] == [str(lost)]
    assert round(ending["chance"] + result["stuckChance"], 6) == 1.0
    assert api(SIMULATE, {"id": str(key), "runs": 200, "seed": 3}, owner) == answer


@pytest.mark.parametrize(("runs", "seed"), [(0, 0), (20_001, 0), (1, -1)])
def test_a_simulation_has_bounds(api: Api, owner: Actor, runs: int, seed: int) -> None:
    key, *_ = a_small_story(owner)

    payload = api(SIMULATE, {"id": str(key), "runs": runs, "seed": seed}, owner)["data"][
        "simulateScenario"
    ]

    assert payload["result"] is None
    assert payload["userErrors"][0]["code"] == "BAD_USER_INPUT"


def test_a_story_with_errors_is_not_published_unless_forced(api: Api, owner: Actor) -> None:
    key = a_scenario(owner)

    refused = api(PUBLISH, {"id": str(key)}, owner)["data"]["publishScenario"]

    assert (refused["success"], refused["userErrors"]) == (False, [{"code": "NOT_PUBLISHABLE"}])
    assert refused["findings"] == [{"code": "NO_START", "severity": "error", "sceneId": None}]
    assert database()["scenarios"].distinct("is_published") == [False]
    forced = api(PUBLISH, {"id": str(key), "force": True}, owner)["data"]["publishScenario"]
    assert forced["scenario"] == {"isPublished": True}


def test_a_sound_story_is_published_by_its_owner(api: Api, owner: Actor, stranger: Actor) -> None:
    key, *_ = a_small_story(owner)

    assert api(PUBLISH, {"id": str(key)}, stranger)["data"]["publishScenario"]["success"] is False
    assert api(PUBLISH, {"id": str(key)}, owner)["data"]["publishScenario"]["success"] is True
    closed = api(
        "mutation($id: ID!) { unpublishScenario(id: $id) { scenario { isPublished } } }",
        {"id": str(key)},
        owner,
    )
    assert closed["data"]["unpublishScenario"]["scenario"] == {"isPublished": False}


def test_a_reader_without_a_login_plays_by_token(api: Api, owner: Actor) -> None:
    key, one, two, choice = a_small_story(owner, is_published=True)

    begun = api(BEGIN, {"id": str(key)})["data"]["createProgress"]

    token, progress = begun["token"], begun["progress"]
    assert (progress["percentage"], progress["currentScene"]) == (50.0, {"title": "One"})
    seen = api(SEE, {"id": progress["id"], "token": token})["data"]["playScene"]
    assert (seen["scene"]["title"], seen["isEnd"], seen["wasMoved"]) == ("One", False, False)
    assert seen["scene"]["image"]["url"]
    assert [(one["available"], one["choice"]["text"]) for one in seen["choices"]] == [
        (True, "Go on")
    ]
    taken = api(TAKE, {"id": progress["id"], "choice": str(choice), "token": token})["data"][
        "recordProgress"
    ]
    assert (taken["progress"]["isCompleted"], taken["progress"]["currentSceneId"]) == (
        True,
        str(two),
    )
    assert taken["progress"]["totalTimeSpent"] == 3.5
    assert taken["progress"]["history"][0]["sceneId"] == str(one)
    back = api(
        "mutation($id: ID!, $t: String) { goBackInHistory(progressId: $id, stepsBack: 1, token: $t) {"
        " progress { isCompleted currentScene { title } } } }",
        {"id": progress["id"], "t": token},
    )
    assert back["data"]["goBackInHistory"]["progress"] == {
        "isCompleted": False,
        "currentScene": {"title": "One"},
    }
    lone = api(SEE, {"id": progress["id"]})
    assert lone["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_story_that_was_taken_back_cannot_be_read_on_from_a_play(
    api: Api, owner: Actor, stranger: Actor
) -> None:
    key, _one, two, choice = a_small_story(owner, is_published=True)
    play = api(BEGIN, {"id": str(key)}, stranger)["data"]["createProgress"]["progress"]["id"]
    api(TAKE, {"id": play, "choice": str(choice)}, stranger)
    query = (
        "{ myProgress { currentSceneId currentScene { title choices { id } }"
        " history { sceneId scene { title } choice { text } } } }"
    )
    seen = api(query, {}, stranger)["data"]["myProgress"][0]
    assert (seen["currentScene"]["title"], seen["history"][0]["scene"]["title"]) == ("Two", "One")

    update_scenario(owner, key, {"is_published": False})

    hidden = api(query, {}, stranger)["data"]["myProgress"][0]
    assert (hidden["currentSceneId"], hidden["currentScene"]) == (str(two), None)
    assert (hidden["history"][0]["scene"], hidden["history"][0]["choice"]) == (None, None)
    mine = api("{ myProgress { currentScene { title } } }", {}, owner)
    assert mine["data"]["myProgress"] == []


def test_null_steps_are_one_step(api: Api, owner: Actor, stranger: Actor) -> None:
    key, _one, _two, choice = a_small_story(owner, is_published=True)
    play = api(BEGIN, {"id": str(key)}, stranger)["data"]["createProgress"]["progress"]["id"]
    api(TAKE, {"id": play, "choice": str(choice)}, stranger)

    back = api(
        "mutation($id: ID!, $n: Int) { goBackInHistory(progressId: $id, stepsBack: $n) {"
        " progress { history { sceneId } } userErrors { field message } } }",
        {"id": play, "n": None},
        stranger,
    )

    assert back["data"]["goBackInHistory"] == {"progress": {"history": []}, "userErrors": []}


def test_ones_own_progress_is_listed(api: Api, owner: Actor, stranger: Actor) -> None:
    key, _one, _two, choice = a_small_story(owner, is_published=True)
    mine = api(BEGIN, {"id": str(key)}, stranger)["data"]["createProgress"]
    api(BEGIN, {"id": str(key)}, owner)
    query = "query($s: ID) { myProgress(scenarioId: $s) { id userId scenario { id } } }"

    listed = api(query, {"s": str(key)}, stranger)["data"]["myProgress"]

    assert mine["token"] is None
    assert [(one["id"], one["userId"]) for one in listed] == [
        (mine["progress"]["id"], stranger.user_id)
    ]
    assert api(query, {"s": str(ObjectId())}, stranger)["data"]["myProgress"] == []
    single = "query($id: ID!) { progress(id: $id) { id } node(id: $id) { id } }"
    assert api(single, {"id": mine["progress"]["id"]}, stranger)["data"]["progress"]["id"]
    assert api(single, {"id": mine["progress"]["id"]}, owner)["data"] == {
        "progress": None,
        "node": None,
    }
    assert api(query, {})["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert choice


def test_a_wrong_choice_is_a_user_error(api: Api, owner: Actor) -> None:
    key, *_ = a_small_story(owner, is_published=True)
    begun = api(BEGIN, {"id": str(key)}, owner)["data"]["createProgress"]["progress"]

    refused = api(TAKE, {"id": begun["id"], "choice": str(ObjectId())}, owner)["data"][
        "recordProgress"
    ]

    assert (refused["success"], refused["userErrors"][0]["code"]) == (False, "CHOICE_NOT_HERE")


def test_a_step_of_play_costs_few_commands(
    api: Api, owner: Actor, commands: CommandCounter
) -> None:
    key, *_ = a_small_story(owner, is_published=True)
    begun = api(BEGIN, {"id": str(key)}, owner)["data"]["createProgress"]["progress"]
    api(SEE, {"id": begun["id"]}, owner)
    commands.names.clear()

    api(SEE, {"id": begun["id"]}, owner)

    assert len(commands.names) <= 5, commands.names


def test_conditions_are_judged_again_when_variables_change(api: Api, owner: Actor) -> None:
    key, one, two, _choice = a_small_story(owner)
    a_choice(owner, one, two, text="Pay", condition="gold > 3")
    query = """query($id: ID!) { scenario(id: $id) {
      startScene { choices { text conditionError { reason } } } } }"""

    def errors() -> dict[str, Any]:
        found = api(query, {"id": str(key)}, owner)["data"]["scenario"]["startScene"]["choices"]
        return {each["text"]: each["conditionError"] for each in found}

    assert errors()["Pay"] is not None
    change = """mutation($id: ID!, $input: UpdateScenarioInput!) {
      updateScenario(id: $id, input: $input) { success } }"""
    api(
        change,
        {"id": str(key), "input": {"variables": [{"name": "gold", "type": "integer"}]}},
        owner,
    )
    assert errors()["Pay"] is None
    api(change, {"id": str(key), "input": {"variables": []}}, owner)
    assert errors()["Pay"] is not None


def test_a_wrong_visibility_is_told_and_the_scene_is_saved(api: Api, owner: Actor) -> None:
    _key, one, *_ = a_small_story(owner)
    change = """mutation($id: ID!, $input: UpdateSceneInput!) { updateScene(id: $id, input: $input) {
      success userErrors { field code message } scene { visibleIf visibleIfError { reason line column } } } }"""

    wrong = api(change, {"id": str(one), "input": {"visibleIf": "gold >"}}, owner)["data"][
        "updateScene"
    ]
    right = api(change, {"id": str(one), "input": {"visibleIf": "1 < 2"}}, owner)["data"][
        "updateScene"
    ]

    assert [(each["field"], each["code"]) for each in wrong["userErrors"]] == [
        ("visibleIf", "EXPRESSION_ERROR")
    ]
    assert "^" in wrong["userErrors"][0]["message"]
    assert wrong["scene"]["visibleIf"] == "gold >"
    assert wrong["scene"]["visibleIfError"]["line"] == 1
    assert (right["userErrors"], right["scene"]["visibleIfError"]) == ([], None)
