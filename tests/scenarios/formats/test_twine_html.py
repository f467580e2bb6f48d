"""Twine 2 HTML: published files, archives, attributes, and hostile pages."""

from __future__ import annotations

import html
import time

import pytest

from scenarios.formats import read_stories, read_story, twine_html, write_story
from scenarios.formats.base import Extra, ImportedStory, Passage, Position
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge, UnsafeStoryFile
from tests.scenarios.formats.telling import CORPUS, corpus, passage, told

OPEN = '<tw-storydata name="T" startnode="1" ifid="X" format="Harlowe" format-version="3">'


def page(*inner: str) -> bytes:
    return (OPEN + "".join(inner) + "</tw-storydata>").encode()


def element(name: str, text: str, more: str = "") -> str:
    return (
        f'<tw-passagedata pid="1" name="{name}" tags=""{more}>{html.escape(text)}</tw-passagedata>'
    )


def test_a_published_file_is_read_through_its_engine() -> None:
    story = corpus("published_sugarcube.html")

    assert story.title == 'Published "Tale" & Co'
    assert story.start == "Hall"
    assert passage(story, "Kitchen").position == Position(100.5, 200)
    assert passage(story, "Table").tags == ("cold", "hot")
    assert passage(story, "Table").metadata == {"data-note": "x"}
    assert story.metadata["tag-colors"] == {"hot": "red", "cold": "blue"}
    assert (story.metadata["zoom"], story.metadata["creator"]) == (0.6, "Twine")
    assert [extra.name for extra in story.extras] == ["Story JavaScript", "Story Stylesheet"]
    assert story.extras[0].text == 'if (a < b && c) { setup.x = "<tw-tag>"; }'


def test_elements_may_be_written_in_capitals() -> None:
    data = page(element("A", "[[B]]"), "<TW-TAG name='t' color='red'></TW-TAG >", element("B", "b"))

    story = read_story(data.replace(b"tw-passagedata", b"TW-PassageData"))

    assert [each.name for each in story.passages] == ["A", "B"]
    assert story.metadata["tag-colors"] == {"t": "red"}


def test_an_archive_holds_several_stories() -> None:
    data = (CORPUS / "archive_two.html").read_bytes()

    stories = read_stories(data)

    assert twine_html.read(data) == stories[0]
    assert [story.title for story in stories] == ["Archive 1", "Archive 2"]
    assert read_stories(twine_html.archive(stories).encode()) == stories
    assert read_story(data).kept[0].text == "Not read from this archive: Archive 2"


def test_the_written_file_is_one_that_twine_imports() -> None:
    written = write_story(corpus("published_sugarcube.html"), "twine-html")

    text = written.content.decode()
    assert written.mime_type == "text/html"
    assert text.startswith(
        '<tw-storydata name="Published &quot;Tale&quot; &amp; Co" startnode="2" ifid="4E5E'
    )
    assert (
        ' hidden><style role="stylesheet" id="twine-user-stylesheet" type="text/twine-css">' in text
    )
    assert '<tw-tag name="hot" color="red"></tw-tag>' in text
    assert (
        '<tw-passagedata pid="3" name="Table" tags="cold hot" position="500,200" size="100,100"'
        in text
    )
    assert text.endswith("</tw-storydata>\n\n")


def test_metadata_can_neither_break_out_nor_replace_what_is_known() -> None:
    metadata = {
        'x"><script>': "1",
        "pid": "9",
        "name": "Z",
        "n": 5,
        "ok": "a & b",
        "empty": "",
        "none": None,
    }
    story = ImportedStory(
        "T", (Passage("A", "a", metadata=metadata),), "A", ifid="X", story_format="Harlowe"
    )

    text = write_story(story, "twine-html").content.decode()

    assert "<script>1" not in text
    assert text.count('pid="') == 1
    assert passage(read_story(text.encode()), "A").metadata == metadata


