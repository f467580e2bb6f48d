"""What is refused before Django sees it is said in words that GraphQL and REST clients both read."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

from django.conf import settings

from storycore.accounts.middleware import actor_from_header
from storycore.serving import ThreadedDjango


async def refused(*, declared: int, sends: bool) -> tuple[int, dict[str, Any]]:
    """The answer to a request that declares so many bytes, and sends them or never does."""
    pages = ThreadedDjango(
        threads=1, body_bytes=1_000, body_seconds=0.2, actor_of=actor_from_header
    )
    messages: list[Any] = []

    async def receive() -> Any:
        if not sends:
            await asyncio.sleep(5)
        return {"type": "http.request", "body": b"x" * declared, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    headers = [(b"host", b"localhost"), (b"content-length", str(declared).encode())]
    scope = {
        "type": "http", "method": "POST", "path": "/graphql/", "raw_path": b"/graphql/", "root_path": "",
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    await pages(scope, receive, send)
    start, body = messages
    assert (b"content-type", b"application/json; charset=utf-8") in start["headers"]
    return start["status"], json.loads(body["body"])


async def test_too_many_bytes_are_refused_in_json() -> None:
    status, told = await refused(declared=1_001, sends=True)

    assert status == 413
    assert told["detail"] == told["errors"][0]["message"] == "The request is too large."
    assert told["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "BODY_TOO_LARGE"}


async def test_a_body_that_does_not_come_is_refused_in_json() -> None:
    status, told = await refused(declared=10, sends=False)

    assert status == 408
    assert told["errors"][0]["extensions"]["reason"] == "BODY_TOO_SLOW"


def test_what_a_web_process_has_loaded_is_left_alone_by_the_garbage_collector() -> None:
    ask = (
        "import gc, config.asgi; gc.collect(); print(gc.get_freeze_count(), len(gc.get_objects()))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    frozen, others = map(int, answer.stdout.split())
    assert frozen > 100_000
    assert others < frozen / 20
