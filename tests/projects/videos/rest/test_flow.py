"""The whole way of the existing front end: its own requests in its own order, on real work."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from assets.media.containers.mp4 import read_mp4
from tests.projects.conftest import Call

IDEA = {
    "title": "The lighthouse",
    "description": "A keeper sees a light at sea. She rows out.",
    "language": "en",
    "use_case": "storytelling",
}


@pytest.mark.parametrize("base", ["", "/api"])
def test_from_an_idea_to_a_video(
    call: Call, studio: None, worker: None, base: str, tmp_path: Path
) -> None:
    made = call("post", f"{base}/projects", IDEA)
    assert made.status_code == 201
    key = json.loads(made.content)["id"]
    path = f"{base}/projects/{key}"

    script = json.loads(call("post", f"{path}/generate-script", {"style": "casual"}).content)
    assert script["status"] == "script_generated"
    assert "lighthouse" in script["script_text"]
    assert script["script_style"] == "casual"

    audio = json.loads(
        call(
            "post", f"{path}/generate-audio", {"script_text": "She rows out.", "voice_id": "nova"}
        ).content
    )
    assert audio["status"] == "audio_generated"
    assert audio["audio_path"] == audio["audio_url"]

    images = [
        {"prompt": "a lighthouse at night", "url": None},
        {"prompt": "a boat at sea", "url": None},
    ]
    pictures = json.loads(
        call("post", f"{path}/generate-images", {"images": images, "style": "watercolor"}).content
    )
    assert pictures["status"] == "images_ready"
    assert [one["prompt"] for one in pictures["images"]] == [one["prompt"] for one in images]
    assert all(_picture(one["url"]).size == (1280, 720) for one in pictures["images"])

    again = json.loads(call("post", f"{path}/generate-images/1", {"prompt": "a storm"}).content)
    assert again["scene_index"] == 1
    assert again["image_url"] != pictures["images"][1]["url"]

    video = call(
        "post", f"{path}/generate-video",
        {"resolution": "720p", "fps": 24, "template": "zoom_in", "background_music": "soft"},
    )  # fmt: skip
    told = json.loads(video.content)
    assert (video.status_code, told.get("status")) == (200, "video_ready"), told
    assert set(told) == {"video_url", "thumbnail", "duration", "status", "updated_at"}
    content = _fetched(told["video_url"])
    facts = read_mp4(io.BytesIO(content))
    for title in (b"The lighthouse", b"a lighthouse at night", b"a storm"):
        assert title in content, "the video's title, and a chapter for each picture"
    assert (facts.width, facts.height, facts.video_codec, facts.audio_codec) == (
        1280,
        720,
        "avc1",
        "mp4a",
    )
    assert facts.is_fast_start
    assert abs(facts.duration - told["duration"]) < 0.05
    assert _picture(told["thumbnail"]).format == "JPEG"

    whole = json.loads(call("get", path).content)
    assert (whole["status"], whole["stale"], whole["video_url"]) == (
        "video_ready",
        [],
        told["video_url"],
    )
    back = json.loads(call("put", path, {**whole, "title": "Another title"}).content)
    assert {**back, "updated_at": 0, "updatedAt": 0} == {
        **whole, "title": "Another title", "updated_at": 0, "updatedAt": 0,
    }  # fmt: skip


def _fetched(url: str) -> bytes:
    path = url[url.index("/media/") :]
    answer = Client().get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def _picture(url: str) -> Any:
    return Image.open(io.BytesIO(_fetched(url)))
