"""The REST API on one screen: every app's addresses, and how they answer when something goes wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from projects.videos.rest.following import router as following
from projects.videos.rest.jobs import router as jobs
from projects.videos.rest.operations import router as operations
from projects.videos.rest.projects import router as projects
from projects.videos.rest.scripts import router as scripts
from projects.videos.rest.stages import router as stages
from storycore.errors import InvalidInput, StoryCoreError
from storycore.health.rest import router as health
from storycore.rest.answers import json_answer, masked, refusal
from storycore.rest.methods import NAMESPACE


class StudioApi(NinjaAPI):
    """The API with names and logins in its description that generators of clients can use."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name, as clients in other languages write names: postProject."""
        first, *rest = operation.view_func.__name__.split("_")
        return first + "".join(word.capitalize() for word in rest)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document, with the token that a login gives (where the studio asks for one)."""
        schema = super().get_openapi_schema(**options)
        bearer = {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of the mutation `login`.",
        }
        schema["components"]["securitySchemes"] = {"bearer": bearer}
        schema["security"] = [{}, {"bearer": []}]
        return schema


api = StudioApi(
    title="StoryCore",
    version=settings.VERSION,
    description="Video projects of the AI Studio: documents, stages, captions.",
    urls_namespace=NAMESPACE,
)
for router in (projects, stages, following, scripts, jobs, operations, health):
    api.add_router("", router)


@api.get("/redoc", include_in_schema=False)
def redoc(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - ninja names it
    """The same document, for whoever looks for it under the name of the other page."""
    return HttpResponseRedirect(resolve_url(f"{NAMESPACE}:openapi-view"))


@api.exception_handler(StoryCoreError)
def on_refusal(request: HttpRequest, problem: StoryCoreError) -> HttpResponse:
    """Our own errors speak."""
    return refusal(request, problem)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """A value in the address or the query that has the wrong type."""
    first = problem.errors[0] if problem.errors else {}
    place = [str(one) for one in first.get("loc", ()) if one not in ("path", "query", "body")]
    wrong = InvalidInput(str(first.get("msg", "This is not valid.")), field=".".join(place) or None)
    return refusal(request, wrong)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, _problem: Http404) -> HttpResponse:
    """Nothing there, in JSON Server's words."""
    return json_answer(request, {}, 404)


@api.exception_handler(Exception)
def on_failure(request: HttpRequest, problem: Exception) -> HttpResponse:
    """Everything else is masked and logged whole."""
    return masked(request, problem)


# The API's own views guard themselves: a cookie counts only with a header that no foreign page can send.
@csrf_exempt
def elsewhere(request: HttpRequest, path: str) -> HttpResponseBase:
    """The same address without a slash at its end, and with /api for a client that asks the bare host."""
    try:
        match = resolve(f"/api/{path.rstrip('/')}")
    except Resolver404:
        return json_answer(request, {}, 404)
    if match.func is elsewhere:
        return json_answer(request, {}, 404)
    request.resolver_match = match
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer
