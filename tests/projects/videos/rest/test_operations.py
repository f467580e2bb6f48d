"""Single orders of texts and sounds over REST, canned answers, and the figures over GraphQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from generation.documents import Job
from storycore.access import Actor
from storycore.mongo.reading import count_where
from tests.generation.conftest import MOCKED
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made


@pytest.fixture(autouse=True)
def mocked(settings: Any) -> None:
    """Every task is done by the mock provider; answers wait a moment."""
    settings.PROVIDERS = dict.fromkeys(("image", "speech", "music", "effect", "text"), MOCKED)
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.GENERATION_WAIT_SECONDS = 0.0


def read(answer: HttpResponse, status: int = 200) -> Any:
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    return body


def test_a_text(call: Call, owner: Actor, worker: None, settings: Any) -> None:
    settings.GENERATION_WAIT_SECONDS = 10.0
    asked = {"prompt": "A haiku.", "system": "Be brief.", "max_tokens": 50}

    body = read(call("post", "/api/llm/generate", asked, owner))

    assert body["text"]
    assert (body["provider"], bool(body["model"])) == ("mock", True)
    assert set(body) == {"text", "model", "provider", "usage", "job_id"}


def test_a_text_that_takes_long_is_a_job(call: Call, owner: Actor) -> None:
    body = read(call("post", "/api/llm/generate", {"prompt": "A novel."}, owner), 202)

    assert (body["kind"], body["status"]) == ("text", "queued")


def test_a_text_that_is_refused(call: Call, owner: Actor, worker: None, settings: Any) -> None:
    settings.GENERATION_WAIT_SECONDS = 10.0

    body = read(call("post", "/api/llm/generate", {"prompt": "mock:fail"}, owner), 422)

    assert body["code"] == "PROVIDER_WRONG_INPUT"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("llm", {}, "prompt"),
        ("llm", {"prompt": ""}, "prompt"),
        ("llm", {"prompt": " \n"}, "prompt"),
        ("llm", {"prompt": 5}, "prompt"),
        ("llm", {"prompt": "x" * 100_001}, "prompt"),
        ("llm", {"prompt": "x", "model": 5}, "model"),
        ("audio", {}, "text"),
        ("audio", {"text": 5}, "text"),
        ("audio", {"text": "x", "type": "noise"}, "type"),
        ("audio", {"text": "x", "type": ["voice"]}, "type"),
        ("audio", {"text": "x", "format": "ogg"}, "format"),
        ("audio", {"text": "x", "project_id": "nothing"}, "project_id"),
        ("audio", {"text": "x", "project_id": 5}, "project_id"),
    ],
)
def test_a_wrong_order_is_named(call: Call, owner: Actor, path: str, body: Any, field: str) -> None:
    answer = call("post", f"/api/{path}/generate", body, owner)

    assert answer.status_code == 422, answer.content
    assert json.loads(answer.content)["field"] == field
    assert count_where(Job, {}) == 0


@pytest.mark.parametrize(
    ("kind", "job_kind"), [("voice", "speech"), ("music", "music"), ("sfx", "effect")]
)
def test_a_sound(
    call: Call, owner: Actor, run_jobs: Callable[[], int], kind: str, job_kind: str
) -> None:
    project = made(call, owner, title="Sea")["id"]
    asked = {
        "project_id": project,
        "text": "Hello.",
        "type": kind,
        "voice": "nova",
        "format": "wav",
    }

    order = read(call("post", "/api/audio/generate", asked, owner), 202)
    run_jobs()
    done = read(call("get", f"/api/jobs/{order['job_id']}", None, owner))

    assert (order["status"], order["progress"], order["kind"]) == ("queued", 0, job_kind)
    result = done["result"]
    assert (result["type"], result["format"], result["status"]) == (kind, "wav", "completed")
    assert set(result) == {
        "id", "project_id", "type", "format", "duration_seconds", "file_size_bytes", "file_url",
        "sample_rate", "channels", "status",
    }  # fmt: skip
    assert result["duration_seconds"] > 0
    assert result["file_size_bytes"] > 44
    assert result["sample_rate"] >= 8_000
    assert result["channels"] in (1, 2)
    assert result["project_id"] == done["project_id"] is not None


def test_orders_need_a_login_and_have_a_rate(call: Call, owner: Actor, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "audio": "1/minute"}
    settings.REDIS_URL = ""

    assert call("post", "/api/audio/generate", {"text": "x"}).status_code == 401
    assert call("post", "/api/llm/generate", {"prompt": "x"}).status_code == 401
    read(call("post", "/api/audio/generate", {"text": "x"}, owner), 202)
    over = call("post", "/api/audio/generate", {"text": "x"}, owner)
    body = read(over, 429)
    assert (body["error"], body["retry_after"]) == ("rate_limit_exceeded", int(over["Retry-After"]))
    assert (over["RateLimit-Limit"], over["RateLimit-Remaining"]) == ("1", "0")
    assert over["RateLimit-Reset"] == over["Retry-After"]


@pytest.mark.parametrize("name", ["generate-sequence", "audio-generate", "health"])
def test_canned_answers_are_marked(call: Call, content: None, name: str) -> None:
    first, second = (read(call("get", f"/api/mock/{name}")) for _ in range(2))

    assert first == second
    assert first["id"].startswith("mock_")


def test_the_figures_over_graphql(api: Any, call: Call, owner: Actor) -> None:
    made(call, owner, title="Sea", images=[{"prompt": "a"}])

    answer = api("{ stats { totalProjects totalShots activeJobs storageUsedMb } }", actor=owner)

    assert answer["data"]["stats"] == {
        "totalProjects": 1, "totalShots": 1, "activeJobs": 0, "storageUsedMb": 0.0
    }  # fmt: skip
    assert (
        api("{ stats { totalProjects } }")["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    )


def test_the_document_names_every_address(call: Call, content: None) -> None:
    document = read(call("get", "/api/openapi.json"))

    for path, method in (
        ("/jobs", "get"), ("/jobs/{job}", "get"), ("/jobs/{job}/cancel", "post"), ("/jobs/{job}/retry", "post"),
        ("/jobs/{job}/logs", "get"), ("/tasks/queue", "get"), ("/tasks/{job}/priority", "put"),
        ("/tasks/{job}/move-up", "post"), ("/tasks/{job}/move-down", "post"), ("/tasks/{job}/retry", "post"),
        ("/tasks/stats", "get"), ("/tasks/{job}", "delete"), ("/stats", "get"), ("/llm/generate", "post"),
        ("/audio/generate", "post"), ("/health", "get"), ("/health/detailed", "get"),
    ):  # fmt: skip
        operation = document["paths"][f"/api{path}"][method]
        assert operation["tags"][0] in ("Jobs", "Operations", "LLM", "Audio")
        assert operation["summary"]
        assert "400" in operation["responses"] or "200" in operation["responses"]


def test_the_document_has_a_page_under_both_names(call: Call, content: None) -> None:
    other = call("get", "/api/redoc")

    assert (other.status_code, other["Location"]) == (302, "/api/docs")
    assert call("get", other["Location"]).status_code == 200
