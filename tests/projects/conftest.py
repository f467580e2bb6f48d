"""What tests of projects may use: a studio without logins, and a worker beside the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from generation.running.stepping import advance_next
from storycore.access import Actor
from tests.factories import an_access_token

QUEUES = ("media", "text", "render")
Call = Callable[..., HttpResponse]


@pytest.fixture
def run_jobs(content: None) -> Callable[[], int]:
    """Works on due jobs in this thread until none is due; returns how often one was taken."""

    def run() -> int:
        taken = 0
        while advance_next(QUEUES) is not None:
            taken += 1
            assert taken < 200, "jobs never come to an end"
        return taken

    return run


@pytest.fixture
def worker(content: None, transactional_db: None) -> Iterator[None]:
    """A worker that takes jobs while the test waits for an answer."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            if advance_next(QUEUES) is None:
                is_over.wait(0.02)
        connections.close_all()

    thread = threading.Thread(target=work, name="test-worker")
    thread.start()
    yield
    is_over.set()
    thread.join()


@pytest.fixture
def call(content: None, db: None) -> Call:
    """Sends JSON to an address: `call("post", "/projects", {...}, actor)`."""
    client = Client()

    def send(
        method: str,
        path: str,
        body: Any = None,
        actor: Actor | None = None,
        **headers: str,
    ) -> HttpResponse:
        if actor is not None:
            headers["Authorization"] = f"Bearer {an_access_token(actor)}"
        more = (
            {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        )
        answer: HttpResponse = getattr(client, method)(path, headers=headers, **more)
        return answer

    return send


@pytest.fixture
def studio(settings: Any) -> None:
    """A studio that everybody may use without a login."""
    settings.STUDIO_ANONYMOUS = True
