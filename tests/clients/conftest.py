"""A live ASGI server for clients that are no Python: the real application on a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from config.asgi import application
from storycore.embedded.ports import free_port


@pytest.fixture(scope="session")
def asgi_url() -> Iterator[str]:
    """The address of the server, without a slash at its end."""
    port = free_port()
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, lifespan="off", ws="none", log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(autouse=True)
def reachable_accounts(transactional_db: None) -> None:
    """The server's threads keep what they opened: in every test here they may look at the accounts."""
