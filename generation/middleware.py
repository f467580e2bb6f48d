"""Which requests want stand-ins instead of providers? Those that say so, where DEBUG is on."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from generation.queries.mocked import ASKED, HEADER


class MockMiddleware:
    """Reads `X-StoryCore-Mock: 1`; without DEBUG the header means nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.DEBUG or request.headers.get(HEADER) != "1":
            return self.get_response(request)
        token = ASKED.set(True)
        try:
            response = self.get_response(request)
        finally:
            ASKED.reset(token)
        # The view alone would not know of the wish: no shortcut leads past this middleware.
        response.shortcut = None
        return response