def test_code_cannot_end_its_element() -> None:
    code = 'document.write("<script>x</script>")'
    story = ImportedStory(
        "T",
        (Passage("A", "a", is_end=True),),
        "A",
        ifid="X",
        story_format="Harlowe",
        extras=(Extra("s", code, ("script",)),),
    )

    again = read_story(write_story(story, "twine-html").content)

    assert told(again) == told(story)
    assert again.extras[0].text == 'document.write("<script>x<\\/script>")'


def test_attributes_in_all_their_forms() -> None:
    data = (
        "<!DOCTYPE html><TW-STORYDATA name=Bare startnode='2' zoom=big format=\"Snowman\" hidden tags>"
        "<!-- <tw-passagedata name='no'> --><tw-passagedata pid=1 name='It&#39;s' tags='a  b' position='1,x'>"
        "&lt;% s.x = 1 %&gt;&#13;&#10;Hi</tw-passagedata>"
        '<tw-passagedata pid=2 name="B>C"/></tw-passagedata></tw-storydata >'
    )

    story = read_story(data.encode())

    assert (story.title, story.start, story.story_format) == ("Bare", "B>C", "Snowman")
    assert story.metadata == {"zoom": "big"}
    first = story.passages[0]
    assert (first.name, first.text, first.tags) == ("It's", "Hi", ("a", "b"))
    assert first.metadata == {"position": "1,x"}


@pytest.mark.parametrize(
    ("carried", "metadata"), [("{", {"data-storycore": "{"}), ("[1]", {}), ("5", {})]
)
def test_metadata_that_is_no_json_object_is_ignored(carried: str, metadata: dict) -> None:
    story = read_story(page(element("A", "a", f' data-storycore="{carried}"')))

    assert passage(story, "A").metadata == metadata


def test_zoom_that_is_no_number() -> None:
    for zoom in ("NaN", "inf", "x"):
        data = (
            OPEN.replace("startnode", f'zoom="{zoom}" startnode')
            + element("A", "a")
            + "</tw-storydata>"
        )
        assert read_story(data.encode()).metadata["zoom"] == zoom


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html></html>", "no Twine 2 story"),
        (OPEN.encode() + element("A", "a").encode(), "</tw-storydata> is missing"),
        (OPEN.encode() + b'<tw-passagedata name="A">text', "</tw-passagedata> is missing"),
        (page('<tw-passagedata name="A">text', element("B", "b")), "a passage does not end"),
        (OPEN.encode() + b'<tw-passagedata name="A', "malformed attribute"),
        (OPEN.encode() + b"<script>x", "</script> is missing"),
        (OPEN.encode() + b"<!-- x", "--> is missing"),
        (page(), "no passage that could be a scene"),
        (page(element("", "a")), "no name"),
        (page(element("A", "a"), element("A", "b")), "Two passages"),
        (b'<tw-storydata name="T', "malformed attribute"),
    ],
)
def test_cut_and_broken_pages_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(BrokenStoryFile) as refused:
        read_story(data, "twine-html")

    assert message in refused.value.message


def test_entities_may_not_be_declared() -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        + page(element("A", "&b;")).decode()
    )

    with pytest.raises(UnsafeStoryFile):
        read_story(bomb.encode())
    with pytest.raises(UnsafeStoryFile):
        read_story(b"<!entity a>", "twine-html")


def test_too_many_passages_are_refused() -> None:
    inner = "".join(f'<tw-passagedata name="{n}"></tw-passagedata>' for n in range(20_001))

    with pytest.raises(StoryTooLarge):
        read_story(page(inner))


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<tw-storydata ",
        "<tw-storydata>",
        '<tw-storydata a="',
        "<tw-storydata><!--",
        "<tw-storydata><style>",
        "&",
        "<",
    ],
)
def test_a_hostile_page_takes_no_time(piece: str) -> None:
    data = (piece * (1_000_000 // len(piece))).encode()
    before = time.process_time()

    with pytest.raises(BrokenStoryFile):
        read_story(data, "twine-html")

    assert time.process_time() - before < 2
