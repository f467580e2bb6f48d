"""Projects as documents: defaults, checks, unknown keys, both spellings of dates, who may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from projects.videos.documents import VideoProject
from storycore.access import Actor
from storycore.mongo.reading import count_where
from tests.conftest import COUNTER
from tests.projects.conftest import Call


def made(call: Call, actor: Actor, **fields: Any) -> dict[str, Any]:
    answer = call("post", "/api/projects", fields, actor)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = json.loads(answer.content)
    return body


def test_a_new_project_has_its_defaults_and_both_dates(call: Call, owner: Actor) -> None:
    body = made(call, owner, title="Sea", older={"images_prompts": ["a"], "n": [1, None, True]})

    assert (body["status"], body["images"], body["title"]) == ("draft", [], "Sea")
    assert body["older"] == {"images_prompts": ["a"], "n": [1, None, True]}
    assert body["created_at"] == body["createdAt"]
    assert body["updated_at"] == body["updatedAt"]
    assert json.loads(call("get", f"/projects/{body['id']}", None, owner).content) == body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "tlh"), ("use_case", "war"), ("status", "published"), ("script_style", "loud"),
        ("voice_id", "hal"), ("audio_speed", 0.69), ("audio_pitch", 1.31), ("audio_speed", "1.0"),
        ("audio_pitch", True), ("image_style", "cubist"), ("resolution", "480p"), ("fps", 25), ("fps", 30.5),
        ("video_template_id", "spin"), ("background_music", "loud"), ("title", 7), ("title", "x" * 301),
        ("script_text", "x" * 10_001), ("images", "a"), ("images", [{"prompt": 7}]), ("images", ["a"]),
        ("images", [{"prompt": "x"}] * 61), ("images", [{"url": 1}]), ("video_inspirations", "a"),
        ("audio_path", 7), ("$where", 1), ("a.b", 1), ("note", {"$x": 1}), ("id", "temp"), ("id", "a/b"),
        ("id", {}),        ("title", "a\u0000b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["post", "patch", "put"])
def test_a_wrong_value_is_named_and_nothing_is_written(
    call: Call, owner: Actor, field: str, value: Any, method: str
) -> None:
    key = made(call, owner, title="Kept")["id"]
    before = call("get", f"/projects/{key}", None, owner).content
    if method != "post" and field == "id":
        return  # the server's own, whatever it is
    path = "/projects" if method == "post" else f"/projects/{key}"

    answer = call(method, path, {field: value}, owner)

    body = json.loads(answer.content)
    assert answer.status_code == 422, body
    assert body["field"].split(".")[0] == field.split(".", maxsplit=1)[0]
    assert body["field"] in body["detail"]
    assert call("get", f"/projects/{key}", None, owner).content == before
    assert count_where(VideoProject, {}) == 1


def test_a_change_keeps_the_rest_and_the_servers_own(call: Call, owner: Actor) -> None:
    before = made(call, owner, title="Sea", note="x", images=[{"prompt": "a", "url": None}])
    path = f"/api/projects/{before['id']}/"

    after = json.loads(
        call(
            "put",
            path,
            {"fps": 60.0, "id": "other", "created_at": "2001-01-01", "createdAt": 1},
            owner,
        ).content
    )
    cleared = json.loads(
        call("patch", path, {"title": None, "images": None, "status": None}, owner).content
    )

    assert after["updated_at"] >= before["updated_at"]
    same = {"updated_at": "", "updatedAt": "", "fps": 60}
    assert {**after, **same} == {**before, **same}
    assert (cleared["title"], cleared["images"], cleared["status"]) == (None, [], "draft")


def test_a_whole_project_moves_here_from_another_server(call: Call, owner: Actor) -> None:
    body = made(
        call, owner, id=17, title="Old", created_at="2024-05-01T10:00:00Z", images_urls=["u"]
    )

    assert (body["id"], body["createdAt"]) == ("17", "2024-05-01T10:00:00.000Z")
    assert call("post", "/projects", {"id": "17"}, owner).status_code == 409


def test_nobody_sees_or_changes_what_is_not_theirs(
    call: Call, owner: Actor, stranger: Actor, admin: Actor
) -> None:
    key = made(call, owner, title="Secret")["id"]

    for method in ("get", "put", "patch", "delete"):
        body = None if method in ("get", "delete") else {"title": "x"}
        assert call(method, f"/projects/{key}", body, stranger).status_code == 404
        assert call(method, f"/projects/{key}", body).status_code == 401
    assert json.loads(call("get", "/projects", None, stranger).content) == []
    assert call("get", "/projects").status_code == 401
    assert json.loads(call("get", f"/projects/{key}", None, admin).content)["title"] == "Secret"
    assert call("delete", f"/projects/{key}", None, owner).status_code == 204


def test_the_studio_without_logins_is_one_user(call: Call, studio: None, owner: Actor) -> None:
    made(call, owner, title="Of a user")

    first = call("post", "/projects", {"title": "Of the studio"})
    listed = json.loads(call("get", "/projects").content)

    assert first.status_code == 201
    assert [one["title"] for one in listed] == ["Of the studio"]
    answer = Client().post(
        "/projects", {"title": "By a form"}, headers={"Origin": "http://localhost:3000"}
    )
    assert answer.status_code == 201


def test_a_cookie_alone_changes_nothing(owner: Actor, call: Call, django_user_model: Any) -> None:
    client = Client()
    client.force_login(django_user_model.objects.get(pk=owner.user_id))

    refused = client.post(
        "/projects", "title=x", content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    taken = client.post(
        "/projects",
        {"title": "x"},
        content_type="application/json",
        headers={"X-Requested-With": "x"},
    )

    assert (refused.status_code, taken.status_code) == (403, 201)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status=audio_ready", ["b", "c"]), ("status=draft", ["a"]), ("search=FOG", ["c"]),
        ("page=2&limit=2", ["c"]), ("q=harbor&status=draft", ["a"]), ("fps_gte=30&fps_lte=30", ["b"]),
        ("meta.rank_gte=2", ["b", "c"]), ("_sort=meta.rank&_order=desc", ["c", "b", "a"]),
        ("title_ne=a", ["b", "c"]), ("unheard_of=1", ["a", "b", "c"]), ("_limit=2", ["a", "b"]),
        ("$where=1", ["a", "b", "c"]),
        ("_sort=$where", ["a", "b", "c"]), ("tags=x,y", ["a"]), ("_start=1&_end=2", ["b"]), ("note_like=*", []),
        ("created_at_gte=2020-01-01", ["a", "b", "c"]), ("createdAt_lte=2020-01-01", []), ("done=true", ["b"]),
        ("title_like=" + "(a%2B)%2B" * 40, []), ("status=&search=&page=&limit=", ["a", "b", "c"]),
        ("status=&use_case=&fps=&q=harbor", ["a"]), ("status_ne=draft", ["b", "c"]),
    ],
)  # fmt: skip
def test_lists_are_asked_as_json_server_is(
    call: Call, owner: Actor, query: str, titles: list[str]
) -> None:
    made(call, owner, title="a", description="Harbor", meta={"rank": 1}, tags=["x", "y"])
    made(call, owner, title="b", status="audio_ready", fps=30, meta={"rank": 2}, done=True)
    made(
        call, owner, title="c", status="audio_generated", description="in the fog", meta={"rank": 3}
    )

    answer = call("get", f"/api/projects?{query}", None, owner)

    assert answer.status_code == 200, answer.content
    assert [one["title"] for one in json.loads(answer.content)] == titles


def test_an_envelope_for_the_client_that_wants_one(call: Call, owner: Actor) -> None:
    for title in "abc":
        made(call, owner, title=title)

    by_query = json.loads(call("get", "/api/projects?envelope=1&limit=2", None, owner).content)
    by_type = json.loads(
        call("get", "/api/projects", None, owner, Accept="application/vnd.storycore+json").content
    )

    assert (len(by_query["projects"]), by_query["total"]) == (2, 3)
    assert (len(by_type["projects"]), by_type["total"]) == (3, 3)
    for no in ("0", "false", ""):
        bare = json.loads(call("get", f"/api/projects?envelope={no}", None, owner).content)
        assert [one["title"] for one in bare] == ["a", "b", "c"]


def test_lists_cost_the_same_for_few_and_many(call: Call, owner: Actor) -> None:
    def commands(query: str) -> int:
        COUNTER.names.clear()
        COUNTER.counting = True
        assert call("get", f"/projects?{query}", None, owner).status_code == 200
        COUNTER.counting = False
        return len(COUNTER.names)

    made(call, owner, title="x", rank=1)
    queries = ("", "_page=1", "q=x&_limit=5", "rank=1&_page=1", "_sort=title")
    few = [commands(query) for query in queries]
    for number in range(30):
        made(call, owner, title=f"x{number}", rank=number)

    assert [commands(query) for query in queries] == few
    assert max(few) <= 3


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        ("{", "application/json", 400), ("[1]", "application/json", 422), ('"x"', "application/json", 422),
        ("NaN", "application/json", 400), ("[" * 5_000, "application/json", 400), ("{}", "text/plain", 201),
        (b"\xff\xfe", "application/json", 400), ("{" + '"a":{' * 30 + "}" * 31, "application/json", 422),
    ],
)  # fmt: skip
def test_a_broken_body_is_no_500(
    studio: None, content: None, db: None, body: Any, type_: str, status: int
) -> None:
    answer = Client().post("/projects", body, content_type=type_)

    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"].startswith("application/json")


def test_the_document_of_the_api(client: Client) -> None:
    document = client.get("/api/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    paths = set(document["paths"])
    assert {"/api/projects", "/api/projects/{key}", "/api/projects/{key}/generate-video",
            "/api/scripts/{key}", "/api/video-template"} <= paths  # fmt: skip
    assert all(
        operation.get("summary")
        for path in document["paths"].values()
        for operation in path.values()
    )
    page = client.get("/api/docs").content.decode()
    assert "/static/ninja/" in page
    assert "https://" not in page.replace("https://json-schema.org", "")


def test_a_token_that_is_not_valid_is_not_the_shared_user(call: Call, studio: None) -> None:
    for header in ("Bearer expired", "JWT x.y.z", "Basic abc"):
        for method, body in (("get", None), ("post", {"title": "x"})):
            answer = call(method, "/projects", body, Authorization=header)
            assert answer.status_code == 401
            assert json.loads(answer.content)["code"] == "UNAUTHENTICATED"
    assert count_where(VideoProject, {}) == 0


@pytest.mark.parametrize("base", ["", "/api"])
def test_other_methods_are_answered_in_json(call: Call, studio: None, base: str) -> None:
    wrong = call("get", f"{base}/projects/1/generate-script")
    asked = call("options", f"{base}/projects")
    deleted = call(
        "delete", f"{base}/projects/{json.loads(call('post', '/projects', {}).content)['id']}"
    )

    assert (wrong.status_code, wrong["Allow"]) == (405, "OPTIONS, POST")
    assert json.loads(wrong.content) == {
        "detail": "GET is not known here.", "code": "METHOD_NOT_ALLOWED",
    }  # fmt: skip
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert (deleted.status_code, deleted.content, "Content-Type" in deleted) == (204, b"", False)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://localhost:5173"])
@pytest.mark.parametrize("path", ["/projects", "/api/projects/1", "/scripts/temp", "/video/1"])
def test_the_front_ends_origins_may_ask(call: Call, studio: None, origin: str, path: str) -> None:
    asked = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = call("options", path, Origin=origin, **asked)
    answer = call("get", "/projects?_page=1", Origin=origin)
    foreign = call("get", "/projects?_page=1", Origin="https://evil.example")

    assert preflight.status_code == 200
    assert preflight["Access-Control-Allow-Origin"] == origin
    assert {"PATCH", "PUT", "DELETE"} <= set(preflight["Access-Control-Allow-Methods"].split(", "))
    assert "content-type" in preflight["Access-Control-Allow-Headers"]
    exposed = set(answer["Access-Control-Expose-Headers"].split(", "))
    assert {"X-Total-Count", "Link", "Location"} <= exposed
    assert answer["X-Total-Count"] == "0"
    assert "Access-Control-Allow-Origin" not in foreign


def test_what_a_client_calls_subtitles_comes_back(call: Call, owner: Actor) -> None:
    theirs = made(call, owner, subtitles="burned", stale="x", owner="me", key=7)
    settings = {"burn": False, "style": "plain", "position": "top"}
    ours = made(call, owner, subtitles=settings)

    path = f"/projects/{ours['id']}"
    again = json.loads(call("put", path, {**ours, "title": "x"}, owner).content)

    assert (theirs["subtitles"], theirs["owner"], theirs["key"]) == ("burned", "me", 7)
    assert ours["subtitles"] == again["subtitles"] == settings
