from __future__ import annotations

from typing import Any

import pytest

from scenarios.checking.media import media_findings, word_count
from tests.scenarios.stories import a_scene, a_story, to


def _found(scene: Any, limit: int = 5) -> list[tuple[str, str | None, str | None]]:
    return [
        (finding.code, finding.scene_id, finding.choice_id)
        for finding in media_findings(a_story(scene), limit)
    ]


def test_a_complete_scene() -> None:
    assert _found(a_scene("a", to("a"), image=True, sound=True)) == []
    assert _found(a_scene("a", text="one two three four five")) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"image": None}, "MISSING_IMAGE"),
        ({"image": False}, "MISSING_IMAGE"),
        ({"sound": None}, "MISSING_SOUND"),
        ({"sound": None, "music": "m"}, "MISSING_SOUND"),
        ({"text": ""}, "EMPTY_TEXT"),
        ({"text": " \n\u00a0"}, "EMPTY_TEXT"),
        ({"text": "one two three four five six"}, "LONG_SCENE"),
    ],
)
def test_what_a_scene_lacks(fields: dict[str, Any], code: str) -> None:
    assert _found(a_scene("a", **fields)) == [(code, "a", None)]


def test_a_choice_without_words() -> None:
    scene = a_scene("a", to("a"), to("a", text=" "))

    assert _found(scene) == [("EMPTY_TEXT", "a", "a-1")]


def test_words_stand_between_spaces() -> None:
    assert [word_count(text) for text in ("", " ", "one", " one\ntwo\tthree  ")] == [0, 0, 1, 3]
