"""What do tests of formats compare, and where do their stories come from?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from scenarios.formats import read_story
from scenarios.formats.base import ImportedStory, Passage

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(path.name for path in CORPUS.iterdir())
TWINE = ("twee", "twine-html", "twine-json")


def corpus(name: str) -> ImportedStory:
    """The story of a file of the corpus."""
    return read_story((CORPUS / name).read_bytes(), filename=name)


def twee(body: str, story_format: str = "SugarCube") -> ImportedStory:
    """The story of these passages, in the markup of a story format."""
    head = f':: StoryTitle\nT\n\n:: StoryData\n{{"ifid":"X","format":"{story_format}"}}\n\n'
    return read_story((head + body).encode(), "twee")


def passage(story: ImportedStory, name: str) -> Passage:
    return next(each for each in story.passages if each.name == name)


def only(text: str, story_format: str = "SugarCube") -> Passage:
    """A passage A with this markup, in a story that also has B and C."""
    return twee(f":: A\n{text}\n\n:: B\nb\n\n:: C\nc\n", story_format).passages[0]


def told(story: ImportedStory) -> list[tuple[Any, ...]]:
    """What a reader and the author's map see of a story: the graph, texts, tags, positions."""
    return [
        (p.name, p.text, p.links, p.on_enter, p.visible_if, p.is_end, p.tags, p.position, p.size)
        for p in story.passages
    ]


def without_sources(story: ImportedStory) -> ImportedStory:
    """The story as if it had been written here: nothing of the author's markup is left."""
    return replace(story, passages=tuple(replace(each, source=None) for each in story.passages))
