"""Stages done by separate services: their addresses and bodies, and what they send is checked and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from assets.documents import Asset
from generation.documents import Job
from storycore.access import Actor
from storycore.mongo.reading import Row, find_one, find_where
from tests.fakes.studio_services import StudioServices, run_studio_services
from tests.generation.engines.video.conftest import Studio, a_picture, a_tone, studio_folder
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made

__all__ = ["studio_folder"]


@pytest.fixture
def services(tmp_path: Path, studio_folder: Studio, settings: Any) -> Iterator[StudioServices]:
    a_tone(tmp_path / "voice.wav")
    a_picture(tmp_path / "picture.png")
    video = studio_folder.render("basic_fade", template="basic_fade").video
    (tmp_path / "video.mp4").write_bytes(video.read_bytes())
    with run_studio_services(tmp_path) as running:
        more: dict[str, dict[str, Any]] = {
            "video": {"path": "/render", "tasks": ["video"], "timeout_seconds": 300},
            "image": {"batch_path": "/generate-batch"},
        }
        names = {"text": "script", "speech": "audio", "image": "image", "video": "video"}
        settings.PROVIDERS = {
            task: {
                "http": {
                    "BACKEND": "http",
                    "OPTIONS": {"base_url": f"{running.url}/{name}", **more.get(task, {})},
                }
            }
            for task, name in names.items()
        }
        settings.GENERATION_WAIT_SECONDS = 0.0
        settings.GENERATION_RETRY_SECONDS = 0.0
        yield running


def test_the_bodies_are_those_of_the_contract(
    call: Call, owner: Actor, services: StudioServices, run_jobs: Callable[[], int]
) -> None:
    key = made(
        call, owner, title="Sea", description="A boat.", use_case="explanation", language="fr",
        script_style="casual", voice_id="echo", audio_speed=0.9, image_style="anime",
        images=[{"prompt": "a boat", "url": None}], resolution="720p", fps=60, video_template_id="slide_left",
        background_music="soft",
    )["id"]  # fmt: skip
    for stage in ("script", "audio", "images", "video"):
        answer = call("post", f"/projects/{key}/generate-{stage}", {}, owner)
        assert answer.status_code == 200, answer.content
        run_jobs()

    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)
    assert whole["status"] == "video_ready", find_one(Job, {"status": "failed"}, None)
    assert whole["script_text"] == "The sea is wide. A boat goes out."
    assert whole["duration"] == pytest.approx(2.0, abs=0.05)
    assert whole["thumbnail"]
    (script,), (audio,), (image,), (video,) = (
        services.bodies(path)
        for path in ("/script/generate", "/audio/generate", "/image/generate", "/video/render")
    )
    assert script == {
        "title": "Sea", "description": "A boat.", "use_case": "explanation", "language": "fr",
        "style": "casual",
    }  # fmt: skip
    assert audio == {
        "script_text": "The sea is wide. A boat goes out.", "voice_id": "echo", "audio_speed": 0.9,
        "audio_pitch": 1.0, "language": "fr",
    }  # fmt: skip
    assert image == {"prompt": "a boat", "style": "anime"}
    narration, pictures = video.pop("audio_url"), video.pop("images")
    assert video == {
        "resolution": "720p", "fps": 60, "template": "slide_left", "background_music": "soft",
        "audio_path": narration,
    }  # fmt: skip
    assert "/media/" in narration
    assert [one["prompt"] for one in pictures] == ["a boat"]
    assert "/media/" in pictures[0]["url"]
    kinds = {
        row["type"]
        for row in (
            find_one(Asset, {"type": one}, None) or {} for one in ("sound", "image", "video")
        )
    }
    assert kinds == {"sound", "image", "video"}


def test_many_pictures_are_one_call_and_a_lost_one_is_asked_for_alone(
    call: Call, owner: Actor, services: StudioServices, run_jobs: Callable[[], int]
) -> None:
    images = [{"prompt": one, "url": None} for one in ("a boat", "a lost gull", "a sea")]
    key = made(call, owner, title="Sea", image_style="sketch")["id"]

    call("post", f"/projects/{key}/generate-images", {"images": images}, owner)
    run_jobs()

    assert services.bodies("/image/generate-batch") == [{"images": images, "style": "sketch"}]
    assert services.bodies("/image/generate") == [{"prompt": "a lost gull", "style": "sketch"}]
    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)
    assert whole["status"] == "images_ready"
    assert [one["prompt"] for one in whole["images"]] == [one["prompt"] for one in images]
    assert all("/media/" in one["url"] for one in whole["images"])

    call("post", f"/images/{key}/1", {"prompt": "a tern"}, owner)
    run_jobs()
    assert services.bodies("/image/generate")[1:] == [{"prompt": "a tern", "style": "sketch"}]


def test_a_batch_that_fails_loses_no_picture(
    call: Call, owner: Actor, services: StudioServices, run_jobs: Callable[[], int]
) -> None:
    services.broken.add("/image/generate-batch")
    key = made(call, owner, images=[{"prompt": "a boat"}, {"prompt": "a sea"}])["id"]

    call("post", f"/projects/{key}/generate-images", {}, owner)
    run_jobs()

    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)
    assert whole["status"] == "images_ready"
    assert services.bodies("/image/generate") == [{"prompt": "a boat"}, {"prompt": "a sea"}]
    job = find_one(Job, {"kind": "pictures"}, None) or {}
    assert any("alone" in line["text"] for line in job["lines"])


def test_files_that_lie_elsewhere_are_fetched_to_be_rendered_here(
    call: Call,
    owner: Actor,
    services: StudioServices,
    settings: Any,
    run_jobs: Callable[[], int],
) -> None:
    settings.PROVIDERS = {"video": {"local": {"BACKEND": "local", "OPTIONS": {}}}}
    there = f"{services.url}/files"
    body = {
        "audio_path": f"{there}/voice.wav", "images": [{"prompt": "a", "url": f"{there}/picture.png"}],
        "resolution": "720p", "fps": 24,
    }  # fmt: skip
    key = made(call, owner, **body)["id"]

    def rendered() -> Row:
        job = json.loads(call("post", f"/projects/{key}/generate-video", {}, owner).content)[
            "job_id"
        ]
        run_jobs()
        return find_one(Job, {"_id": ObjectId(job)}, None) or {}

    refused = rendered()
    settings.PROVIDER_LOCAL_HOSTS = [services.url.removeprefix("http://")]
    done = rendered()
    (services.files / "picture.png").write_text("<svg/>")
    wrong = rendered()

    assert (refused["status"], refused["error_code"]) == ("failed", "PROVIDER_WRONG_INPUT")
    assert done["status"] == "completed"
    assert done["result"]["seconds"] == pytest.approx(2.0, abs=0.05)
    assert (wrong["status"], wrong["error_code"]) == ("failed", "PROVIDER_WRONG_INPUT")
    assert "picture.png" in wrong["error_message"]


@pytest.mark.parametrize("sent", [b"", b"<html>oops</html>", b"\0\0\0\x18ftypisom" + b"\0" * 16])
def test_a_video_that_is_none_is_refused(
    call: Call, owner: Actor, services: StudioServices, run_jobs: Callable[[], int], sent: bytes
) -> None:
    key = made(call, owner, script_text="Sea.", images=[{"prompt": "a"}])["id"]
    for stage in ("audio", "images"):
        call("post", f"/projects/{key}/generate-{stage}", {}, owner)
        run_jobs()
    (services.files / "video.mp4").write_bytes(sent)

    call("post", f"/projects/{key}/generate-video", {}, owner)
    run_jobs()

    job = find_one(Job, {"kind": "video"}, None) or {}
    assert (job["status"], job["error_code"]) == ("failed", "BAD_PROVIDER_OUTPUT")
    assert find_one(Asset, {"type": "video"}, None) is None


@pytest.mark.parametrize("stage", ["images", "all"])
def test_what_a_mocked_set_orders_is_mocked_too(
    call: Call,
    owner: Actor,
    services: StudioServices,
    run_jobs: Callable[[], int],
    settings: Any,
    stage: str,
) -> None:
    settings.DEBUG = True
    images = [{"prompt": "a boat", "url": None}, {"prompt": "a gull", "url": None}]
    key = made(call, owner, title="Sea", images=images)["id"]
    headers = {"X-StoryCore-Mock": "1"}

    answer = call("post", f"/projects/{key}/generate-{stage}", {}, owner, **headers)
    run_jobs()

    assert answer.status_code < 300, answer.content
    pictures = find_where(
        Job, {"kind": "picture"}, ("provider", "status"), sort=[("_id", 1)], limit=10
    )
    assert [(one["provider"], one["status"]) for one in pictures] == [("mock", "completed")] * 2
    for path in ("script", "audio", "image"):
        assert not services.bodies(f"/{path}/generate"), path
    assert not services.bodies("/image/generate-batch")
