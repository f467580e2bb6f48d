"""Web and MongoDB are killed in the middle of a write burst; every acknowledged write is there afterwards."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.error
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.flows.one_machine import Up, ask

pytestmark = pytest.mark.timeout(240)

WRITERS = 4
SCENES = 5
BURST_SECONDS = 2.5
LOGIN = {"email": "writer@example.com", "password": "correct horse battery"}

SIGN_UP = "mutation($input: CreateUserInput!) { createUser(input: $input) { success } }"
LOG_IN = "mutation($email: String!, $password: String!) { login(email: $email, password: $password) { token } }"
CREATE = "mutation($input: CreateScenarioInput!) { createScenario(input: $input) { success scenario { id } } }"
SAVE = (
    "mutation($id: ID!, $input: SaveScenarioInput!) "
    "{ saveScenario(id: $id, input: $input) { success scenario { title } } }"
)
READ = "query($id: ID!) { scenario(id: $id) { title scenes { title choices { toSceneId } } } }"


@dataclass
class Burst:
    """What writers were told: ids of created stories, and the title of the last saved version of each."""

    url: str
    token: str
    created: list[str] = field(default_factory=list)
    saved: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def post(self, query: str, **variables: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        status, body = ask(self.url, "/graphql/", {"query": query, "variables": variables}, headers)
        assert (status, body.get("errors")) == (200, None), body
        data: dict[str, Any] = body["data"]
        return data

    def write(self, writer: int) -> None:
        """Create stories and save their whole graphs until the server is gone."""
        number = 0
        while not self.stopping.is_set():
            number += 1
            self.attempts += 1
            title = f"Story {writer}-{number}"
            made = self.post(CREATE, input={"title": title})["createScenario"]
            assert made["success"]
            story = made["scenario"]["id"]
            self.created.append(story)
            for version in (1, 2):
                name = f"{title} v{version}"
                assert self.post(SAVE, id=story, input=graph(name))["saveScenario"]["success"]
                self.saved[story] = name

    def write_until_killed(self, writer: int) -> None:
        # The death of the server is the point of this test: whatever shape it has, the writer is done.
        with suppress(
            OSError, HTTPException, urllib.error.URLError, json.JSONDecodeError, AssertionError
        ):
            self.write(writer)


def graph(title: str) -> dict[str, Any]:
    """A ring of scenes, each with a choice to the next; every scene bears the version's title."""
    scenes = [
        {
            "id": f"tmp-{number}",
            "title": title,
            "text": "x" * 2_000,
            "isStartScene": number == 0,
            "choices": [{"text": "Go on", "toSceneId": f"tmp-{(number + 1) % SCENES}"}],
        }
        for number in range(SCENES)
    ]
    return {"title": title, "scenes": scenes}


@pytest.fixture
def runs() -> Iterator[list[Up]]:
    started: list[Up] = []
    yield started
    for run in started:
        run.close()


def start(runs: list[Up], home: Path) -> Up:
    run = Up(home, ("--no-demo",))
    runs.append(run)
    run.wait_ready()
    return run


def test_no_acknowledged_write_is_lost_and_no_story_is_half_there(
    runs: list[Up], tmp_path: Path
) -> None:
    first = start(runs, tmp_path)
    pids = first.run()["pids"]
    burst = Burst(first.url, "")
    assert burst.post(SIGN_UP, input=LOGIN)["createUser"]["success"]
    burst.token = burst.post(LOG_IN, **LOGIN)["login"]["token"]
    writers = [
        threading.Thread(target=burst.write_until_killed, args=(one,)) for one in range(WRITERS)
    ]
    for writer in writers:
        writer.start()

    time.sleep(BURST_SECONDS)
    assert all(writer.is_alive() for writer in writers)
    os.killpg(pids["web"], signal.SIGKILL)
    os.kill(pids["mongodb"], signal.SIGKILL)
    burst.stopping.set()
    for writer in writers:
        writer.join(30)
    assert first.wait() == 1

    assert len(burst.created) >= WRITERS
    assert len(burst.saved) >= WRITERS
    second = start(runs, tmp_path)
    burst.url = second.url
    # The token of before still holds: the secret outlived the run as well.
    stories = {story: burst.post(READ, id=story)["scenario"] for story in burst.created}
    assert [story for story, found in stories.items() if found is None] == []
    for story, name in burst.saved.items():
        # A later version may be stored although its answer never came; an earlier one may not be back.
        assert stories[story]["title"] >= name
    with MongoClient(second.run()["mongodb_uri"]) as client:
        assert broken(client.storycore) == []


def broken(database: Any) -> list[str]:
    """Stories that are neither empty nor one whole version."""
    found = []
    scenes = list(database.scenes.find({}, {"scenario": 1, "title": 1}))
    choices = list(database.choices.find({}, {"from_scene": 1, "to_scene": 1}))
    by_scene = {scene["_id"]: scene["scenario"] for scene in scenes}
    found += [
        f"choice {one['_id']}"
        for one in choices
        if not {one["from_scene"], one["to_scene"]} <= set(by_scene)
    ]
    for story in database.scenarios.find({}, {"title": 1}):
        own = [scene for scene in scenes if scene["scenario"] == story["_id"]]
        links = [one for one in choices if by_scene.get(one["from_scene"]) == story["_id"]]
        whole = {scene["title"] for scene in own} == {story["title"]} and len(own) == len(
            links
        ) == SCENES
        if own and not whole:
            found.append(
                f"story {story['_id']}: {story['title']}, {len(own)} scenes, {len(links)} choices"
            )
    orphans = set(by_scene.values()) - {
        story["_id"] for story in database.scenarios.find({}, {"_id": 1})
    }
    return found + [f"scenes of no story {one}" for one in orphans]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda stored: stored.scenes.delete_one({}), 1),
        (lambda stored: stored.choices.delete_one({}), 1),
        (lambda stored: stored.scenes.update_one({}, {"$set": {"title": "other"}}), 1),
        (lambda stored: stored.scenarios.delete_one({}), 1),
        (lambda _stored: None, 0),
    ],
)
def test_the_checker_sees_a_broken_story(mongod: Any, change: Any, expected: int) -> None:
    with MongoClient(mongod.uri) as client:
        stored = client.storycore_checker
        client.drop_database(stored.name)
        stored.scenarios.insert_one({"_id": 1, "title": "T v1"})
        stored.scenes.insert_many(
            [{"_id": number, "scenario": 1, "title": "T v1"} for number in range(SCENES)]
        )
        stored.choices.insert_many(
            [
                {"_id": one, "from_scene": one, "to_scene": (one + 1) % SCENES}
                for one in range(SCENES)
            ]
        )
        change(stored)

        assert bool(broken(stored)) is bool(expected)
        client.drop_database(stored.name)
