"""A moderation server is asked once, by the worker; what it flags is never made."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from assets.documents import Asset
from generation.documents import FINAL
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.reading import count_where
from tests.generation.conftest import Run, the_job
from tests.generation.running.test_sending import Answer, says, serving


def judging(flagged: bool) -> Answer:
    body = {"results": [{"flagged": flagged, "categories": {"violence": flagged, "hate": False}}]}
    return says(json.dumps(body).encode())


@pytest.mark.parametrize(("flagged", "status"), [(False, "completed"), (True, "failed")])
def test_what_is_flagged_is_not_made(
    owner: Actor, mocked: None, run_jobs: Run, settings: Any, *, flagged: bool, status: str
) -> None:
    with serving(judging(flagged)) as (url, seen):
        settings.MODERATION_URL, settings.MODERATION_API_KEY = url, "a-secret-key"
        key = order_media(owner, NewMedia("image", "mock:503 a bell"))
        end = time.monotonic() + 10
        while the_job(key)["status"] not in FINAL and time.monotonic() < end:
            run_jobs()
            time.sleep(0.1)

    job = the_job(key)
    assert job["status"] == status
    assert len(seen) == 1
    assert seen[0]["authorization"] == "Bearer a-secret-key"
    assert count_where(Asset, {}) == (0 if flagged else 1)
    if flagged:
        assert job["error_code"] == "PROMPT_REFUSED"
        assert "violence" in job["error_message"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [(says(b"down", 503), "PROVIDER_BUSY"), (says(b"<html>"), "BAD_PROVIDER_OUTPUT")],
)
def test_a_moderation_server_that_does_not_answer_lets_nothing_pass(
    owner: Actor, mocked: None, run_jobs: Run, settings: Any, answer: Answer, code: str
) -> None:
    settings.GENERATION_MAX_RETRIES = 1
    with serving(answer) as (url, _seen):
        settings.MODERATION_URL = url
        key = order_media(owner, NewMedia("image", "a bell"))
        run_jobs()

    assert (the_job(key)["status"], the_job(key)["error_code"]) == ("failed", code)
