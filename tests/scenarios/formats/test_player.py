"""The playable page holds the story, its own code, and no way to the network."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

from scenarios.formats import player, write_story
from scenarios.formats.base import ImportedStory, Link, MediaFile, Passage
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable
from tests.scenarios.formats.telling import corpus

EVIL = "</script><script>alert(1)</script><!-- \"'&@@data@@"
STORY = ImportedStory(
    title="A </title> & more",
    ifid="X-1",
    start="A",
    variables=(Variable("x", "integer", 3),),
    passages=(
        Passage(
            "A",
            EVIL,
            (
                Link(EVIL, "B", "x > 2 and once", (Effect("x", "add", "1"),)),
                Link("broken", "B", "x >"),
            ),
            image="i",
            sound="s",
            title="First",
        ),
        Passage("B", "End.", is_end=True, visible_if="x != 9"),
    ),
    media=(
        MediaFile("i", "i.png", "image/png", b"png"),
        MediaFile("s", "s.mp3", "audio/mpeg", b"mp3"),
        MediaFile("bad", "b.svg", "image/svg+xml", b"<svg onload='x'/>"),
    ),
)


def page(story: ImportedStory = STORY) -> str:
    return write_story(story, "playable").content.decode()


def data(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="story-data">(.*?)</script>', text)
    assert found
    return json.loads(found[1])


def test_the_story_is_in_the_page_and_cannot_leave_its_place() -> None:
    text = page()

    story = data(text)
    assert story["scenes"][0]["text"] == EVIL
    assert story["scenes"][0]["title"] == "First"
    assert [choice["text"] for choice in story["scenes"][0]["choices"]] == [EVIL, "broken"]
    assert story["scenes"][0]["choices"][0]["condition"]["op"] == "and"
    assert story["scenes"][0]["choices"][1]["condition"]["op"] == "error"
    assert story["scenes"][1]["visibleIf"]["op"] == "!="
    assert "<title>A &lt;/title&gt; &amp; more</title>" in text
    assert "alert(1)</script>" not in text
    assert text.count("<script") == 3
    assert "@@" not in text.replace("@@data@@", "")


def test_media_are_embedded_and_only_what_can_do_no_harm() -> None:
    media = data(page())["media"]

    assert media == {
        "i": "data:image/png;base64," + base64.b64encode(b"png").decode(),
        "s": "data:audio/mpeg;base64," + base64.b64encode(b"mp3").decode(),
    }


def test_the_policy_allows_this_code_and_nothing_else() -> None:
    text = page()

    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert found
    policy = dict(part.strip().split(" ", 1) for part in html.unescape(found[1]).split(";"))
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert policy == {
        "default-src": "'none'",
        "script-src": " ".join(hashed(script) for script in scripts),
        "style-src": hashed(style[1]),
        "img-src": "data:",
        "media-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def hashed(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def test_nothing_in_the_page_names_an_address() -> None:
    text = page(corpus("sugarcube_market.twee"))

    assert re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]{2,}", text) == []
    assert (
        re.findall(
            r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import)\b\s*\(", text
        )
        == []
    )
    assert re.findall(r'<(?:link|iframe|object|embed|base|form)\b|\s(?:src|href)="', text) == []


def test_the_page_speaks_the_language_of_the_story() -> None:
    assert page().startswith('<!DOCTYPE html>\n<html lang="en">')
    assert '<html lang="de">' in page(replace(STORY, language="de"))
    assert '<html lang="zh-Hant-TW">' in page(replace(STORY, language="zh-Hant-TW, en"))
    for wrong in ('"x', "English", "x", "de_DE"):
        assert '<html lang="en">' in page(replace(STORY, language=wrong))


def test_editions_are_told_apart() -> None:
    changed = replace(
        STORY, passages=(STORY.passages[0], replace(STORY.passages[1], text="Other."))
    )

    assert data(page())["edition"] == data(page())["edition"] != data(page(changed))["edition"]


def test_media_can_lie_beside_the_page() -> None:
    story = replace(STORY, media=(*STORY.media, MediaFile("t", "t.png", "image/png", b"png")))

    written = write_story(story, "playable-zip")

    assert (written.filename, written.mime_type) == ("a-title-more.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(written.content)) as archive:
        names = archive.namelist()
        text = archive.read("index.html").decode()
        media = data(text)["media"]
        assert sorted(names) == sorted(["index.html", *set(media.values())])
        assert archive.read(media["i"]) == b"png"
    assert media["i"] == media["t"] == f"media/{hashlib.sha256(b'png').hexdigest()}.png"
    assert "img-src &#x27;self&#x27; file:; media-src &#x27;self&#x27; file:" in text
    assert write_story(story, "playable-zip") == written


def test_a_story_as_logic_knows_it() -> None:
    story = player.as_logic_story(STORY)

    assert [(scene.id, scene.is_start, scene.is_end, scene.order) for scene in story.scenes] == [
        ("A", True, False, 0),
        ("B", False, True, 1),
    ]
    assert [(choice.id, choice.to_scene, choice.order) for choice in story.scenes[0].choices] == [
        ("0.0", "B", 0),
        ("0.1", "B", 1),
    ]
