"""The player at /play: who gets it, what it may do, and that a story can be played in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from storycore.access import Actor
from tests.factories import a_choice, a_scenario, a_scene, an_access_token


def page(key: Any, actor: Actor | None = None) -> Any:
    headers = {"Authorization": f"Bearer {an_access_token(actor)}"} if actor else {}
    return Client().get(f"/play/{key}", headers=headers)


def test_a_published_story_is_played_by_everybody(owner: Actor) -> None:
    key = a_scenario(
        owner, title="A <b>bold</b> & strange tale", is_published=True, languages=["fr"]
    )
    one = a_scene(owner, key, title="One", text="</script><script>alert(1)</script>")
    a_choice(owner, one, a_scene(owner, key, title="Two", is_end_scene=True))

    answer = page(key)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="fr">' in text
    assert "<title>A &lt;b&gt;bold&lt;/b&gt; &amp; strange tale</title>" in text
    assert "</script><script>alert" not in text
    found = re.search(r'id="story-data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert [scene["title"] for scene in data["scenes"]] == ["One", "Two"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []


@pytest.mark.parametrize("published", [True, False])
def test_who_sees_the_page(owner: Actor, stranger: Actor, *, published: bool) -> None:
    key = a_scenario(owner, is_published=published)
    a_scene(owner, key)

    others = 200 if published else 404
    assert [page(key, actor).status_code for actor in (None, stranger, owner)] == [
        others,
        others,
        200,
    ]


@pytest.mark.parametrize("key", ["nonsense", "6b0137300000000000000000"])
def test_no_story(content: None, db: None, key: str) -> None:
    answer = page(key)

    assert answer.status_code in {404, 422}
    assert b"No story here" in answer.content


@pytest.mark.parametrize("name", ["evaluator.js", "player.js", "player.css"])
def test_its_parts_are_among_the_static_files(name: str) -> None:
    found = finders.find(f"scenarios/{name}")

    assert found is not None
    assert len(Path(found).read_text(encoding="utf-8")) > 500
