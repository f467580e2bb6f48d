"""Asking for a stage that is under way joins it, also for sixteen that ask at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from generation.documents import Job
from storycore.access import Actor
from storycore.mongo.writing import stored
from tests.generation.conftest import MOCKED
from tests.projects.conftest import Call
from tests.projects.videos.rest.test_projects import made

AT_ONCE = 16
WHOLE: dict[str, Any] = {
    "title": "The sea", "script_text": "Waves come in.", "images": [{"prompt": "a sea"}, {"prompt": "a gull"}],
}  # fmt: skip
STAGES: dict[str, dict[str, Any]] = {
    "generate-script": {"title": "The sea", "style": "casual"},
    "generate-audio": {"script_text": "Waves come in.", "voice_id": "nova"},
    "generate-images": {
        "images": [{"prompt": "a sea"}, {"prompt": "a gull"}],
        "style": "realistic",
    },
    "generate-images/0": {"prompt": "a stormy sea"},
    "generate-all": {"resolution": "720p"},
}
MUTATIONS = {
    "generateProjectScript": "",
    "generateProjectAudio": ', scriptText: "Waves come in."',
    "generateProjectImages": ', images: [{prompt: "a sea"}, {prompt: "a gull"}]',
    "generateProjectAll": "",
}


@pytest.fixture(autouse=True)
def mocked(settings: Any) -> None:
    """Every task is done by the mock provider; answers do not wait."""
    settings.PROVIDERS = {
        **dict.fromkeys(("image", "speech", "music", "effect", "text"), MOCKED),
        "video": {"local": {"BACKEND": "local", "OPTIONS": {}}},
    }
    settings.GENERATION_RETRY_SECONDS = 0.0
    settings.GENERATION_WAIT_SECONDS = 0.0


def at_once(ask: Callable[[int], Any]) -> list[Any]:
    def asked(number: int) -> Any:
        try:
            return ask(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(asked, range(AT_ONCE)))


def jobs() -> int:
    return stored(Job).count_documents({"parent": None})


def begun(call: Call, owner: Actor, key: str, stage: str, body: Any) -> str:
    answer = call("post", f"/projects/{key}/{stage}", body, owner)
    told = json.loads(answer.content)
    assert answer.status_code == 200, told
    return str(told["job_id"])


@pytest.mark.parametrize("stage", STAGES)
def test_sixteen_over_rest(
    call: Call, owner: Actor, transactional_db: None, run_jobs: Callable[[], int], stage: str
) -> None:
    key = made(call, owner, **WHOLE)["id"]

    found = at_once(lambda _number: begun(call, owner, key, stage, STAGES[stage]))

    assert len(set(found)) == 1
    assert jobs() == 1
    # Once it is done, the same words order anew.
    run_jobs()
    assert begun(call, owner, key, stage, STAGES[stage]) != found[0]


@pytest.mark.parametrize("name", MUTATIONS)
def test_sixteen_over_graphql(
    api: Any, call: Call, owner: Actor, transactional_db: None, name: str
) -> None:
    key = made(call, owner, **WHOLE)["id"]
    answer = "{ job { id } userErrors { code } }"
    query = f'mutation {{ {name}(id: "{key}", wait: false{MUTATIONS[name]}) {answer} }}'

    found = at_once(lambda _number: api(query, actor=owner)["data"][name])

    assert [one["userErrors"] for one in found] == [[]] * AT_ONCE
    assert len({one["job"]["id"] for one in found}) == 1
    assert jobs() == 1


@pytest.mark.parametrize(
    ("stage", "body"),
    [
        ("generate-script", {"title": "The land"}),
        ("generate-audio", {"script_text": "Other words."}),
        ("generate-audio", {"voice_id": "echo"}),
        ("generate-images", {"images": [{"prompt": "a land"}, {"prompt": "a gull"}]}),
        ("generate-images", {"style": "anime"}),
        ("generate-images/0", {"prompt": "a calm sea"}),
        ("generate-images/1", {}),
    ],
)
def test_other_words_are_another_order(
    call: Call, owner: Actor, stage: str, body: dict[str, Any]
) -> None:
    key = made(call, owner, **WHOLE)["id"]
    first = begun(call, owner, key, stage.replace("/1", "/0"), {})

    assert begun(call, owner, key, stage, body) != first
    assert jobs() == 2


def test_a_set_that_is_half_done_is_joined_and_loses_nothing(
    call: Call, owner: Actor, run_jobs: Callable[[], int]
) -> None:
    key = made(call, owner, **WHOLE)["id"]
    asked = STAGES["generate-images"]
    first = begun(call, owner, key, "generate-images", asked)
    # As if one of the two were there already, and the other under way.
    run_jobs()
    done = json.loads(call("get", f"/projects/{key}", None, owner).content)["images"]
    stored(Job).update_one({"kind": "pictures"}, {"$set": {"status": "processing"}})

    again = begun(call, owner, key, "generate-images", asked)

    assert again == first
    after = json.loads(call("get", f"/projects/{key}", None, owner).content)["images"]
    assert [one["url"] for one in after] == [one["url"] for one in done]
    assert all(one["url"] for one in after)


def test_other_projects_and_other_people_have_jobs_of_their_own(
    call: Call, owner: Actor, stranger: Actor
) -> None:
    keys = [(actor, made(call, actor, **WHOLE)["id"]) for actor in (owner, owner, stranger)]

    found = {begun(call, actor, key, "generate-script", {}) for actor, key in keys}

    assert len(found) == 3


def test_sixteen_that_bring_the_first_pictures(
    call: Call, owner: Actor, transactional_db: None, run_jobs: Callable[[], int]
) -> None:
    key = made(call, owner, title="The sea")["id"]
    asked = STAGES["generate-images"]

    found = at_once(lambda _number: begun(call, owner, key, "generate-images", asked))
    run_jobs()

    images = json.loads(call("get", f"/projects/{key}", None, owner).content)["images"]
    assert len(set(found)) == 1
    assert [one["prompt"] for one in images] == ["a sea", "a gull"]
    assert all(one["url"] for one in images)
