"""Twee 3 files: headers, escapes, special passages, and what is wrong with broken ones."""

from __future__ import annotations

import json

import pytest

from scenarios.formats import twee
from scenarios.formats.base import Link, Position
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge
from tests.scenarios.formats.telling import passage


def read(text: str):
    return twee.read(text.encode())


@pytest.mark.parametrize(
    ("header", "name", "tags", "position", "size", "metadata"),
    [
        ("::A", "A", (), None, None, {}),
        (":: An overgrown path", "An overgrown path", (), None, None, {}),
        (":: A [x y-z]", "A", ("x", "y-z"), None, None, {}),
        (
            ':: A {"position":"600,400","size":"100,200"}',
            "A",
            (),
            Position(600, 400),
            Position(100, 200),
            {},
        ),
        (
            ':: A [x] {"position":"6.5,-4","k":[1]}',
            "A",
            ("x",),
            Position(6.5, -4),
            None,
            {"k": [1]},
        ),
        (r":: A\[1\] \{x\} \\ \q [t\[\]]", "A[1] {x} \\ q", ("t[]",), None, None, {}),
        (":: \\ A\\ ", " A ", (), None, None, {}),
        (":: A [x] <10,20>", "A", ("x",), Position(10, 20), None, {}),
        (':: A {"position":"here"}', "A", (), None, None, {"position": "here"}),
        (":: A {broken", "A", (), None, None, {"malformed": "{broken"}),
        (":: A [x] other", "A", ("x",), None, None, {"malformed": "other"}),
        (':: A {"x": NaN}', "A", (), None, None, {"malformed": '{"x": NaN}'}),
    ],
)
def test_headers_are_read_and_written_back(header, name, tags, position, size, metadata) -> None:
    story = read(f"{header}\nText.\n")
    (found,) = story.passages

    assert (found.name, found.tags, found.position, found.size) == (name, tags, position, size)
    assert found.metadata == metadata
    assert twee.read(twee.write(story).content) == story


def test_lines_that_look_like_headers() -> None:
    story = read(":: A\n\\:: no header\n\\\\:: nor this\n::: nor that\n :: nor this either")

    assert (
        passage(story, "A").text == ":: no header\n\\:: nor this\n::: nor that\n :: nor this either"
    )
    assert b"\n\\:: no header\n\\\\:: nor this\n" in twee.write(story).content
    assert twee.read(twee.write(story).content) == story


def test_story_data_is_kept() -> None:
    head = {
        "ifid": "X-1",
        "format": "Harlowe",
        "format-version": "3.3.9",
        "start": "B",
        "zoom": 0.5,
        "extra": [1],
    }

    story = read(
        f":: StoryTitle\nMy Tale\n\n:: StoryData\n{json.dumps(head)}\n\n:: A\na\n\n:: B\nb\n"
    )

    assert (story.title, story.ifid, story.start) == ("My Tale", "X-1", "B")
    assert (story.story_format, story.story_format_version) == ("Harlowe", "3.3.9")
    assert story.metadata == {"zoom": 0.5, "extra": [1]}
    written = twee.write(story)
    assert (written.filename, written.mime_type) == ("my-tale.twee", "text/plain")
    assert b'"zoom": 0.5,\n  "extra": [' in written.content


def test_what_is_missing_is_made_up_the_same_way_every_time() -> None:
    data = b":: One\n[[Two]]\n\n:: Two\n"

    first, again = twee.read(data, "C:\\tales\\My story.twee"), twee.read(data, "My story.twee")

    assert first == again
    assert (first.title, first.start, first.story_format) == ("My story", "One", "")
    assert (first.ifid[14], len(first.ifid)) == ("4", 36)
    assert twee.read(twee.write(first).content) == first


def test_the_start_is_named_or_called_start_or_first() -> None:
    assert read(":: A\n\n:: Start\n").start == "Start"
    assert read(":: B\n\n:: A\n").start == "B"
    lost = read(':: StoryData\n{"start":"Gone"}\n\n:: A\n')
    assert lost.start == "A"
    assert [(kept.passage, kept.text) for kept in lost.kept] == [("", "Gone")]


def test_what_stands_before_the_first_passage_stays_there() -> None:
    story = read("# a comment\n\n:: A\ntext")

    assert twee.write(story).content.startswith(b"# a comment\n\n\n:: StoryTitle")
    assert twee.read(twee.write(story).content) == story


def test_line_ends_and_marks_of_other_systems() -> None:
    text = ":: A\r\nLine é\r\n[[A]]\r\n"

    for data in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        assert passage(twee.read(data), "A").text == "Line é"
        assert passage(twee.read(data), "A").links == (Link("A", "A"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no passage", "no passage"),
        (":: A [x\n", "Line 1: the tags have no closing bracket."),
        ("::\nnameless", "no name"),
        (":: A\n\n:: B\n\n:: A\n", "Two passages are called 'A'."),
        (":: StoryData\n{\n", "StoryData is no valid JSON"),
        (":: StoryData\n[1]\n:: A\n", "no JSON object"),
        (':: StoryData\n{"ifid": 5}\n:: A\n', "ifid is no text"),
        (":: StoryData\n{}\n", "no passage"),
        (":: A [script]\ncode\n", "no passage that could be a scene"),
        (":: A\nx\x01y\n", "Line 2 holds the character U+0001"),
        ("", "empty"),
    ],
)
def test_broken_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(BrokenStoryFile) as refused:
        read(text)

    assert message in refused.value.message
    assert refused.value.field == "file"


def test_twenty_thousand_passages_and_no_more() -> None:
    many = "".join(f":: P{n}\n" for n in range(20_000))

    assert len(read(":: StoryTitle\nT\n:: StoryData\n{}\n" + many).passages) == 20_000
    for more in (1, 3, 1000):
        with pytest.raises(StoryTooLarge):
            read(many + "".join(f":: Q{n}\n" for n in range(more)))
