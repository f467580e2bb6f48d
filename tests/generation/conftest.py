"""What tests of jobs may use: the mock provider, and a worker that is this very thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bson import ObjectId

from generation.documents import Job
from generation.running.stepping import advance_next
from storycore.mongo.reading import Row, find_one
from tests.fakes.provider_server import ProviderServer, run_provider_server

MOCKED = {"mock": {"BACKEND": "mock", "OPTIONS": {"step_seconds": 0.0}}}

Run = Callable[[], int]


@pytest.fixture
def mocked(settings: Any) -> None:
    """Every task is done by the mock provider; retries come at once."""
    tasks = ("image", "speech", "music", "effect", "text")
    settings.PROVIDERS = dict.fromkeys(tasks, MOCKED)
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.GENERATION_WAIT_SECONDS = 0.0


@pytest.fixture
def run_jobs(content: None) -> Run:
    """Works on due jobs in this thread until none is due; returns how often one was taken."""

    def run() -> int:
        taken = 0
        while advance_next(["media", "text", "render"]) is not None:
            taken += 1
            assert taken < 200, "jobs never come to an end"
        return taken

    return run


def the_job(key: ObjectId) -> dict[str, Any]:
    """A job as it is stored."""
    row: Row | None = find_one(Job, {"_id": key}, None)
    assert row is not None
    return row


@pytest.fixture
def provider_server() -> Iterator[ProviderServer]:
    """A server that speaks as every provider does; a timeout of it hangs for a few seconds only."""
    with run_provider_server(silent_seconds=4.0) as server:
        yield server


@pytest.fixture
def own_network(settings: Any, provider_server: ProviderServer) -> ProviderServer:
    """The fake server's results may be fetched although they lie on this machine; retries come at once."""
    settings.PROVIDER_LOCAL_HOSTS = [provider_server.url.removeprefix("http://")]
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.PROVIDER_CIRCUIT_FAILURES = 1_000
    return provider_server


def configured(
    backend: str, server: ProviderServer, task: str = "image", **options: Any
) -> dict[str, Any]:
    """The setting PROVIDERS with one provider at the fake server; its calls end after a second and a half."""
    known = {"base_url": server.url, "timeout_seconds": 1.5, **options}
    return {task: {backend: {"BACKEND": backend, "OPTIONS": known}}}
