"""`/jobs` and `/tasks`: every kind of job, its log, and the queue in which jobs wait."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bson import ObjectId
from django.db import connections
from django.http import HttpResponse

from generation.documents import Job
from generation.running.ending import cancel
from generation.services.jobs import move_job
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.documents import now
from storycore.mongo.writing import stored
from tests.generation.conftest import MOCKED
from tests.projects.conftest import Call

NOBODY = "0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def mocked(settings: Any) -> None:
    """Every task is done by the mock provider; answers do not wait."""
    settings.PROVIDERS = dict.fromkeys(("image", "speech", "music", "effect", "text"), MOCKED)
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.GENERATION_WAIT_SECONDS = 0.0


def read(answer: HttpResponse, status: int = 200) -> Any:
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    return body


def ordered(owner: Actor, *prompts: str, **more: Any) -> list[str]:
    return [str(order_media(owner, NewMedia("image", prompt, **more))) for prompt in prompts]


def queue_of(call: Call, owner: Actor) -> list[str]:
    return [one["id"] for one in read(call("get", "/api/tasks/queue", None, owner))["queue"]]


def test_a_job_from_its_order_to_its_picture(
    call: Call, owner: Actor, run_jobs: Callable[[], int]
) -> None:
    (key,) = ordered(owner, "a castle", seed=7)

    waiting = read(call("get", f"/api/jobs/{key}", None, owner))
    run_jobs()
    done = read(call("get", f"/api/jobs/{key}", None, owner))

    assert waiting["id"] == waiting["job_id"] == key
    assert (waiting["status"], waiting["progress"], waiting["current_step"]) == (
        "queued",
        0,
        "queued",
    )
    assert (waiting["kind"], waiting["prompt"], waiting["seed"]) == ("image", "a castle", 7)
    assert (waiting["priority"], waiting["retry_count"], waiting["error"]) == (5, 0, None)
    assert (waiting["next_attempt_at"], waiting["finished_at"], waiting["result"]) == (None,) * 3
    assert (done["status"], done["progress"], done["provider"]) == ("completed", 100, "mock")
    assert done["result"]["type"] == "image"
    assert done["result"]["file_url"].startswith("http")
    assert done["result"]["file_size_bytes"] > 100
    assert done["created_at"] <= done["started_at"] <= done["finished_at"]
    assert call("head", f"/api/jobs/{key}", None, owner).status_code == 200


def test_lists_are_filtered_and_paged(
    call: Call, owner: Actor, stranger: Actor, admin: Actor, run_jobs: Callable[[], int]
) -> None:
    ordered(owner, "one", "two", "mock:fail three")
    run_jobs()
    (last,) = ordered(owner, "four")
    ordered(stranger, "somebody else's")

    def listed(query: str, actor: Actor = owner) -> Any:
        return read(call("get", f"/api/jobs{query}", None, actor))

    everything = listed("")
    assert [one["prompt"] for one in everything["jobs"]] == [
        "four",
        "mock:fail three",
        "two",
        "one",
    ]
    assert everything["total"] == 4
    assert [one["id"] for one in listed("?status=queued")["jobs"]] == [last]
    assert listed("?status=failed")["jobs"][0]["error_code"] == "PROVIDER_WRONG_INPUT"
    assert listed("?kind=speech") == {"jobs": [], "total": 0, "limit": 50, "offset": 0}
    page = listed("?limit=1&offset=1")
    assert ([one["prompt"] for one in page["jobs"]], page["total"]) == (["mock:fail three"], 4)
    assert listed("", admin)["total"] == 5
    assert listed("?project_id=nothing")["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [("status=late", "status"), ("limit=-1", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"),
     ("offset=99999999999", "offset")],
)  # fmt: skip
def test_a_wrong_filter_is_named(call: Call, owner: Actor, query: str, field: str) -> None:
    for path in ("/api/jobs", "/api/tasks/queue"):
        if path == "/api/jobs" or field != "status":
            assert read(call("get", f"{path}?{query}", None, owner), 422)["field"] == field


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/jobs/{}"), ("post", "/jobs/{}/cancel"), ("post", "/jobs/{}/retry"), ("get", "/jobs/{}/logs"),
        ("put", "/tasks/{}/priority"), ("post", "/tasks/{}/move-up"), ("post", "/tasks/{}/move-down"),
        ("post", "/tasks/{}/retry"), ("delete", "/tasks/{}"),
    ],
)  # fmt: skip
def test_what_is_not_yours_is_not_there(
    call: Call, owner: Actor, stranger: Actor, method: str, path: str
) -> None:
    (key,) = ordered(stranger, "a secret")

    bodies = set()
    body = None if method == "get" else {"priority": 1}
    for wanted in (key, NOBODY, "nonsense", "%00"):
        answer = call(method, f"/api{path.format(wanted)}", body, owner)
        assert answer.status_code == 404
        bodies.add(answer.content)
    assert {body for body in bodies if b"Job not found" in body} == {
        b'{"detail":"Job not found","code":"NOT_FOUND"}'
    }
    assert call(method, f"/api{path.format(key)}", body).status_code == 401


@pytest.mark.parametrize("path", ["/jobs", "/tasks/queue", "/tasks/stats", "/stats"])
def test_lists_are_for_users(call: Call, content: None, path: str) -> None:
    assert call("get", f"/api{path}").status_code == 401


def test_cancel(call: Call, owner: Actor) -> None:
    (key,) = ordered(owner, "a castle")

    assert read(call("post", f"/api/jobs/{key}/cancel", {}, owner))["status"] == "cancelled"
    again = read(call("post", f"/api/jobs/{key}/cancel", {}, owner), 400)
    assert again["detail"] == "Cannot cancel job with status: cancelled"


def test_retry_orders_anew_and_the_old_one_stays(
    call: Call, owner: Actor, run_jobs: Callable[[], int]
) -> None:
    (good, bad) = ordered(owner, "a castle", "mock:fail a castle")
    waiting = read(call("post", f"/api/jobs/{bad}/retry", {}, owner), 400)
    run_jobs()

    new = read(call("post", f"/api/jobs/{bad}/retry", {}, owner), 202)

    assert waiting["detail"] == "Cannot retry job with status: queued"
    assert (new["status"], new["retry_of"], new["prompt"]) == ("queued", bad, "mock:fail a castle")
    assert new["id"] != bad
    assert read(call("get", f"/api/jobs/{bad}", None, owner))["status"] == "failed"
    refused = read(call("post", f"/api/tasks/{good}/retry", {}, owner), 400)
    assert refused["detail"] == "Cannot retry job with status: completed"
    assert read(call("post", f"/api/tasks/{bad}/retry", {}, owner), 202)["retry_of"] == bad


def test_logs(call: Call, owner: Actor, run_jobs: Callable[[], int]) -> None:
    (key,) = ordered(owner, "a castle")
    stored(Job).update_one({"_id": ObjectId(key)}, {"$set": {"lines": []}})
    none = read(call("get", f"/api/jobs/{key}/logs", None, owner))
    run_jobs()
    lines = [{"at": now(), "level": "info", "text": f"line {number}"} for number in range(150)]
    stored(Job).update_one({"_id": ObjectId(key)}, {"$set": {"lines": lines}})

    usual = read(call("get", f"/api/jobs/{key}/logs", None, owner))
    three = read(call("get", f"/api/jobs/{key}/logs?lines=3", None, owner))

    assert none == {"logs": [], "total_lines": 0, "message": "No logs found"}
    assert (len(usual["logs"]), usual["total_lines"], "message" in usual) == (100, 150, False)
    assert [line["text"] for line in three["logs"]] == ["line 147", "line 148", "line 149"]
    assert set(three["logs"][0]) == {"time", "level", "text"}
    for wrong in ("0", "-1", "1001", "x", "1.5", ""):
        answer = read(call("get", f"/api/jobs/{key}/logs?lines={wrong}", None, owner), 422)
        assert answer["field"] == "lines"


def test_the_queue_has_the_lower_number_first(call: Call, owner: Actor) -> None:
    first, second, third = ordered(owner, "first", "second", "third")

    changed = read(call("put", f"/api/tasks/{third}/priority", {"priority": 1}, owner))

    assert changed["priority"] == 1
    assert queue_of(call, owner) == [third, first, second]
    queue = read(call("get", "/api/tasks/queue?limit=1&offset=1", None, owner))
    assert [(one["id"], one["position"]) for one in queue["queue"]] == [(first, 2)]
    assert queue["total"] == 3


@pytest.mark.parametrize("priority", [0, 11, -1, None, "5", 5.5, True, [], 10**30])
def test_a_wrong_priority_is_refused(call: Call, owner: Actor, priority: Any) -> None:
    (key,) = ordered(owner, "a castle")

    answer = call("put", f"/api/tasks/{key}/priority", {"priority": priority}, owner)

    assert answer.status_code in (400, 422), answer.content
    assert read(call("get", f"/api/jobs/{key}", None, owner))["priority"] == 5


def test_moving_up_and_down(call: Call, owner: Actor, stranger: Actor) -> None:
    first, second, third = ordered(owner, "first", "second", "third")
    (urgent,) = ordered(owner, "urgent", priority=2)
    (other,) = ordered(stranger, "somebody else's")

    def moved(key: str, way: str) -> list[str]:
        read(call("post", f"/api/tasks/{key}/move-{way}", {}, owner))
        return queue_of(call, owner)

    assert queue_of(call, owner) == [urgent, first, second, third]
    assert moved(third, "up") == [urgent, first, third, second]
    assert moved(urgent, "up") == [urgent, first, third, second]
    assert moved(second, "down") == [urgent, first, third, second]
    # Over the edge of a priority it takes the other's place whole.
    assert moved(first, "up") == [first, urgent, third, second]
    assert queue_of(call, stranger) == [other]


def test_many_moves_at_once_lose_no_place(owner: Actor, transactional_db: None) -> None:
    keys = [ObjectId(key) for key in ordered(owner, *"abcdefgh")]
    before = sorted((row["priority"], row["turn"]) for row in stored(Job).find({}))

    def move(number: int) -> None:
        try:
            move_job(owner, keys[number % 8], earlier=number % 3 == 0)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(move, range(16)))

    after = sorted((row["priority"], row["turn"]) for row in stored(Job).find({}))
    assert after == before


def test_what_is_done_has_no_place_in_the_queue(call: Call, owner: Actor) -> None:
    (key,) = ordered(owner, "a castle")
    assert read(call("delete", f"/api/tasks/{key}", None, owner))["status"] == "cancelled"

    for method, path, verb in (
        ("post", "move-up", "move"), ("post", "move-down", "move"),
        ("put", "priority", "change the priority of"),
    ):  # fmt: skip
        answer = read(call(method, f"/api/tasks/{key}/{path}", {"priority": 1}, owner), 400)
        assert answer["detail"] == f"Cannot {verb} job with status: cancelled"
    gone = read(call("delete", f"/api/tasks/{key}", None, owner), 400)
    assert gone["detail"] == "Cannot remove job with status: cancelled"
    assert queue_of(call, owner) == []


def test_stats(
    call: Call, owner: Actor, stranger: Actor, run_jobs: Callable[[], int], commands: Any
) -> None:
    ordered(owner, "one", "two", "mock:fail three")
    ordered(stranger, "somebody else's")
    run_jobs()
    ordered(owner, "four", "five")
    cancel({"_id": ObjectId(ordered(owner, "six")[0])})
    read(
        call(
            "post",
            "/api/projects",
            {"title": "Sea", "images": [{"prompt": "a"}, {"prompt": "b"}]},
            owner,
        ),
        201,
    )

    counted = read(call("get", "/api/tasks/stats", None, owner))
    commands.names.clear()
    stats = read(call("get", "/api/stats", None, owner))
    seen = list(commands.names)

    assert counted == {
        "queued": 2, "processing": 0, "completed_today": 2, "failed_today": 1, "cancelled_today": 1
    }  # fmt: skip
    assert stats["storage_used_mb"] > 0
    assert stats == {
        "total_projects": 1, "total_shots": 2, "total_assets": 2, "storage_used_mb": stats["storage_used_mb"],
        "active_jobs": 2, "queued_jobs": 2, "processing_jobs": 0, "completed_jobs_today": 2,
        "failed_jobs_today": 1, "cancelled_jobs_today": 1,
    }  # fmt: skip
    assert len(seen) == 4


def test_moving_over_graphql(api: Any, call: Call, owner: Actor, stranger: Actor) -> None:
    first, second = ordered(owner, "first", "second")
    move = """mutation ($id: ID!, $up: Boolean!) {
      moveJob(id: $id, up: $up) { message job { id } userErrors { code } } }"""

    def moved(key: str, actor: Actor = owner) -> Any:
        return api(move, {"id": key, "up": True}, actor)["data"]["moveJob"]

    assert moved(second)["message"] == "Moved."
    assert moved(second) == {
        "message": "It is the first already.", "job": {"id": second}, "userErrors": []
    }  # fmt: skip
    assert moved(first, stranger)["userErrors"] == [{"code": "NOT_FOUND"}]
    assert queue_of(call, owner) == [second, first]
    priority = (
        "mutation ($id: ID!) { changeJobPriority(id: $id, priority: 1) { userErrors { code } } }"
    )
    read(call("delete", f"/api/tasks/{first}", None, owner))
    answer = api(priority, {"id": first}, owner)["data"]["changeJobPriority"]
    assert answer["userErrors"] == [{"code": "JOB_FINISHED"}]


def test_jobs_of_a_project_by_the_name_that_its_client_gave_it(call: Call, owner: Actor) -> None:
    read(call("post", "/api/projects", {"id": "my-sea", "title": "Sea"}, owner), 201)
    begun = read(call("post", "/api/projects/my-sea/generate-script", {}, owner))

    listed = read(call("get", "/api/jobs?project_id=my-sea", None, owner))

    assert [one["id"] for one in listed["jobs"]] == [begun["job_id"]]
    same = read(call("get", f"/api/jobs?project_id={listed['jobs'][0]['project_id']}", None, owner))
    assert same["total"] == 1
