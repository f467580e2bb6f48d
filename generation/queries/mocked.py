"""Does this request ask for the mock provider? By a header, while developing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-StoryCore-Mock"
MOCK = "mock"

ASKED: ContextVar[bool] = ContextVar("storycore_mock_asked", default=False)
"""Whether the request that this thread works for asks for stand-ins; set by the middleware, with DEBUG only."""


@contextmanager
def mocked_like(provider: str | None) -> Iterator[None]:
    """What is ordered within asks for stand-ins where the job that orders it, by its provider, does."""
    token = ASKED.set(provider == MOCK)
    try:
        yield
    finally:
        ASKED.reset(token)
