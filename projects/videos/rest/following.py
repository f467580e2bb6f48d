"""`/projects/{key}/jobs/{job}`: how far is a stage that took longer than its answer could wait?"""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from django.http import HttpRequest, HttpResponse
from ninja import Router

from generation.queries.jobs import jobs_by_id
from generation.services.jobs import cancel_job
from projects.videos.queries.projects import find_project
from projects.videos.rest.documenting import FOLLOWED
from projects.videos.rest.made import stage_answer
from projects.videos.rest.requests import FINAL, actor_of, answered
from projects.videos.services.ordering import KINDS
from projects.videos.services.stages import TEMPORARY
from storycore.access import Actor, require_login
from storycore.errors import NotFound
from storycore.ids import find_id
from storycore.mongo.reading import Row
from storycore.rest.answers import json_answer

router = Router(tags=["Stages"])
_FIELDS = (
    "kind", "status", "project", "progress", "step", "message", "asset", "result", "parameters", "error_code",
    "error_message",
)  # fmt: skip


@router.api_operation(["HEAD"], "/projects/{key}/jobs/{job}", include_in_schema=False)
@router.get(
    "/projects/{key}/jobs/{job}",
    summary="Follows a stage that goes on",
    openapi_extra=FOLLOWED,
)
@answered
def get_job(request: HttpRequest, key: str, job: str) -> HttpResponse:
    """Its progress in per cent; `result` is what the stage would have answered, once it is completed."""
    actor = actor_of(request)
    return json_answer(request, _told(actor, _job_of(actor, key, job)))


@router.post("/projects/{key}/jobs/{job}/cancel", summary="Cancels a stage", openapi_extra=FOLLOWED)
@answered
def post_cancel(request: HttpRequest, key: str, job: str) -> HttpResponse:
    """Ends a stage that goes on; 409 when it is at its end already. What is finished stays."""
    actor = actor_of(request)
    row = _job_of(actor, key, job)
    cancel_job(actor, ObjectId(row["_id"]))
    return json_answer(request, _told(actor, _job_of(actor, key, job)))


def _job_of(actor: Actor, key: str, job: str) -> Row:
    """The job, when it belongs to this project (to none for `temp`). Raises Unauthenticated, NotFound."""
    require_login(actor)
    number = find_id(job)
    row = None if number is None else jobs_by_id.find(actor, number, _FIELDS)
    project = None if key == TEMPORARY else str(find_project(actor, key, ("_id",))["_id"])
    if row is None or row.get("project") != project or row["kind"] not in KINDS:
        raise NotFound("There is no such job.", field="job")
    return row


def _told(actor: Actor, job: Row) -> dict[str, Any]:
    is_over = job["status"] in FINAL
    body: dict[str, Any] = {
        "job_id": str(job["_id"]),
        "status": job["status"] if is_over else "processing",
        "progress": job["progress"],
        "step": job.get("step"),
        "message": job.get("message"),
        "result": stage_answer(actor, job) if job["status"] == "completed" else None,
    }
    if job["status"] == "failed":
        body |= {"detail": job.get("error_message"), "code": job.get("error_code")}
    return body
