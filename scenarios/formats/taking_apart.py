"""Which passages does a file of Twine's need to tell this story?"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import replace

from scenarios.formats.assembling import (
    SCRIPT,
    TAGS,
    RawPassage,
    RawStory,
    setup_effects,
)
from scenarios.formats.base import Extra, ImportedStory, Passage
from scenarios.formats.declarations import inferred, with_declarations
from scenarios.formats.dialects import DEFAULT_FORMAT, dialect_of
from scenarios.formats.meaning import Context
from scenarios.formats.scenes import scene_markup


def taken_apart(story: ImportedStory) -> RawStory:
    """The story as passages, markup and all; `assembled` puts them together to the same story.

    A story that no Twine format was named for is written for SugarCube.
    """
    dialect = _dialect(story)
    native = not story.story_format and not any(each.source for each in story.passages)
    story_format, version = (
        DEFAULT_FORMAT if native else (story.story_format, story.story_format_version)
    )
    kinds = {variable.name: variable.type for variable in story.variables}
    context = Context(dialect, frozenset(each.name for each in story.passages), kinds)
    passages = [_raw_passage(each, scene_markup(each, context)) for each in story.passages]
    for extra in sorted(_extras(story, context), key=lambda each: each.index):
        passages.insert(extra.index, _raw_extra(extra))
    carried = {"description": story.description, "language": story.language}
    return RawStory(
        format=story.format,
        title=story.title,
        passages=tuple(passages),
        start=story.start,
        ifid=story.ifid or _ifid(story),
        story_format=story_format,
        story_format_version=version,
        metadata={**story.metadata, **{key: text for key, text in carried.items() if text}},
    )


def _dialect(story: ImportedStory) -> str:
    written = next((each.source.dialect for each in story.passages if each.source), "")
    return dialect_of(story.story_format or written, ())


def _raw_passage(passage: Passage, text: str) -> RawPassage:
    metadata = dict(passage.metadata)
    if any(len(tag.split()) != 1 for tag in passage.tags):
        metadata[TAGS] = json.dumps(passage.tags, ensure_ascii=False)
    return RawPassage(passage.name, text, passage.tags, passage.position, passage.size, metadata)


def _raw_extra(extra: Extra) -> RawPassage:
    return RawPassage(
        extra.name, extra.text, extra.tags, extra.position, extra.size, extra.metadata
    )


def _extras(story: ImportedStory, context: Context) -> list[Extra]:
    """The story's extras, one of them with the variables that a reader could not tell otherwise."""
    extras = list(story.extras)
    known = inferred(setup_effects(story, context), story.passages)
    if not story.variables or story.variables == known:
        return extras
    tag = "startup" if context.dialect == "harlowe" else "script"
    for place, extra in enumerate(extras):
        if tag in extra.tags:
            text = with_declarations(extra.text, story.variables, context.dialect)
            extras[place] = replace(extra, text=text)
            return extras
    name = "StoryCore variables" if tag == "startup" else SCRIPT
    text = with_declarations("", story.variables, context.dialect)
    last = len(story.passages) + len(extras)
    return [*extras, Extra(name, text, (tag,), last)]


def _ifid(story: ImportedStory) -> str:
    names = json.dumps([story.title, *(each.name for each in story.passages)])
    digest = hashlib.sha256(names.encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4)).upper()
