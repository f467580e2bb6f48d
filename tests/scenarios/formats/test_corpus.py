"""Stories in every dialect come in, go out and come in again as the same stories."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from scenarios.formats import read_stories, read_story, write_story
from scenarios.formats.dialects import DIALECTS
from scenarios.formats.markup import Node
from scenarios.formats.meaning import Context
from tests.scenarios.formats.telling import (
    CORPUS,
    FILES,
    TWINE,
    corpus,
    told,
    without_sources,
)

# format, passages, links, variables, pieces kept, start
FIGURES = {
    "archive_two.html": ("twine-html", 2, 1, 0, 1, "First"),
    "chapbook_garden.twee": ("twee", 3, 6, 3, 2, "Gate"),
    "chapbook_sections.twee": ("twee", 3, 6, 0, 7, "A"),
    "chapbook_unknown.twee": ("twee", 3, 6, 1, 14, "A"),
    "harlowe_cellar.twee": ("twee", 5, 11, 3, 3, "Hall"),
    "harlowe_code.twee": ("twee", 3, 3, 0, 15, "A"),
    "harlowe_links.twee": ("twee", 3, 14, 2, 4, "One"),
    "harlowe_unknown.twee": ("twee", 3, 3, 0, 12, "Room"),
    "ink_margins.ink": ("ink", 15, 16, 0, 4, "k"),
    "ink_weave.ink": ("ink", 10, 11, 0, 10, "Start"),
    "ink_well.ink": ("ink", 10, 13, 5, 7, "village"),
    "plain.twee": ("twee", 4, 2, 0, 1, "Start"),
    "published_odd.html": ("twine-html", 2, 2, 0, 2, 'A "q"'),
    "published_sugarcube.html": ("twine-html", 3, 3, 1, 2, "Hall"),
    "snowman_anchors.twee": ("twee", 3, 3, 0, 3, "A"),
    "snowman_tower.twee": ("twee", 5, 8, 3, 5, "Foot"),
    "sugarcube_market.twee": ("twee", 5, 11, 6, 1, "Square"),
    "sugarcube_older.twee": ("twee", 3, 10, 1, 9, "A"),
    "sugarcube_unknown.twee": ("twee", 4, 7, 1, 23, "Begin"),
    "twine_older.json": ("twine-json", 2, 1, 1, 0, "First"),
    "twine_spec.json": ("twine-json", 2, 2, 1, 2, "My Starting Passage"),
    "yarn_inline.yarn": ("yarn", 7, 7, 2, 6, "Start"),
    "yarn_modern.yarn": ("yarn", 10, 7, 2, 6, "Start"),
    "yarn_old.yarn": ("yarn", 3, 3, 1, 2, "Start"),
    "yarn_shop.yarn": ("yarn", 11, 16, 3, 4, "Start"),
    "yarn_tags.yarn": ("yarn", 3, 5, 2, 11, "Start"),
}
TWINE_FILES = [name for name, figures in FIGURES.items() if figures[0] in TWINE]
FLOW_FILES = [name for name in FILES if name not in TWINE_FILES]


def test_every_file_has_its_figures() -> None:
    assert sorted(FIGURES) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_report_counts_what_is_there(name: str) -> None:
    story = corpus(name)

    report = story.report()

    counts = (len(report["kept"]), story.start)
    assert (
        report["format"],
        report["passages"],
        report["links"],
        report["variables"],
        *counts,
    ) == (FIGURES[name])
    assert report["kept"] == [{"passage": k.passage, "text": k.text} for k in story.kept]


@pytest.mark.parametrize("name", TWINE_FILES)
def test_the_same_format_gives_the_same_story(name: str) -> None:
    (first, *_) = read_stories((CORPUS / name).read_bytes(), filename=name)

    again = read_story(write_story(first, first.format).content)

    assert again == first
    assert write_story(again, first.format) == write_story(first, first.format)


@pytest.mark.parametrize("format_name", TWINE)
@pytest.mark.parametrize("name", FILES)
def test_every_twine_format_tells_the_same(name: str, format_name: str) -> None:
    story = corpus(name)

    again = read_story(write_story(story, format_name).content)

    assert told(again) == told(story)
    head = (again.title, again.start, again.ifid, again.variables)
    assert head == (story.title, story.start, story.ifid, story.variables)


@pytest.mark.parametrize("format_name", TWINE)
@pytest.mark.parametrize("name", FILES)
def test_a_story_whose_markup_is_lost_is_written_anew(name: str, format_name: str) -> None:
    story = without_sources(corpus(name))

    again = read_story(write_story(story, format_name).content)

    assert told(again) == told(story)
    assert again.variables == story.variables


@pytest.mark.parametrize("name", TWINE_FILES)
def test_what_is_kept_comes_back_byte_for_byte(name: str) -> None:
    (story, *_) = read_stories((CORPUS / name).read_bytes(), filename=name)
    original = {each.name: each.source.text for each in story.passages if each.source}

    for changed in (story, without_sources(story)):
        written = read_story(write_story(changed, story.format).content)
        texts = {each.name: each.source.text for each in written.passages if each.source}
        texts |= {each.name: each.text for each in written.extras}
        for kept in story.kept:
            assert kept.text.strip() in texts[kept.passage]
    assert {each.name: each.source.text for each in _again(story) if each.source} == original


def _again(story):
    return read_story(write_story(story, story.format).content).passages


@pytest.mark.parametrize("name", TWINE_FILES)
def test_kept_pieces_are_in_the_text_of_their_scene(name: str) -> None:
    story = corpus(name)
    texts = {each.name: each.text for each in story.passages}

    for kept in story.kept:
        if kept.passage in texts:
            assert kept.text.strip() in texts[kept.passage]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", FILES)
def test_pieces_joined_are_the_passage(name: str, dialect: str) -> None:
    story = corpus(name)
    context = Context(dialect, frozenset(each.name for each in story.passages))

    for each in story.passages:
        text = each.source.text if each.source else each.text
        assert _joined(DIALECTS[dialect].nodes(text, context)) == text


def _joined(nodes: tuple[Node, ...]) -> str:
    return "".join(node.raw for node in nodes)


@pytest.mark.parametrize("name", FILES)
def test_a_bundle_holds_the_story_whole(name: str) -> None:
    story = corpus(name)

    again = read_story(write_story(story, "bundle").content)

    assert again == story
    assert again.format == "bundle"


@pytest.mark.parametrize("name", FILES)
def test_every_story_becomes_a_playable_page(name: str) -> None:
    story = corpus(name)

    page = write_story(story, "playable").content.decode()

    found = re.search(r'<script type="application/json" id="story-data">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    assert data["start"] == story.start
    assert [scene["id"] for scene in data["scenes"]] == [each.name for each in story.passages]
    assert f"<title>{html.escape(story.title)}</title>" in page


@pytest.mark.parametrize("name", TWINE_FILES)
def test_a_changed_passage_keeps_what_was_not_understood(name: str) -> None:
    story = corpus(name)
    changed = replace(
        story,
        passages=tuple(
            replace(each, text=f"{each.text}\n\nA new line." if each.text else "A new line.")
            for each in story.passages
        ),
    )

    again = read_story(write_story(changed, "twee").content)

    assert told(again) == told(changed)


@pytest.mark.parametrize("name", FLOW_FILES)
def test_ink_and_yarn_lead_on_to_twine_formats(name: str) -> None:
    story = corpus(name)

    written = write_story(story, "twee").content.decode()

    assert '"format": "SugarCube"' in written
    again = read_story(written.encode())
    assert [each.name for each in again.extras] == [each.name for each in story.extras]
