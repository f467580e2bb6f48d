"""Twine 2 JSON in the forms of several exporters."""

from __future__ import annotations

import json

import pytest

from scenarios.formats import read_story, write_story
from scenarios.formats.base import Link, Position
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge
from tests.scenarios.formats.telling import corpus, passage


def read(**head):
    return read_story(
        json.dumps({"name": "T", "passages": [{"name": "A", "text": "a"}], **head}).encode()
    )


def test_the_specified_form() -> None:
    story = corpus("twine_spec.json")

    first = passage(story, "My Starting Passage")
    assert (first.position, first.size, first.metadata) == (
        Position(600, 400),
        Position(100, 200),
        {"color": "blue"},
    )
    assert story.metadata == {
        "tag-colors": {"bar": "Green", "foo": "red"},
        "zoom": 0.25,
        "creator": "Twine",
        "creator-version": "2.8",
    }
    written = json.loads(write_story(story, "twine-json").content)
    assert written["passages"][0] == {
        "name": "My Starting Passage",
        "tags": ["tag1", "tag2"],
        "metadata": {"position": "600,400", "size": "100,200", "color": "blue"},
        "text": "<% s.seen = 1 %>\nDouble-click this passage to edit it.\n\n[[Next]]",
    }
    assert (written["script"], written["style"]) == ("window.setup = {};", "p { margin: 0 }")
    assert (written["start"], written["format"]) == ("My Starting Passage", "Snowman")


def test_the_form_of_older_exporters() -> None:
    story = corpus("twine_older.json")

    assert story.start == "First"
    assert passage(story, "Second").position == Position(300, 120.5)
    first = passage(story, "First")
    assert (first.tags, first.size, first.metadata) == (
        ("one", "two"),
        Position(100, 200),
        {"colour": "teal"},
    )
    assert first.links == (Link("Second", "Second"),)


def test_a_start_node_that_is_not_there() -> None:
    assert read(startnode=9).start == "A"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "no list of passages"),
        ('{"passages": {}}', "no list of passages"),
        ('{"passages": [', "no valid JSON"),
        ('{"passages": [5]}', "passage 1 is no object"),
        ('{"passages": [{"name": 5}]}', "In passage 1, `name` is no text."),
        ('{"passages": [{"name": "A", "text": []}]}', "`text` is no text"),
        ('{"passages": [{"name": "A", "tags": [5]}]}', "a tag is no text"),
        ('{"passages": [{"name": "A", "tags": 5}]}', "a tag is no text"),
        ('{"passages": [{"name": "A", "metadata": []}]}', "`metadata` is no object"),
        ('{"passages": [{"text": "A"}]}', "no name"),
        ('{"passages": [{"name": "A\\u0000"}]}', "U+0000"),
        ('{"passages": [{"name": "A", "text": "\\ud800"}]}', "U+D800"),
        ('{"passages": [], "name": 5}', "In the story, `name` is no text."),
        ('{"passages": []}', "no passage"),
        ('{"passages": [NaN]}', "a number that is none"),
        ('{"passages": ' + "[" * 100_000, "nested too deep"),
        ('{"passages": [' + "9" * 5000 + "]}", "a number that is none"),
        ('{"startnode": 1, "passages": [5]}', "no object"),
        ('{"passages": [{"name": "A", "tags": ["\\ud800"]}]}', "U+D800"),
        ('{"passages": [{"name": "A", "metadata": {"k": "\\ud800"}}]}', "U+D800"),
        ('{"passages": [{"name": "A"}], "name": "\\ud800"}', "U+D800"),
        ('{"passages": [{"name": "A"}], "zoom": {"\\ud800": 1}}', "U+D800"),
        ('{"passages": [{"name": "A"}], "zoom": 1e999}', "a number that is none"),
        ('{"passages": [{"name": "A"}], "x": ' + "[" * 101 + "]" * 101 + "}", "nested too deep"),
    ],
)
def test_broken_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(BrokenStoryFile) as refused:
        read_story(text.encode(), "twine-json")

    assert message in refused.value.message


def test_too_many_passages_are_refused() -> None:
    with pytest.raises(StoryTooLarge):
        read(passages=[{"name": str(n)} for n in range(20_001)])
