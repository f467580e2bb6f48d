"""`/jobs` and `/tasks`: every kind of job of the caller, and the queue that they wait in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from bson import ObjectId
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from generation.errors import JobFinished, JobNotFailed
from generation.queries.jobs import (
    count_jobs,
    count_queue,
    job_stats,
    jobs_by_id,
    list_jobs,
    list_queue,
)
from generation.services import jobs as services
from projects.videos.queries.projects import find_number
from projects.videos.rest.job_shapes import (
    AT_ITS_END,
    JOB_FIELDS,
    JOB_SCHEMA,
    LOGS_SCHEMA,
    QUEUE_STATS_SCHEMA,
    WRONG_VALUE,
    answers,
    job_answers,
    line_answer,
    listed,
)
from projects.videos.rest.requests import actor_of
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput, NotFound, StoryCoreError
from storycore.ids import find_id
from storycore.limits import check_rate
from storycore.mongo.reading import Row
from storycore.paging import parse_page
from storycore.rest.answers import json_answer
from storycore.rest.bodies import object_in

router = Router(tags=["Jobs"])
LINES_MAX = 1_000
Limit = Annotated[int | None, Query(description="How many; a page when it is not given.")]
Offset = Annotated[int | None, Query(description="How many are passed over.")]


class NotNow(StoryCoreError):
    """The status of the job does not allow what was asked."""

    code = "WRONG_JOB_STATUS"
    status = 400


@router.api_operation(["HEAD"], "/jobs", include_in_schema=False)
@router.get("/jobs", summary="Lists your jobs", openapi_extra=answers(listed("jobs"), WRONG_VALUE))
def get_jobs(
    request: HttpRequest,
    status: Annotated[str | None, Query(description="Only those of this status.")] = None,
    kind: Annotated[str | None, Query(description="Only those of this kind.")] = None,
    project_id: Annotated[str | None, Query(description="Only those of this project.")] = None,
    limit: Limit = None,
    offset: Offset = None,
) -> HttpResponse:
    """Every kind of job, the newest first; an admin sees everybody's."""
    actor = actor_of(request)
    # A client knows its project by the name that it gave it.
    own = None if project_id is None else find_number(actor, project_id)
    filters = {"status": status, "kind": kind, "project": project_id if own is None else str(own)}
    page = parse_page(limit, offset)
    rows = list_jobs(actor, filters, page, JOB_FIELDS)
    body = {"jobs": job_answers(actor, rows), "total": count_jobs(actor, filters)}
    return json_answer(request, {**body, "limit": page.limit, "offset": page.offset})


@router.api_operation(["HEAD"], "/jobs/{job}", include_in_schema=False)
@router.get("/jobs/{job}", summary="Follows a job", openapi_extra=answers(JOB_SCHEMA))
def get_any_job(request: HttpRequest, job: str) -> HttpResponse:
    """How far it is, what it made, why it failed, when it is tried again."""
    return json_answer(request, _shown(actor_of(request), job))


@router.post(
    "/jobs/{job}/cancel", summary="Cancels a job", openapi_extra=answers(JOB_SCHEMA, AT_ITS_END)
)
def cancel_job(request: HttpRequest, job: str) -> HttpResponse:
    """Ends a job that is not at its end; a provider that can is told to stop."""
    return _acted(request, job, services.cancel_job, "cancel")


@router.post(
    "/jobs/{job}/retry",
    summary="Orders a failed job again",
    openapi_extra=answers(JOB_SCHEMA, AT_ITS_END, status=202),
)
def retry_job(request: HttpRequest, job: str) -> HttpResponse:
    """Answers the new job, with `retry_of`; the old one stays as it ended."""
    actor = actor_of(request)
    row = _job(actor, job)
    check_rate("generate", require_login(actor))
    try:
        key = services.retry_job(actor, ObjectId(row["_id"]))
    except JobNotFailed as problem:
        raise NotNow(f"Cannot retry job with status: {row['status']}") from problem
    body = {**_shown(actor, str(key)), "retry_of": str(row["_id"])}
    return json_answer(request, body, 202)


@router.api_operation(["HEAD"], "/jobs/{job}/logs", include_in_schema=False)
@router.get(
    "/jobs/{job}/logs",
    summary="Reads a job's log",
    openapi_extra=answers(LOGS_SCHEMA, WRONG_VALUE),
)
def get_logs(
    request: HttpRequest,
    job: str,
    lines: Annotated[int, Query(description="How many of the last lines, 1 to 1000.")] = 100,
) -> HttpResponse:
    """The last lines, oldest first; the newest 200 are kept. No line holds a key."""
    actor = actor_of(request)
    row = _job(actor, job, ("lines",))
    if not 1 <= lines <= LINES_MAX:
        raise InvalidInput(f"This lies between 1 and {LINES_MAX}.", field="lines")
    kept: list[Row] = row.get("lines") or []
    body: dict[str, Any] = {
        "logs": [line_answer(line) for line in kept[-lines:]],
        "total_lines": len(kept),
    }
    return json_answer(request, body if kept else {**body, "message": "No logs found"})


