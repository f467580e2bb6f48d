"""The official graphql-ws and graphql-sse clients, Apollo Client 4 and urql, live with a web process."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from tests.factories import a_scenario, a_scene, an_access_token, an_actor
from tests.live_web import Web

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules" / "graphql-ws").is_dir(),
    reason="needs node and `npm ci` in tests/clients",
)


@dataclass(frozen=True)
class Story:
    """Whose story it is, and where an edit of it can be made."""

    token: str
    short_token: str
    scenario: ObjectId
    scene: ObjectId


@pytest.fixture
def story(web: Web, settings: Any) -> Story:
    ada = an_actor("ada@example.com")
    scenario = a_scenario(ada)
    scene = a_scene(ada, scenario)
    token = an_access_token(ada)
    settings.ACCESS_TOKEN_LIFETIME = timedelta(seconds=3)
    return Story(token, an_access_token(ada), scenario, scene)


def ran(script: str, *arguments: Any) -> dict[str, Any]:
    run = subprocess.run(
        [str(NODE), script, *map(str, arguments)],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def test_graphql_ws(web: Web, story: Story) -> None:
    # The token that runs out comes last, so that it is still good when its turn comes.
    results = ran(
        "graphql_ws_client.mjs",
        web.socket_url,
        story.token,
        story.short_token,
        story.scenario,
        story.scene,
    )

    assert results["me"] == {"name": "Ada"}
    assert results["partial"] == "BAD_USER_INPUT"
    assert (results["refused"], results["unparsed"]) == (
        "GRAPHQL_VALIDATION_FAILED",
        "GRAPHQL_PARSE_FAILED",
    )
    assert results["renamed"] is True
    assert results["told"]["by"] == {"name": "Ada"}
    assert [(one["kind"], one["thing"]) for one in results["told"]["edits"]] == [
        ("UPDATED", "SCENE")
    ]
    assert results["ping"] == "pong"
    assert (results["closes"][0], results["connections"]) == (4403, 2)
    assert "renewError" not in results
    assert results["misuse"] == {
        "noJson": 4400,
        "unauthorized": 4401,
        "twice": 4429,
        "forbidden": 4403,
        "silent": 4408,
    }


def test_graphql_sse(web: Web, story: Story) -> None:
    results = ran(
        "graphql_sse_client.mjs",
        f"{web.url}/graphql/stream",
        story.token,
        story.scenario,
        story.scene,
    )

    assert results["me"] == {"name": "Ada"}
    assert (results["refused"], results["unparsed"], results["hidden"]) == (
        "GRAPHQL_VALIDATION_FAILED",
        "GRAPHQL_PARSE_FAILED",
        "NOT_FOUND",
    )
    assert results["badToken"] == 401
    assert results["renamed"] is True
    assert results["told"]["by"] == {"name": "Ada"}
    assert [(one["kind"], one["thing"]) for one in results["told"]["edits"]] == [
        ("UPDATED", "SCENE")
    ]


def test_apollo_client_and_urql(web: Web, story: Story) -> None:
    results = ran(
        "live_apps.mjs",
        f"{web.url}/graphql",
        web.socket_url,
        story.token,
        story.scenario,
        story.scene,
    )

    for name, title in (
        ("apollo", "Apollo"),
        ("urqlSocket", "urqlSocket"),
        ("urqlStream", "urqlStream"),
    ):
        told = results[name]
        assert told.get("__typename") == "ScenarioChange", (name, told)
        assert told["edits"][0]["scene"]["title"].startswith(title)
    assert results["cached"] is True
    assert results["apolloHidden"] == "NOT_FOUND"
