"""Projects over GraphQL: the same documents and stages, what reading costs, the way from a story."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from assets.services.uploads import NewAsset, upload_asset
from generation.documents import Job
from generation.running.stepping import advance_next
from projects.videos.documents import VideoProject
from storycore.access import Actor
from storycore.mongo.connection import database
from storycore.mongo.reading import find_one
from tests.conftest import COUNTER, Api
from tests.factories import a_choice, a_scenario, a_scene
from tests.generation.conftest import MOCKED
from tests.generation.engines.video.conftest import a_picture
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made

CREATE = """mutation($input: ProjectInput!) { createProject(input: $input) {
  project { id key title status images { prompt url assetId } extra } success userErrors { field code } } }"""


@pytest.fixture
def mocked(settings: Any) -> None:
    """Every task but rendering is done by the mock provider; answers do not wait."""
    settings.PROVIDERS = {
        **dict.fromkeys(("image", "speech", "music", "effect", "text"), MOCKED),
        "video": {"local": {"BACKEND": "local", "OPTIONS": {}}},
    }
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.GENERATION_WAIT_SECONDS = 0.0


def created(api: Api, actor: Actor, **fields: Any) -> str:
    answer = api(CREATE, {"input": fields}, actor)["data"]["createProject"]
    assert answer["success"], answer
    return str(answer["project"]["id"])


def test_made_changed_listed_and_removed(api: Api, owner: Actor, stranger: Actor) -> None:
    key = created(api, owner, title="Sea", images=[{"prompt": "a"}], extra={"note": 1})

    changed = api(
        'mutation($id: ID!) { updateProject(id: $id, input: {title: "Lake", fps: 60}) '
        "{ project { title fps extra } } }",
        {"id": key}, owner,
    )["data"]["updateProject"]["project"]  # fmt: skip
    listed = api(
        '{ projects(search: "lake") { id title } projectsConnection { totalCount nodes { id } } }',
        None,
        owner,
    )
    hidden = api(
        "query($id: ID!) { project(id: $id) { id } node(id: $id) { id } projects { id } }",
        {"id": key},
        stranger,
    )
    gone = api(
        "mutation($id: ID!) { deleteProject(id: $id) { deletedId success } }", {"id": key}, owner
    )

    assert changed == {"title": "Lake", "fps": 60, "extra": {"note": 1}}
    assert listed["data"]["projects"] == [{"id": key, "title": "Lake"}]
    assert listed["data"]["projectsConnection"]["totalCount"] == 1
    assert hidden["data"] == {"project": None, "node": None, "projects": []}
    assert gone["data"]["deleteProject"] == {"deletedId": key, "success": True}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"fps": 25}, "fps"), ({"voiceId": "hal"}, "voiceId"), ({"extra": [1]}, "extra")],
)
def test_a_wrong_field_is_a_user_error(
    api: Api, owner: Actor, given: dict[str, Any], field: str
) -> None:
    answer = api(CREATE, {"input": given}, owner)["data"]["createProject"]

    assert (answer["success"], answer["project"]) == (False, None)
    assert answer["userErrors"][0]["field"] == field


def test_everything_is_made_from_an_idea(
    api: Api, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = created(
        api,
        owner,
        title="Sea",
        resolution="720p",
        fps=24,
        images=[{"prompt": "a"}, {"prompt": "b"}],
    )
    answer = api(
        "mutation($id: ID!) { generateProjectAll(id: $id) "
        "{ job { id kind status } project { id } userErrors { code } } }",
        {"id": key}, owner,
    )["data"]["generateProjectAll"]  # fmt: skip
    run_jobs()

    told = api(
        """query($id: ID!, $job: ID!) {
          project(id: $id) { status stale duration captions { text start end } narrationSeconds
            narration { type duration } video { type mimeType url duration }
            thumbnailAsset { type url } thumbnail audioUrl audioPath videoUrl
            imageAssets { type url } images { assetId url } }
          job(id: $job) { status progress children { kind status } } }""",
        {"id": key, "job": answer["job"]["id"]}, owner,
    )["data"]  # fmt: skip
    assert (answer["job"]["kind"], answer["userErrors"]) == ("production", [])
    assert told["job"]["status"] == "completed"
    assert [one["kind"] for one in told["job"]["children"]] == [
        "script",
        "narration",
        "pictures",
        "video",
    ]
    project = told["project"]
    assert (project["status"], project["stale"]) == ("video_ready", [])
    assert project["video"]["type"] == "video"
    assert project["video"]["mimeType"] == "video/mp4"
    assert project["duration"] == pytest.approx(project["narrationSeconds"], abs=0.1)
    assert project["thumbnailAsset"]["type"] == "image"
    assert project["thumbnail"].endswith(project["thumbnailAsset"]["url"])
    assert project["videoUrl"].endswith(project["video"]["url"])
    assert project["audioUrl"] == project["audioPath"] != project["videoUrl"]
    assert all(
        one["url"].endswith(asset["url"])
        for one, asset in zip(project["images"], project["imageAssets"], strict=True)
    )
    assert len(project["images"]) == 2
    assert project["captions"][0]["start"] == 0.0

    again = api(
        "mutation($id: ID!) { generateProjectAll(id: $id) { job { id } } }", {"id": key}, owner
    )["data"]["generateProjectAll"]
    run_jobs()
    job = find_one(Job, {"_id": ObjectId(again["job"]["id"])}, None) or {}
    assert job["status"] == "completed"
    assert database()["jobs"].count_documents({"parent": job["_id"]}) == 0, "nothing was missing"


def test_stages_take_what_their_rest_twins_take(
    api: Api, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = created(api, owner, title="Sea", subtitles={"style": "plain"})
    for call in (
        'generateProjectScript(id: $id, description: "A boat.", style: "dramatic")',
        'generateProjectAudio(id: $id, scriptText: "The sea.", voiceId: "echo", audioSpeed: 0.9)',
        'generateProjectImages(id: $id, images: [{prompt: "a"}, {prompt: "b"}], style: "sketch")',
        'generateProjectImage(id: $id, index: 1, prompt: "c", style: "anime")',
        """generateProjectVideo(id: $id, resolution: "720p", fps: 24, template: "zoom_out",
          backgroundMusic: "none")""",
    ):
        asked = "{ project { id } job { id } userErrors { code } }"
        query = f"mutation($id: ID!) {{ answer: {call} {asked} }}"
        answer = api(query, {"id": key}, owner)["data"]["answer"]
        assert (answer["userErrors"], answer["project"]["id"]) == ([], key)
        assert answer["job"]["id"]
        run_jobs()

    told = api(
        "query($id: ID!) { project(id: $id) { status description scriptStyle voiceId audioSpeed imageStyle "
        "images { prompt } resolution fps videoTemplateId backgroundMusic subtitles } }",
        {"id": key}, owner,
    )["data"]["project"]  # fmt: skip
    assert told == {
        "status": "video_ready", "description": "A boat.", "scriptStyle": "dramatic", "voiceId": "echo",
        "audioSpeed": 0.9, "imageStyle": "anime", "images": [{"prompt": "a"}, {"prompt": "c"}],
        "resolution": "720p", "fps": 24, "videoTemplateId": "zoom_out", "backgroundMusic": "none",
        "subtitles": {"burn": True, "style": "plain", "position": "bottom"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ('generateProjectVideo(id: $id, template: "spin")', "template"),
        ('generateProjectScript(id: $id, style: "loud")', "style"),
        ('generateProjectImages(id: $id, images: [{prompt: "a"}], style: "cubist")', "style"),
        ("generateProjectAudio(id: $id, audioPitch: 9)", "audioPitch"),
        ("generateProjectImage(id: $id, index: 0)", "index"),
        ("generateProjectAudio(id: $id)", "scriptText"),
    ],
)
def test_a_wrong_word_for_a_stage_is_named_and_changes_nothing(
    api: Api, owner: Actor, mocked: None, call: str, field: str
) -> None:
    key = created(api, owner, title="Sea")

    query = (
        f"mutation($id: ID!) {{ answer: {call} {{ success job {{ id }} userErrors {{ field }} }} }}"
    )
    answer = api(query, {"id": key}, owner)["data"]["answer"]

    assert answer == {"success": False, "job": None, "userErrors": [{"field": field}]}
    assert database()["jobs"].count_documents({}) == 0
    assert (find_one(VideoProject, {}, None) or {})["revision"] == 0


def test_a_stage_that_fails_stops_the_rest_and_is_taken_up_again(
    api: Api, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = created(api, owner, title="Sea", scriptText="The sea.", images=[{"prompt": "mock:fail"}])
    start = "mutation($id: ID!) { generateProjectAll(id: $id) { job { id } } }"
    first = api(start, {"id": key}, owner)["data"]["generateProjectAll"]["job"]["id"]
    run_jobs()
    failed = find_one(Job, {"_id": ObjectId(first)}, None) or {}

    api(
        "mutation($id: ID!) { updateProject(id: $id, "
        'input: {images: [{prompt: "a"}], resolution: "720p", fps: 24}) { success } }',
        {"id": key}, owner,
    )  # fmt: skip
    second = api(start, {"id": key}, owner)["data"]["generateProjectAll"]["job"]["id"]
    run_jobs()

    kinds = [
        row["kind"] for row in database()["jobs"].find({"parent": ObjectId(second)}).sort("_id")
    ]
    assert (failed["status"], failed["error_code"]) == ("failed", "STAGE_FAILED")
    assert kinds == ["pictures", "video"], "the narration was there"
    assert (find_one(Job, {"_id": ObjectId(second)}, None) or {})["status"] == "completed"


def test_a_cancelled_production_cancels_its_stages(
    api: Api, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = created(api, owner, title="Sea", images=[{"prompt": "mock:slow a"}])
    job = api(
        "mutation($id: ID!) { generateProjectImages(id: $id) { job { id } } }", {"id": key}, owner
    )["data"]["generateProjectImages"]["job"]["id"]
    assert advance_next(["media"]) is not None, "the pictures are ordered"

    api("mutation($id: ID!) { cancelJob(id: $id) { success } }", {"id": job}, owner)
    run_jobs()

    statuses = {row["kind"]: row["status"] for row in database()["jobs"].find()}
    assert statuses == {"pictures": "cancelled", "picture": "cancelled"}
    assert database()["assets"].count_documents({}) == 0


def test_reading_projects_costs_the_same_for_few_and_many(
    api: Api, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    query = "{ projects(limit: 20) { title imageAssets { url } narration { url } video { url } } }"

    def commands() -> int:
        COUNTER.names.clear()
        COUNTER.counting = True
        assert "errors" not in api(query, None, owner)
        COUNTER.counting = False
        return len(COUNTER.names)

    for _number in range(2):
        key = created(api, owner, title="Sea", images=[{"prompt": "a"}])
        api("mutation($id: ID!) { generateProjectImages(id: $id) { success } }", {"id": key}, owner)
    run_jobs()
    few = commands()
    for _number in range(10):
        created(api, owner, title="Sea")

    assert commands() == few
    assert few <= 3


def test_a_way_through_a_story_becomes_a_project(
    api: Api,
    owner: Actor,
    stranger: Actor,
    mocked: None,
    run_jobs: Callable[[], int],
    tmp_path: Path,
) -> None:
    scenario = a_scenario(owner, title="The gate")
    with a_picture(tmp_path / "wall.png").open("rb") as file:
        new = NewAsset(type="image", file_name="wall.png", mime_type="image/png")
        picture = upload_asset(owner, file, new)
    scenes = [
        str(
            a_scene(
                owner,
                scenario,
                title=title,
                text=text,
                image=picture if number == 1 else None,
                is_start_scene=number == 0,
                is_end_scene=number == 2,
            )
        )
        for number, (title, text) in enumerate(
            (
                ("Yard", "You stand in a yard."),
                ("Wall", "The wall is high"),
                ("Road", "You are free."),
            )
        )
    ]
    for one, other in itertools.pairwise(scenes):
        a_choice(owner, ObjectId(one), ObjectId(other), text="Climb on")
    make = """mutation($scenario: ID!, $path: [ID!]) {
      createProjectFromScenario(scenarioId: $scenario, path: $path, input: {resolution: "720p", fps: 24}) {
        project { id title scriptText scenarioId resolution
          sections { title text choice } images { prompt assetId } }
        userErrors { field code message } } }"""

    answer = api(make, {"scenario": str(scenario)}, owner)["data"]["createProjectFromScenario"]
    foreign = api(make, {"scenario": str(scenario)}, stranger)["data"]["createProjectFromScenario"]
    broken = api(make, {"scenario": str(scenario), "path": [scenes[-1], scenes[0]]}, owner)["data"]

    project = answer["project"]
    assert project["scenarioId"] == str(scenario)
    assert project["resolution"] == "720p"
    assert len(project["sections"]) == len(project["images"]) >= 2
    assert [one["assetId"] for one in project["images"]] == [None, str(picture), None]
    assert project["sections"][0]["choice"]
    assert project["sections"][-1]["choice"] is None
    assert all(
        one["text"] in " ".join(project["scriptText"].split()) for one in project["sections"]
    )
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    assert broken["createProjectFromScenario"]["userErrors"][0]["field"] == "path.1"

    api(
        "mutation($id: ID!) { generateProjectAll(id: $id) { success } }",
        {"id": project["id"]},
        owner,
    )
    run_jobs()
    row = find_one(VideoProject, {"_id": ObjectId(project["id"])}, None) or {}
    order = find_one(Job, {"kind": "video"}, None) or {}
    assert row["status"] == "video_ready"
    assert [one["title"] for one in order["parameters"]["images"]] == [
        one["title"] for one in project["sections"]
    ]
    assert order["parameters"]["cards"][0]["text"] == project["sections"][0]["choice"]


def test_a_clients_own_id_finds_the_project_too(
    api: Api, call: Call, owner: Actor, stranger: Actor, admin: Actor, commands: Any
) -> None:
    made(call, owner, id="my-sea", title="Mine")
    made(call, stranger, id="my-sea", title="Theirs")
    own = find_one(VideoProject, {"key": "my-sea", "owner": owner.user_id}, ("_id",)) or {}

    def title(id: Any, actor: Actor | None) -> Any:
        answer = api("query($id: ID!) { project(id: $id) { title } }", {"id": id}, actor)
        return (answer["data"]["project"] or {}).get("title")

    assert title("my-sea", owner) == "Mine"
    assert title("my-sea", stranger) == "Theirs"
    assert title(str(own["_id"]), owner) == "Mine"
    assert title(str(own["_id"]), stranger) is None
    assert title("my-sea", None) is None
    for nothing in ("", "nothing", "\x00", "$ne", "my-sea ", "6b0a7dc6dc1552f89c6b1fde"):
        assert title(nothing, owner) is None
    # Also where the plain executor answers.
    plain = api(
        "query($id: ID!) { project(id: $id) { title __typename } node(id: $id) { id } }",
        {"id": "my-sea"},
        owner,
    )
    assert plain["data"]["project"]["title"] == "Mine"
    commands.names.clear()
    title(str(own["_id"]), owner)
    assert commands.names == ["find"]