@router.api_operation(["HEAD"], "/tasks/queue", include_in_schema=False)
@router.get(
    "/tasks/queue",
    summary="Lists the queue",
    openapi_extra=answers(listed("queue"), WRONG_VALUE),
)
def get_queue(request: HttpRequest, limit: Limit = None, offset: Offset = None) -> HttpResponse:
    """Your jobs that are not done, as workers take them: the lower priority number first."""
    actor = actor_of(request)
    page = parse_page(limit, offset)
    rows = list_queue(actor, page, JOB_FIELDS)
    queue = [
        {**one, "position": number}
        for number, one in enumerate(job_answers(actor, rows), page.offset + 1)
    ]
    body = {"queue": queue, "total": count_queue(actor)}
    return json_answer(request, {**body, "limit": page.limit, "offset": page.offset})


@router.api_operation(["HEAD"], "/tasks/stats", include_in_schema=False)
@router.get("/tasks/stats", summary="Counts the queue", openapi_extra=answers(QUEUE_STATS_SCHEMA))
def get_queue_stats(request: HttpRequest) -> HttpResponse:
    """How many of your jobs wait, are worked on, and ended since midnight UTC."""
    return json_answer(request, job_stats(actor_of(request)))


@router.put(
    "/tasks/{job}/priority",
    summary="Changes a job's priority",
    openapi_extra={
        **answers(JOB_SCHEMA, AT_ITS_END, WRONG_VALUE),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["priority"],
                        "properties": {
                            "priority": {"type": "integer", "minimum": 1, "maximum": 10}
                        },
                    }
                }
            },
        },
    },
)
def put_priority(request: HttpRequest, job: str) -> HttpResponse:
    """1 comes first, 10 last."""
    priority = object_in(request).get("priority")
    if type(priority) is not int:
        raise InvalidInput("This is a whole number from 1 to 10.", field="priority")

    def change(actor: Actor, key: ObjectId) -> None:
        services.change_priority(actor, key, priority)

    return _acted(request, job, change, "change the priority of")


@router.post(
    "/tasks/{job}/move-up",
    summary="Moves a job one place up",
    openapi_extra=answers(JOB_SCHEMA, AT_ITS_END),
)
def post_move_up(request: HttpRequest, job: str) -> HttpResponse:
    """It changes places with your waiting job before it; the first one stays where it is."""
    return _acted(
        request, job, lambda actor, key: services.move_job(actor, key, earlier=True), "move"
    )


@router.post(
    "/tasks/{job}/move-down",
    summary="Moves a job one place down",
    openapi_extra=answers(JOB_SCHEMA, AT_ITS_END),
)
def post_move_down(request: HttpRequest, job: str) -> HttpResponse:
    """It changes places with your waiting job after it; the last one stays where it is."""
    return _acted(
        request, job, lambda actor, key: services.move_job(actor, key, earlier=False), "move"
    )


@router.post(
    "/tasks/{job}/retry",
    summary="Orders a failed job again",
    openapi_extra=answers(JOB_SCHEMA, AT_ITS_END, status=202),
)
def post_task_retry(request: HttpRequest, job: str) -> HttpResponse:
    """The same as for a job."""
    return retry_job(request, job)


@router.delete(
    "/tasks/{job}",
    summary="Takes a job out of the queue",
    openapi_extra=answers(JOB_SCHEMA, AT_ITS_END),
)
def delete_task(request: HttpRequest, job: str) -> HttpResponse:
    """Cancels it; the record stays, as a cancelled job."""
    return _acted(request, job, services.cancel_job, "remove")


def _acted(
    request: HttpRequest, job: str, act: Callable[[Actor, ObjectId], object], verb: str
) -> HttpResponse:
    """The job after an act that its status has to allow."""
    actor = actor_of(request)
    key = ObjectId(_job(actor, job, ("status",))["_id"])
    try:
        act(actor, key)
    except JobFinished as problem:
        status = _job(actor, job, ("status",))["status"]
        raise NotNow(f"Cannot {verb} job with status: {status}") from problem
    return json_answer(request, _shown(actor, job))


def _shown(actor: Actor, job: str) -> dict[str, Any]:
    return job_answers(actor, [_job(actor, job)])[0]


def _job(actor: Actor, job: str, fields: tuple[str, ...] = JOB_FIELDS) -> Row:
    require_login(actor)
    key = find_id(job)
    row = None if key is None else jobs_by_id.find(actor, key, fields)
    if row is None:
        raise NotFound("Job not found")
    return row
