"""Does this request ask for the mock provider? By a header, while developing."""

from __future__ import annotations

from contextvars import ContextVar

HEADER = "X-StoryCore-Mock"
MOCK = "mock"

ASKED: ContextVar[bool] = ContextVar("storycore_mock_asked", default=False)
"""Whether the request that this thread works for asks for stand-ins; set by the middleware, with DEBUG only."""
