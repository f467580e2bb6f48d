"""The worker dies with -9 in the middle: what was made stays made, and one video results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as present
from django.db import connection

from assets.documents import Asset
from generation.documents import Job
from storycore.access import Actor
from storycore.mongo.reading import Row, count_where, find_one, find_where
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made

LEASE_SECONDS = 1.5
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(transactional_db: None, content: None, settings: Any) -> Iterator[Start]:
    """Starts a worker; whatever still runs is killed at the end."""
    settings.GENERATION_WAIT_SECONDS = 0.0
    settings.GENERATION_LEASE_SECONDS = LEASE_SECONDS
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "STORYCORE_DATA": str(present.DATA_DIR),
        "TEST_MONGODB_PORT": str(present.MONGODB_PORT),
        "TEST_REDIS_PORT": str(present.REDIS_PORT),
        "TEST_ACCOUNTS": str(connection.settings_dict["NAME"]),
        "TEST_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    workers: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.projects.worker_process"]
        workers.append(subprocess.Popen(command, env=environment))
        return workers[-1]

    yield begin
    for one in workers:
        one.kill()
        one.wait()


def waited(look: Callable[[], Any], seconds: float = 40.0) -> Any:
    """What `look` sees as soon as it sees something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it never came")


def job_of(kind: str) -> Row:
    return find_one(Job, {"kind": kind}, None) or {}


def test_a_render_that_loses_its_worker_is_rendered_once(
    call: Call, owner: Actor, start: Start
) -> None:
    text = (
        "The sea is wide and the boat is small. It goes out at night and comes home in the morning."
    )
    key = made(
        call, owner, script_text=text, images=[{"prompt": "a sea"}, {"prompt": "a boat"}],
        resolution="720p", fps=24, video_template_id="ken_burns",
    )["id"]  # fmt: skip
    worker = start()
    call("post", f"/projects/{key}/generate-all", {}, owner)
    waited(lambda: (job_of("video").get("progress") or 0) >= 15)
    worker.kill()
    worker.wait()
    assert job_of("video")["status"] == "processing", job_of("video")

    start()
    production = waited(lambda: _ended("production"))

    video = job_of("video")
    whole = json.loads(call("get", f"/projects/{key}", None, owner).content)
    assert (production["status"], video["status"], video["attempts"]) == (
        "completed",
        "completed",
        2,
    )
    assert count_where(Asset, {"type": "video"}) == 1
    assert count_where(Asset, {"type": "image"}) == 3, "two pictures and the preview"
    assert count_where(Asset, {"type": "sound"}) == 1
    assert whole["status"] == "video_ready"


def test_pictures_that_were_finished_are_not_made_again(
    call: Call, owner: Actor, start: Start
) -> None:
    key = made(call, owner, images=[{"prompt": f"a boat {number}"} for number in range(12)])["id"]
    worker = start()
    call("post", f"/projects/{key}/generate-images", {}, owner)
    waited(lambda: count_where(Asset, {}) >= 3)
    worker.kill()
    worker.wait()
    before = {row["_id"] for row in find_where(Asset, {}, ("_id",), sort=(("_id", 1),), limit=50)}
    assert len(before) < 12

    start()
    parent = waited(lambda: _ended("pictures"))

    after = {row["_id"] for row in find_where(Asset, {}, ("_id",), sort=(("_id", 1),), limit=50)}
    assert parent["status"] == "completed"
    assert before < after
    assert len(after) == 12
    assert count_where(Job, {"kind": "picture"}) == 12


def _ended(kind: str) -> Row | None:
    row = job_of(kind)
    return row if row.get("status") in ("completed", "failed") else None
