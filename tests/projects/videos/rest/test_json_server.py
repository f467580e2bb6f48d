"""A recorded JSON Server, answer by answer: what it said to 128 requests, and where we differ on purpose.

`projects` of the recording are one user's projects, its `assets` another's: the same rows under our one kind
of document. Its values are given back as recorded; ids are texts here, and fields of ours stand beside them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from projects.videos.queries.answers import project_answer
from storycore.access import Actor
from tests.factories import an_access_token, an_actor

RECORDING = json.loads((Path(__file__).parent / "json_server_recording.json").read_text())
EXCHANGES = RECORDING["exchanges"]
HOST = "http://127.0.0.1:3917"
OURS = set(project_answer(Actor(), {"key": "x"}))

ABSENT = "a collection of JSON Server that is none of ours"
DIFFERENT = {
    "root page": "the start page of StoryCore",
    "/db dump": "a dump of everything is nobody's business",
    "final /db": "a dump of everything is nobody's business",
    "singular resource": ABSENT,
    "_embed on list": ABSENT,
    "_embed on one": ABSENT,
    "_expand": ABSENT,
    "nested list": ABSENT,
    "nested list of missing parent": ABSENT,
    "nested create": ABSENT,
    "POST singular": ABSENT,
    "PUT singular": ABSENT,
    "PATCH singular": ABSENT,
    "delete singular": ABSENT,
    "unknown collection": ABSENT,
    "unknown collection item": ABSENT,
    "create on unknown collection": ABSENT,
    "delete unknown collection": ABSENT,
    "dependents after delete (scenarios of 1)": ABSENT,
    "id after delete of the last (reuse?)": ABSENT,
    "callback jsonp": "no JSONP",
    "OPTIONS preflight": "200 by the CORS settings of the whole server",
    "_like bad regex": "a pattern that makes no sense matches nothing: 200 []",
    "_limit=-1": "a negative limit is no limit: ten on a page",
    "create duplicate id": "409 instead of a crash",
    "create malformed JSON": "400 as JSON",
    "create array body": "a project is an object: 422",
    "replace drops missing fields": "PUT keeps the fields that the body leaves out",
    "GET after PUT": "PUT keeps the fields that the body leaves out",
    "PUT with other id in body": "PUT keeps the fields that the body leaves out",
    "GET 2 after": "PUT keeps the fields that the body leaves out",
    "PUT empty object": "PUT keeps the fields that the body leaves out",
    "delete": "204 without a body",
    "method not supported": "TRACE is refused for the whole server",
    "If-None-Match (etag of previous by id)": "other bytes have another tag; see the test below",
}
"""The committed list: the exchange and how we answer it otherwise."""
# Answers that differ from the recording only in a part, and in which.
STATUS_OF = {
    "_like bad regex": 200,
    "_limit=-1": 200,
    "create duplicate id": 409,
    "create malformed JSON": 400,
    "create array body": 422,
    "replace drops missing fields": 200,
    "PUT with other id in body": 200,
    "PUT empty object": 200,
    "delete": 204,
}
# Made by the server, so ours has another one.
SERVER_IDS = ("create, server id", "create again", "create in string-id collection, server id",
              "create empty object", "create empty body", "create text/plain body",
              "create urlencoded")  # fmt: skip


@pytest.mark.parametrize("base", ["", "/api"])
def test_every_answer_is_that_of_json_server(content: None, db: None, base: str) -> None:
    collections = {"projects": an_actor("ana@example.com"), "assets": an_actor("bob@example.com")}
    for name, actor in collections.items():
        for row in RECORDING["db_seed"][name]:
            assert send("POST", f"{base}/projects", actor, json.dumps(ours(row))).status_code == 201

    compared = 0
    for exchange in EXCHANGES:
        name, request = exchange["name"], exchange["request"]
        collection = request["path"].split("?")[0].split("/")[1]
        if name in DIFFERENT and name not in STATUS_OF:
            continue
        path = base + request["path"].replace(f"/{collection}", "/projects", 1)
        answer = send(
            request["method"], path, collections[collection], request["body"], request["headers"]
        )
        compare(exchange, answer, base, collection)
        compared += 1

    assert compared == len(EXCHANGES) - len(set(DIFFERENT) - set(STATUS_OF))


def compare(exchange: dict[str, Any], answer: HttpResponse, base: str, collection: str) -> None:
    """Status, the headers of lists, and the body as far as it is JSON Server's."""
    name, recorded = exchange["name"], exchange["response"]
    assert answer.status_code == STATUS_OF.get(name, recorded["status"]), (name, answer.content)
    if name in STATUS_OF:
        return
    headers = recorded["headers"]
    assert answer.headers.get("X-Total-Count") == headers.get("X-Total-Count"), name
    link = headers.get("Link")
    if link is not None:
        link = link.replace(f"{HOST}/{collection}", f"http://testserver{base}/projects")
    assert answer.headers.get("Link") == link, name
    if recorded["body_kind"] != "json" or recorded["body"] in (None, ""):
        return
    body, said = json.loads(answer.content), recorded["body"]
    if name in SERVER_IDS:
        assert answer.headers["Location"] == f"http://testserver{base}/projects/{body['id']}"
        said = {**said, "id": body["id"]}
    elif "Location" in headers:
        assert answer.headers["Location"].endswith("/" + headers["Location"].rpartition("/")[2])
    assert same(body, ours(said)), (name, said, body)


def same(mine: Any, theirs: Any) -> bool:
    """Whether everything they said is said here, and nothing but known fields beside it."""
    if isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    if not isinstance(theirs, dict) or theirs == {}:
        return bool(mine == theirs)
    return set(mine) <= set(theirs) | OURS and all(
        mine.get(key) == value for key, value in theirs.items()
    )


def ours(value: Any) -> Any:
    """Their rows in our words: ids are texts, and our statuses are others."""
    if isinstance(value, list):
        return [ours(one) for one in value]
    if isinstance(value, dict):
        words = dict(value)
        if "id" in words:
            words["id"] = str(words["id"])
        if words.get("status") == "published":
            words["status"] = "video_ready"
        if "createdAt" in words:
            words["createdAt"] = words["createdAt"].replace("Z", ".000Z")
        return words
    return value


def send(
    method: str,
    path: str,
    actor: Actor,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    given = {"Authorization": f"Bearer {an_access_token(actor)}", **(headers or {})}
    type_ = given.pop("Content-Type", "application/json")
    text = (body or "").replace('"published"', '"video_ready"')
    answer: HttpResponse = Client().generic(
        method, path, text, content_type=type_ if text or method != "GET" else "", headers=given
    )
    return answer


def test_what_was_given_a_tag_is_not_sent_again(content: None, db: None) -> None:
    ana = an_actor("ana@example.com")
    send("POST", "/projects", ana, json.dumps({"id": 1, "title": "Once"}))
    first = send("GET", "/projects/1", ana)

    again = send("GET", "/projects/1", ana, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
