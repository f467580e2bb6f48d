"""The stages: what they ask for, wait for and answer, unsaved projects, and what goes wrong alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from assets.documents import Asset
from generation.documents import Job
from projects.videos.documents import VideoProject
from storycore.access import Actor
from storycore.mongo.reading import count_where, find_one
from tests.generation.conftest import MOCKED
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made


@pytest.fixture
def mocked(settings: Any) -> None:
    """Every task is done by the mock provider; answers do not wait."""
    settings.PROVIDERS = {
        **dict.fromkeys(("image", "speech", "music", "effect", "text"), MOCKED),
        "video": {"local": {"BACKEND": "local", "OPTIONS": {}}},
    }
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.GENERATION_WAIT_SECONDS = 0.0


def test_a_slow_stage_says_that_it_goes_on(
    call: Call, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = made(call, owner, title="Sea")["id"]

    body = json.loads(call("post", f"/projects/{key}/generate-script", {}, owner).content)
    run_jobs()

    assert body == {
        "message": "Script generation started",
        "status": "processing",
        "job_id": body["job_id"],
    }
    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)
    assert whole["status"] == "script_generated"
    assert whole["script_text"]


@pytest.mark.parametrize(
    ("stage", "status", "detail"),
    [
        ("generate-script", 400, "Give a title or a description first."),
        ("generate-audio", 400, "Write or generate the script first."),
        ("generate-images", 400, "Give the pictures prompts first."),
        ("generate-images/0", 404, "There is no such picture."),
        ("generate-images/x", 422, "index"),
        ("generate-video", 400, "Audio and images required"),
        ("generate-all", 400, "Give a title or a description first."),
    ],
)
def test_what_is_missing_first_is_said(
    call: Call, owner: Actor, stage: str, status: int, detail: str
) -> None:
    key = made(call, owner)["id"]

    answer = call("post", f"/projects/{key}/{stage}", {}, owner)

    assert answer.status_code == status
    assert detail in json.loads(answer.content)["detail"]
    assert count_where(Job, {}) == 0
    assert (find_one(VideoProject, {}, None) or {})["revision"] == 0
    assert call("post", f"/projects/nonsense/{stage}", {}, owner).status_code in (404, 422)


def test_a_picture_that_fails_loses_no_other_and_is_made_again_alone(
    call: Call, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    prompts = ["a sea", "mock:fail a wreck", "a gull"]
    key = made(call, owner, title="Sea")["id"]

    call("post", f"/projects/{key}/generate-images", {"prompts": prompts, "style": "sketch"}, owner)
    run_jobs()

    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)
    row = find_one(VideoProject, {}, None) or {}
    parent = find_one(Job, {"kind": "pictures"}, None) or {}
    assert [bool(one["url"]) for one in whole["images"]] == [True, False, True]
    assert whole["status"] == "draft"
    assert row["images"][1]["error"]
    assert (parent["status"], parent["error_code"]) == ("failed", "STAGE_FAILED")
    assert "1 of 3" in parent["error_message"]

    first = whole["images"][0]["url"].split("?")[0]
    call("post", f"/projects/{key}/generate-images/1", {"prompt": "a wreck"}, owner)
    run_jobs()

    after = json.loads(call("get", f"/projects/{key}", None, owner).content)
    assert [bool(one["url"]) for one in after["images"]] == [True, True, True]
    assert after["images"][0]["url"].split("?")[0] == first
    assert after["images"][1]["prompt"] == "a wreck"
    assert after["status"] == "images_ready"


def test_pictures_that_are_there_are_not_made_again(
    call: Call, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = made(call, owner, images=[{"prompt": "a"}, {"prompt": "b"}])["id"]
    call("post", f"/projects/{key}/generate-images", {}, owner)
    run_jobs()
    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)

    images = [*whole["images"], {"prompt": "c", "url": None}]
    call("post", f"/projects/{key}/generate-images", {"images": images}, owner)
    run_jobs()

    assert count_where(Asset, {}) == 3
    call("post", f"/projects/{key}/generate-images", {}, owner)
    run_jobs()
    assert count_where(Asset, {}) == 6


def test_changed_words_make_what_was_made_stale_and_delete_nothing(
    call: Call, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = made(call, owner, title="Sea", script_text="The sea. It is wide.")["id"]
    call("post", f"/projects/{key}/generate-audio", {}, owner)
    run_jobs()
    path = f"/projects/{key}"
    before = json.loads(call("get", path, None, owner).content)

    after = json.loads(call("patch", path, {"script_text": "The lake."}, owner).content)
    again = json.loads(call("put", path, {**after, "title": "Lake"}, owner).content)
    call("post", f"{path}/generate-audio", {}, owner)
    run_jobs()
    spoken = json.loads(call("get", path, None, owner).content)

    assert (before["stale"], after["stale"], again["stale"]) == ([], ["narration"], ["narration"])
    assert before["audio_path"].split("?")[0] == again["audio_path"].split("?")[0]
    assert (spoken["stale"], spoken["status"]) == ([], "audio_generated")
    listed = json.loads(call("get", "/projects?status=audio_ready", None, owner).content)
    assert [one["id"] for one in listed] == [key]


def test_an_unsaved_project_stores_none(call: Call, studio: None, worker: None) -> None:
    script = json.loads(
        call(
            "post", "/projects/temp/generate-script", {"title": "Sea", "use_case": "commercial"}
        ).content
    )
    audio = json.loads(
        call(
            "post", "/audios/temp", {**script, "script_text": "Hello sea.", "voice_id": "onyx"}
        ).content
    )
    pictures = json.loads(
        call("post", "/images/temp", {"images": [{"prompt": "a sea", "url": None}]}).content
    )
    one = json.loads(call("post", "/images/temp/0", {"prompt": "a gull"}).content)
    video = json.loads(
        call("post", "/video/temp", {
            "audio_path": audio["audio_path"], "images": pictures["images"],
            "resolution": "720p", "fps": 24,
        }).content
    )  # fmt: skip

    assert (script["id"], script["status"]) == ("temp", "script_generated")
    assert "Sea" in script["script_text"]
    assert audio["audio_url"] == audio["audio_path"]
    assert pictures["images"][0]["url"]
    assert one["image_url"]
    assert (video["status"], bool(video["video_url"]), bool(video["thumbnail"])) == (
        "video_ready",
        True,
        True,
    )
    assert video["duration"] > 0.3
    assert count_where(VideoProject, {}) == 0


def test_the_second_family_of_addresses(
    call: Call, owner: Actor, mocked: None, run_jobs: Callable[[], int], settings: Any
) -> None:
    key = made(call, owner, title="Sea")["id"]
    for path in (f"/scripts/{key}", f"/api/audios/{key}"):
        assert json.loads(call("post", path, {}, owner).content)["status"] == "processing"
        run_jobs()

    told = json.loads(
        call("get", f"/audios/generate-subtitle?project_id={key}&audio_path=x", None, owner).content
    )
    srt = call("get", told["subtitle_path"].removeprefix("http://testserver"), None, owner)
    vtt = call("get", f"/api/projects/{key}/subtitles.vtt", None, owner)
    set_ = json.loads(
        call("post", f"/subtitles/{key}", {"style": "outlined", "position": "top"}, owner).content
    )
    styles = json.loads(call("get", "/subtitles/styles").content)
    positions = json.loads(call("get", "/api/subtitles/positions").content)
    templates = json.loads(call("get", "/video-template").content)
    hint = json.loads(
        call(
            "post", "/scripts/description/generate", {"contextual_description": "sea"}, owner
        ).content
    )

    assert told["success"] is True
    assert b"00:00:00,000 -->" in srt.content
    assert vtt.content.startswith(b"WEBVTT")
    assert set_["subtitles"] == {"burn": True, "style": "outlined", "position": "top"}
    assert {one["id"] for one in styles} == {"plain", "boxed", "outlined"}
    assert {one["id"] for one in positions} == {"top", "bottom"}
    assert len(templates) == 6
    assert hint["status"] == "processing"
    assert call("post", f"/subtitles/{key}", {"style": "gothic"}, owner).status_code == 422
    assert call("post", "/scripts/description/generate", {}, owner).status_code == 422
    assert call("get", f"/projects/{key}/subtitles.exe", None, owner).status_code == 404


def test_a_stage_that_fails_says_why(
    call: Call, owner: Actor, mocked: None, worker: None, settings: Any
) -> None:
    settings.GENERATION_WAIT_SECONDS = 5.0
    key = made(call, owner, images=[{"prompt": "a"}])["id"]

    answer = call("post", f"/projects/{key}/generate-images/0", {"prompt": "mock:fail"}, owner)

    body = json.loads(answer.content)
    assert (answer.status_code, body["code"]) == (422, "PROVIDER_WRONG_INPUT")
    assert body["job_id"]


@pytest.mark.parametrize(
    ("stage", "body", "status", "field"),
    [
        ("generate-script", {"style": "loud"}, 422, "style"),
        ("generate-script", {"script_style": "loud"}, 422, "script_style"),
        ("generate-script", {"title": 7}, 422, "title"),
        ("generate-audio", {"script_text": "x", "voice_id": "hal"}, 422, "voice_id"),
        ("generate-audio", {"script_text": "x", "audio_speed": "1.0"}, 422, "audio_speed"),
        ("generate-audio", {"script_text": "x" * 10_001}, 422, "script_text"),
        ("generate-images", {"images": [{"prompt": "a"}], "style": "cubist"}, 422, "style"),
        ("generate-images", {"images": [{"prompt": ""}]}, 400, "images"),
        ("generate-images", {"images": []}, 400, "images"),
        ("generate-images", {"prompts": "a"}, 422, "prompts"),
        ("generate-images", {"prompts": ["a", 1]}, 422, "prompts.1"),
        ("generate-images/0", {"prompt": 7}, 422, "prompt"),
        ("generate-images/0", {"prompt": " "}, 400, "images"),
        ("generate-images/0", {"style": "cubist"}, 422, "style"),
        ("generate-images/1", {"prompt": "a"}, 404, "index"),
        ("generate-images/-1", {"prompt": "a"}, 404, "index"),
        ("generate-video", {"template": "spin"}, 422, "template"),
        ("generate-video", {"fps": "30"}, 422, "fps"),
        ("generate-video", {"resolution": "480p"}, 422, "resolution"),
    ],
)
def test_a_wrong_body_is_named_in_its_own_words_and_changes_nothing(
    call: Call, owner: Actor, stage: str, body: dict[str, Any], status: int, field: str
) -> None:
    key = made(call, owner, title="Sea", images=[{"prompt": "kept"}])["id"]
    before = call("get", f"/projects/{key}", None, owner).content

    answer = call("post", f"/projects/{key}/{stage}", body, owner)

    told = json.loads(answer.content)
    assert (answer.status_code, told.get("field")) == (status, field), told
    assert field in told["detail"]
    assert call("get", f"/projects/{key}", None, owner).content == before
    assert count_where(Job, {}) == 0


def test_a_whole_project_may_be_sent_to_a_stage(
    call: Call, owner: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    whole = made(call, owner, title="Sea", description="A boat.")

    sent = {**whole, "script_style": "comedic", "language": "de"}
    call("post", f"/scripts/{whole['id']}/", sent, owner)
    run_jobs()

    after = json.loads(call("get", f"/projects/{whole['id']}", None, owner).content)
    assert (after["script_style"], after["language"]) == ("comedic", "de")
    assert after["status"] == "script_generated"


def test_a_stage_that_goes_on_can_be_followed_and_cancelled(
    call: Call, owner: Actor, stranger: Actor, mocked: None, run_jobs: Callable[[], int]
) -> None:
    key = made(call, owner, title="Sea", images=[{"prompt": "a"}, {"prompt": "b"}])["id"]

    def begun(stage: str, project: str, body: dict[str, Any] | None = None) -> str:
        path = f"/api/projects/{project}/{stage}"
        return str(json.loads(call("post", path, body or {}, owner).content)["job_id"])

    def told(project: str, job: str) -> dict[str, Any]:
        answer = call("get", f"/projects/{project}/jobs/{job}", None, owner)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = json.loads(answer.content)
        return body

    script, picture = begun("generate-script", key), begun("generate-images/1", key)
    temporary = begun("generate-images", "temp", {"prompts": ["a sea"]})
    waiting = told(key, script)
    run_jobs()

    assert (waiting["status"], waiting["result"]) == ("processing", None)
    assert told(key, script)["result"] == json.loads(
        call("get", f"/projects/{key}", None, owner).content
    )
    assert told(key, picture)["result"]["scene_index"] == 1
    assert told(key, picture)["result"]["image_url"]
    made_for_nobody = told("temp", temporary)
    assert (made_for_nobody["status"], made_for_nobody["progress"]) == ("completed", 100)
    assert made_for_nobody["result"]["images"][0]["url"]
    for path, actor in (
        (f"/projects/temp/jobs/{script}", owner),
        (f"/projects/{key}/jobs/{temporary}", owner),
        (f"/projects/{key}/jobs/{script}", stranger),
        (f"/projects/{key}/jobs/nonsense", owner),
    ):
        assert call("get", path, None, actor).status_code == 404
    assert call("get", f"/projects/{key}/jobs/{script}").status_code == 401

    again = begun("generate-images", key)
    stopped = call("post", f"/projects/{key}/jobs/{again}/cancel", {}, owner)
    late = call("post", f"/projects/{key}/jobs/{again}/cancel", {}, owner)
    run_jobs()
    assert json.loads(stopped.content)["status"] == "cancelled"
    assert late.status_code == 409
    assert count_where(Asset, {}) == 2, "one picture again, one of nobody; the cancelled ones never"


def test_captions_of_an_unsaved_project(call: Call, studio: None, worker: None) -> None:
    audio = json.loads(
        call("post", "/audios/temp", {"script_text": "The sea. It is wide."}).content
    )

    told = json.loads(
        call(
            "get", f"/audios/generate-subtitle?project_id=temp&audio_path={audio['audio_path']}"
        ).content
    )
    file = call("get", told["subtitle_path"].removeprefix("http://testserver"))
    set_ = json.loads(call("post", "/subtitles/temp", {"style": "plain"}).content)
    unknown = call(
        "get", "/audios/generate-subtitle?project_id=temp&audio_path=http://x.example/a.mp3"
    )

    assert told["success"] is True
    assert b"The sea." in file.content
    assert file.content.count(b"-->") == 2
    assert set_["id"] == "temp"
    assert set_["subtitles"] == {"burn": True, "style": "plain", "position": "bottom"}
    assert unknown.status_code == 400
    assert call("post", "/subtitles/temp", {"position": "left"}).status_code == 422
    assert count_where(VideoProject, {}) == 0


def test_a_picture_of_an_unsaved_project_has_its_place(
    call: Call, owner: Actor, mocked: None
) -> None:
    images = [{"prompt": "a", "url": None}, {"prompt": "b", "url": None}]

    known = call("post", "/images/temp/1", {"images": images}, owner)

    assert json.loads(known.content)["status"] == "processing"
    assert (find_one(Job, {}, None) or {})["prompt"] == "b"
    assert call("post", "/images/temp/2", {"images": images}, owner).status_code == 404
    assert call("post", "/images/temp/-1", {"prompt": "x"}, owner).status_code == 404
    assert call("post", "/images/temp/0", {}, owner).status_code == 400
    assert call("post", "/projects/temp/generate-all", {}, owner).status_code == 422
