"""Apollo Client 4 with its upload link, and urql: queries, errors, uploads and persisted queries as they send them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storycore.access import Actor
from storycore.accounts.models import User
from storycore.accounts.services import create_user
from tests.assets import crafting as make
from tests.factories import PASSWORD, an_access_token

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules" / "@apollo" / "client").is_dir(),
    reason="needs node and `npm ci` in tests/clients",
)


@pytest.fixture
def person(content: None, transactional_db: None) -> Iterator[Actor]:
    """A user whom the server's own threads can see too."""
    user = create_user("ada@example.com", PASSWORD, name="Ada")
    yield Actor(user_id=str(user.pk), name="Ada")
    User.objects.all().delete()


def ran(script: str, url: str, person: Actor, tmp_path: Path) -> dict[str, Any]:
    picture = tmp_path / "door.png"
    picture.write_bytes(make.png((30, 20)))
    run = subprocess.run(
        [str(NODE), script, url, an_access_token(person), str(picture)],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_apollo_client(asgi_url: str, person: Actor, tmp_path: Path, path: str) -> None:
    results = ran("apollo_client.mjs", asgi_url + path, person, tmp_path)

    assert results["me"] == {"__typename": "User", "name": "Ada"}
    asset = results["uploaded"]["asset"]
    assert (results["uploaded"]["success"], results["uploaded"]["userErrors"]) == (True, [])
    assert (asset["name"], asset["mimeType"], asset["width"]) == ("Door", "image/png", 30)
    assert [one["code"] for one in results["refused"]] == ["UNSUPPORTED_MEDIA"]
    assert [one["name"] for one in results["many"]["assets"]] == ["one.png", "two.png"]
    assert [(one["field"], one["code"]) for one in results["many"]["userErrors"]] == [
        ("files.2", "UNSUPPORTED_MEDIA")
    ]
    assert results["errors"] == {
        "validation": "GRAPHQL_VALIDATION_FAILED",
        "input": "BAD_USER_INPUT",
    }
    # The hash alone, a miss, the hash with the text; from then on the hash alone.
    assert results["persisted"] == {"name": "Ada", "textSent": [False, True, False]}


def test_urql(asgi_url: str, person: Actor, tmp_path: Path) -> None:
    results = ran("urql_client.mjs", asgi_url + "/graphql", person, tmp_path)

    assert results["me"]["name"] == "Ada"
    assert results["uploaded"]["success"] is True
    assert (results["uploaded"]["asset"]["name"], results["uploaded"]["asset"]["height"]) == (
        "door.png",
        20,
    )
    assert results["error"] == "GRAPHQL_VALIDATION_FAILED"
    assert results["persisted"] == {"name": "Ada", "textSent": [False, True, False]}
