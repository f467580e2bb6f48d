"""What does a browser see at the root? Where to go from here."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: links to GraphiQL, the admin and the state of the server."""
    response = render(
        request,
        "storycore/home.html",
        {"version": settings.VERSION, "graphiql": settings.GRAPHIQL_ENABLED},
    )
    response["Content-Security-Policy"] = _POLICY
    return response
