"""`/projects`: the studio's documents, with JSON Server's manners."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from django.http import HttpRequest, HttpResponse
from ninja import Router

from projects.videos.queries.answers import project_answer, project_answers
from projects.videos.queries.projects import find_project, list_as_json_server, projects_by_id
from projects.videos.rest.documenting import ERRORS, LIST_PARAMETERS, PROJECT, project_body
from projects.videos.rest.requests import actor_of, answered
from projects.videos.services.projects import create_project, delete_project, update_project
from storycore.access import Actor
from storycore.rest.answers import json_answer
from storycore.rest.bodies import object_in
from storycore.rest.lists import link_header, parse_list

router = Router(tags=["Projects"])
ENVELOPE = "application/vnd.storycore+json"
_OVERRIDES = frozenset({"PUT", "PATCH", "DELETE"})
_NO = frozenset({"", "0", "false", "no", "off"})


@router.api_operation(["HEAD"], "/projects", include_in_schema=False)
@router.get("/projects", summary="Lists projects", openapi_extra=LIST_PARAMETERS)
@answered
def list_projects(request: HttpRequest) -> HttpResponse:
    """Your projects, oldest first, as a bare array; `?envelope=1` gives {projects, total}.

    Filters by any field (`status=draft`, `fps_gte=30`, `title_like=sea`, `language_ne=en`), full text (`q`),
    `_sort` and `_order`, `_page` and `_limit` or `_start` and `_end`; a page tells X-Total-Count and Link.
    """
    actor = actor_of(request)
    wants_envelope = _wants_envelope(request)
    asked = parse_list(request.GET)
    if wants_envelope:
        asked = asked.counted()
    found = list_as_json_server(actor, asked)
    projects = project_answers(actor, found.rows)
    if wants_envelope:
        return json_answer(request, {"projects": projects, "total": found.total})
    answer = json_answer(request, projects)
    if found.total is not None:
        answer["X-Total-Count"] = str(found.total)
    if asked.page is not None:
        answer["Link"] = link_header(request, asked, len(found.rows), found.total or 0)
    return answer


@router.post("/projects", summary="Makes a project", openapi_extra=project_body(201))
@answered
def post_project(request: HttpRequest) -> HttpResponse:
    """A new project; without an `id` it gets one. Unknown keys are kept and come back."""
    actor = actor_of(request)
    number = create_project(actor, object_in(request))
    body = _stored(actor, number)
    answer = json_answer(request, body, 201)
    answer["Location"] = request.build_absolute_uri(f"{request.path.rstrip('/')}/{body['id']}")
    return answer


@router.api_operation(["PUT", "PATCH", "DELETE", "TRACE"], "/projects", include_in_schema=False)
def refuse_on_list(request: HttpRequest) -> HttpResponse:
    """A list cannot be replaced."""
    return json_answer(request, {}, 404)


@router.api_operation(["HEAD"], "/projects/{key}", include_in_schema=False)
@router.get("/projects/{key}", summary="Reads a project", openapi_extra=PROJECT)
@answered
def get_project(request: HttpRequest, key: str) -> HttpResponse:
    """One project, or 404 with {}."""
    actor = actor_of(request)
    return json_answer(request, project_answer(actor, find_project(actor, key)))


@router.put("/projects/{key}", summary="Changes a project", openapi_extra=project_body(200))
@answered
def put_project(request: HttpRequest, key: str) -> HttpResponse:
    """The fields that the body names are replaced, all others stay; id and dates are the server's."""
    actor = actor_of(request)
    return json_answer(request, _stored(actor, update_project(actor, key, object_in(request))))


@router.patch("/projects/{key}", summary="Changes a project", openapi_extra=project_body(200))
def patch_project(request: HttpRequest, key: str) -> HttpResponse:
    """The same as PUT."""
    answer: HttpResponse = put_project(request, key)
    return answer


@router.delete(
    "/projects/{key}",
    summary="Removes a project",
    openapi_extra={"responses": {204: {"description": "It is gone."}, **ERRORS}},
)
@answered
def remove_project(request: HttpRequest, key: str) -> HttpResponse:
    """204; what was made for the project stays in the library."""
    delete_project(actor_of(request), key)
    answer = HttpResponse(status=204)
    # There is no content that could have a type.
    del answer["Content-Type"]
    return answer


@router.post("/projects/{key}", include_in_schema=False)
def post_to_one(request: HttpRequest, key: str) -> HttpResponse:
    """Nothing, unless a client behind a narrow proxy says what it means by X-HTTP-Method-Override."""
    meant = request.headers.get("X-HTTP-Method-Override", "").upper()
    if meant not in _OVERRIDES:
        return json_answer(request, {}, 404)
    answer: HttpResponse = (remove_project if meant == "DELETE" else put_project)(request, key)
    return answer


def _wants_envelope(request: HttpRequest) -> bool:
    is_asked = request.GET.get("envelope", "").strip().lower() not in _NO
    return is_asked or ENVELOPE in request.headers.get("Accept", "").lower()


def _stored(actor: Actor, number: ObjectId) -> dict[str, Any]:
    row = projects_by_id.find(actor, number, None)
    return project_answer(actor, row or {"key": str(number)})
