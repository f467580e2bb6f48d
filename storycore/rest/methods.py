"""What does a REST client hear when an address does not know its method? JSON; to OPTIONS, what it knows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from storycore.errors import StoryCoreError
from storycore.rest.answers import refusal

NAMESPACE = "rest"
"""The namespace of the addresses of the REST API."""


class UnknownMethod(StoryCoreError):
    """The address is there, and does not know this method; `Allow` names those that it knows."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class RestMethodsMiddleware:
    """Answers 405 of the REST API as JSON with `detail`, and OPTIONS with 204 and the methods there are.

    A preflight of a browser never comes here: the CORS middleware stands in front and has answered it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        match = request.resolver_match
        if match is None or NAMESPACE not in match.namespaces:
            return answer
        if not isinstance(answer, HttpResponseNotAllowed):
            return answer
        return self._said(request, str(answer["Allow"]))

    def _said(self, request: HttpRequest, allowed: str) -> HttpResponse:
        methods = sorted({one.strip() for one in allowed.split(",")} - {"TRACE"} | {"OPTIONS"})
        if request.method == "OPTIONS":
            answer = HttpResponse(status=204)
            del answer["Content-Type"]
        else:
            answer = refusal(request, UnknownMethod(f"{request.method} is not known here."))
        answer["Allow"] = ", ".join(methods)
        return answer
