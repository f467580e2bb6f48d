"""The recorded answers, and an order for each task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generation.providers.base import Reply
from tests.fakes.provider_server import ProviderServer, run_provider_server

ANSWERS = Path(__file__).with_name("answers")
TYPES = {".json": "application/json", ".html": "text/html", ".txt": "text/plain"}

Recorded = Callable[..., Reply]


@pytest.fixture
def provider_server() -> Iterator[ProviderServer]:
    """The fake of every provider, on a port of its own."""
    with run_provider_server(silent_seconds=0.5) as server:
        yield server


@pytest.fixture
def recorded() -> Recorded:
    """Reads an answer of the folder `answers` as the reply to a call."""

    def read(name: str, status: int = 200, url: str = "", **headers: str) -> Reply:
        file = ANSWERS / name
        told = {"content-type": TYPES[file.suffix]}
        told |= {header.replace("_", "-"): value for header, value in headers.items()}
        return Reply(status, told, file.read_bytes(), url)

    return read
