"""What answers is told as it is; what does not answer is told as silence, never raised."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from storycore.embedded.child import start_child
from storycore.embedded.ports import free_port
from storycore.embedded.redis import RedisServer
from storycore.management.probing import Readiness, page_exists, web_readiness, worker_answers

ANSWERS = {
    "/health/ready": (503, json.dumps({"missing": ["mongodb"]})),
    "/page": (200, "<p>"),
    "/moved": (302, ""),
}


class Answering(BaseHTTPRequestHandler):
    """Answers from the table; /page only to whoever takes HTML."""

    def do_GET(self) -> None:
        status, body = ANSWERS.get(self.path, (404, ""))
        if self.path == "/page" and self.headers["Accept"] != "text/html":
            status = 406
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    serving.join()


def test_readiness_names_what_is_missing(port: int) -> None:
    found = web_readiness(port)

    assert found == Readiness(503, ["mongodb"])
    assert not found.is_ready


def test_silence_is_not_ready() -> None:
    assert web_readiness(free_port()) == Readiness(0)
    assert not page_exists(free_port(), "/page")


@pytest.mark.parametrize(
    ("path", "exists"), [("/page", True), ("/moved", False), ("/absent", False)]
)
def test_a_page_is_what_answers_a_browser(port: int, path: str, *, exists: bool) -> None:
    assert page_exists(port, path) is exists


def test_a_worker_answers_over_its_broker(redis_server: RedisServer, tmp_path: Path) -> None:
    assert not worker_answers(redis_server.uri, timeout_seconds=0.3)
    source = (
        "import sys; from celery import Celery;"
        "Celery(broker=sys.argv[1]).worker_main(['worker', '--pool', 'solo', '--without-mingle'])"
    )
    # Without the suite's environment: Celery would look for Django's settings in this folder.
    command = [sys.executable, "-c", source, redis_server.uri]
    worker = start_child("worker", command, tmp_path / "log", env={}, cwd=tmp_path)
    try:
        end = time.monotonic() + 30
        while not worker_answers(redis_server.uri):
            assert worker.is_running, worker.last_lines()
            assert time.monotonic() < end, worker.last_lines()
    finally:
        worker.stop(10)

    assert not worker_answers(redis_server.uri, timeout_seconds=0.3)


def test_no_broker_is_no_worker() -> None:
    assert not worker_answers(f"redis://127.0.0.1:{free_port()}/0", timeout_seconds=0.3)
