"""The health of every part: side by side, each with a time limit, and nothing secret in it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.test import Client

from storycore.embedded.ports import free_port
from storycore.health import parts
from storycore.health.checks import NotWell
from storycore.health.parts import Part, Report
from tests.fakes.provider_server import run_provider_server

QUERY = """{ health {
  status service version mode timestamp uptimeSeconds memoryUsageMb services { name status }
} }"""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    parts.forget_report()
    yield
    parts.forget_report()


@pytest.fixture
def only() -> Iterator[Any]:
    """Lets these parts be all that there are besides those of the kernel."""
    usual = list(parts.SOURCES)

    def set_to(*known: Part) -> Report:
        parts.SOURCES[:] = [lambda: known]
        parts.forget_report()
        return parts.report()

    yield set_to
    parts.SOURCES[:] = usual


def detailed() -> dict[str, Any]:
    answer = Client().get("/api/health/detailed")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    body: dict[str, Any] = json.loads(answer.content)
    return body


def test_health_touches_nothing(commands: Any, settings: Any) -> None:
    body = json.loads(Client().get("/api/health").content)

    assert (body["status"], body["service"], body["version"]) == (
        "healthy",
        "storycore",
        settings.VERSION,
    )
    assert body["mode"] == "production"
    settings.STORYCORE_MOCK = True
    assert json.loads(Client().get("/api/health").content)["mode"] == "mock"
    assert commands.names == []


def test_every_part_is_there(content: None, settings: Any) -> None:
    body = detailed()

    assert {"database", "storage", "broker", "worker", "cache", "ollama", "comfyui"} <= set(
        body["services"]
    )
    for state in body["services"].values():
        assert set(state) == {"status", "latency_ms", "message"}
    assert body["services"]["database"]["status"] == "healthy"
    assert body["services"]["storage"]["status"] == "healthy"
    assert body["services"]["comfyui"]["status"] == "not_configured"
    assert "COMFYUI_URL" in body["services"]["comfyui"]["message"]
    assert body["uptime_seconds"] >= 0
    assert body["memory_usage_mb"] > 10
    assert body["version"] == settings.VERSION


def test_no_worker_is_said(content: None, redis_server: Any) -> None:
    body = detailed()

    assert body["status"] == "degraded"
    assert body["services"]["worker"]["message"] == "No worker answers; jobs wait."


def test_a_broker_that_is_away(content: None) -> None:
    current_app.conf.broker_read_url = f"redis://:secret@127.0.0.1:{free_port()}/0"
    try:
        body = detailed()
    finally:
        current_app.conf.broker_read_url = None

    assert body["services"]["broker"]["status"] == "unhealthy"
    assert "secret" not in json.dumps(body)


def test_own_servers_are_asked(content: None, settings: Any) -> None:
    with run_provider_server() as server:
        settings.PROVIDERS = {"image": {"comfyui": comfyui(server.url)}}
        good = detailed()["services"]["comfyui"]
    parts.forget_report()
    bad = detailed()["services"]["comfyui"]

    assert (good["status"], good["message"]) == ("healthy", "It answers.")
    assert (bad["status"], bad["message"]) == ("unhealthy", "It does not answer.")


def test_others_are_known_by_their_calls_and_not_asked(content: None, settings: Any) -> None:
    with run_provider_server() as server:
        options = {"base_url": server.url, "api_key": "hf_0123456789"}
        settings.PROVIDERS = {
            "image": {"huggingface": {"BACKEND": "huggingface", "OPTIONS": options}}
        }
        state = detailed()["services"]["huggingface"]
        asked = server.ledger.requests

    assert (state["status"], asked) == ("healthy", [])


def comfyui(url: str) -> dict[str, Any]:
    return {"BACKEND": "comfyui", "OPTIONS": {"base_url": url}}


def test_parts_are_asked_side_by_side_and_not_for_ever(only: Any, content: None) -> None:
    begun = time.monotonic()

    report = only(Part("one", lambda: time.sleep(0.5)), Part("two", lambda: time.sleep(0.5)),
                  Part("three", lambda: time.sleep(30)))  # fmt: skip

    took = time.monotonic() - begun
    states = {one.name: (one.status, one.message) for one in report.services}
    assert took < 4.5
    assert states["one"][0] == states["two"][0] == "healthy"
    assert states["three"] == ("unhealthy", "no answer in time")


def test_what_a_probe_says_of_itself_stays_here(only: Any, content: None) -> None:
    def leaks() -> None:
        raise RuntimeError("mongodb://user:secret@host")

    def says() -> None:
        raise NotWell("It rests.")

    report = only(Part("leaks", leaks), Part("says", says))

    assert {one.name: one.message for one in report.services if one.name in ("leaks", "says")} == {
        "leaks": "It does not answer.", "says": "It rests."
    }  # fmt: skip
    assert report.status == "degraded"


def test_a_report_is_kept_for_a_moment(only: Any, content: None) -> None:
    only(Part("one", lambda: None))

    assert parts.report() is parts.report()


def test_an_essential_part_decides(only: Any) -> None:
    def fails() -> None:
        raise OSError

    assert only(Part("base", fails, is_essential=True)).status == "unhealthy"


def test_over_graphql(api: Any, content: None) -> None:
    health = api(QUERY)["data"]["health"]

    assert (health["service"], health["mode"]) == ("storycore", "production")
    assert {"name": "database", "status": "healthy"} in health["services"]
