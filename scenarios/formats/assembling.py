"""How do the passages of a Twine file become a story, whatever file they stand in, and back?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenarios.formats.base import Extra, ImportedStory, Kept, Passage, Position, Source
from scenarios.formats.declarations import divided, inferred
from scenarios.formats.decoding import check_characters, check_count, json_value
from scenarios.formats.dialects import dialect_of
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.expression_writing import as_test
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import CONTRACT
from scenarios.formats.including import check_includes
from scenarios.formats.markup import Reading
from scenarios.formats.meaning import Context, tree
from scenarios.formats.scenes import read_scene
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable

SCRIPT = "Story JavaScript"
STYLE = "Story Stylesheet"
_CODE_TAGS = frozenset({"script", "stylesheet", "widget", "init", "Twine.private", "Twine.image"})
_HARLOWE_TAGS = frozenset({"startup", "header", "footer"}) | {
    f"debug-{part}" for part in ("startup", "header", "footer")
}
_SPECIAL = frozenset(
    {"StoryInit", "StoryCaption", "StoryMenu", "StoryBanner", "StorySubtitle", "StoryAuthor"}
    | {"StoryDisplayTitle", "StoryInterface", "StoryShare", "StorySettings", "StoryIncludes"}
    | {"PassageReady", "PassageDone", "PassageHeader", "PassageFooter"}
)
# What a file says of the story under these names has its own place here.
_RESERVED = frozenset(
    {"name", "ifid", "format", "format-version", "start", "startnode", "hidden"}
    | {"passages", "script", "style"}
)
_SETUP_TAGS = frozenset({"startup", "init"})
TAGS = "storycore-tags"


@dataclass(frozen=True, slots=True)
class RawPassage:
    """A passage as its file has it."""

    name: str
    text: str
    tags: tuple[str, ...] = ()
    position: Position | None = None
    size: Position | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawStory:
    """A file's passages in order and what it says of the story."""

    format: str
    title: str
    passages: tuple[RawPassage, ...]
    start: str | None = None
    ifid: str = ""
    story_format: str = ""
    story_format_version: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


def assembled(raw: RawStory) -> ImportedStory:
    """The story that these passages tell. Raises StoryTooLarge, BrokenStoryFile."""
    check_count(len(raw.passages))
    _check_texts(raw)
    _check_names(raw.passages)
    dialect = dialect_of(raw.story_format, (each.text for each in raw.passages))
    extras, declared = _extras(raw, dialect)
    scenes = [each for each in raw.passages if not is_extra(each, dialect)]
    if not scenes:
        raise BrokenStoryFile("The file holds no passage that could be a scene.", field="file")
    context = Context(dialect, frozenset(scene.name for scene in scenes))
    setup = _setup(extras, context)
    passages, readings = _passages(scenes, setup, context, declared)
    check_includes({name: reading.includes for name, reading in readings.items()})
    start = raw.start if raw.start in context.names else _first_scene(scenes)
    lost = Kept("", raw.start) if raw.start and raw.start not in context.names else None
    metadata = {key: value for key, value in raw.metadata.items() if key not in _RESERVED}
    return ImportedStory(
        title=raw.title,
        passages=passages,
        start=start,
        format=raw.format,
        ifid=raw.ifid,
        story_format=raw.story_format,
        story_format_version=raw.story_format_version,
        description=_popped_text(metadata, "description"),
        language=_popped_text(metadata, "language"),
        variables=_merged(declared, inferred(setup, passages)),
        extras=extras,
        kept=(*((lost,) if lost else ()), *_kept(readings, extras, context)),
        metadata=metadata,
    )


def _check_texts(raw: RawStory) -> None:
    """Escapes can smuggle in what no file may hold as it is."""
    for text in (raw.title, raw.ifid, raw.story_format, raw.story_format_version):
        check_characters(text)
    check_characters(json.dumps(raw.metadata, ensure_ascii=False))
    for passage in raw.passages:
        for text in (passage.name, passage.text, *passage.tags):
            check_characters(text)
        if passage.metadata:
            check_characters(json.dumps(passage.metadata, ensure_ascii=False))


def _check_names(passages: tuple[RawPassage, ...]) -> None:
    seen: set[str] = set()
    for passage in passages:
        if not passage.name.strip() or "\n" in passage.name:
            raise BrokenStoryFile(
                f"A passage has no name that fits on one line: {passage.name!r:.80}.", field="file"
            )
        if passage.name in seen:
            raise BrokenStoryFile(
                f"Two passages are called {passage.name!r:.80}. Rename one: a link could mean either.",
                field="file",
            )
        seen.add(passage.name)


def is_extra(passage: RawPassage, dialect: str) -> bool:
    """Whether a passage is part of the file and no scene of the story."""
    tags = set(passage.tags)
    if tags & _CODE_TAGS or (dialect == "harlowe" and tags & _HARLOWE_TAGS):
        return True
    return dialect == "sugarcube" and passage.name in _SPECIAL


def _extras(raw: RawStory, dialect: str) -> tuple[tuple[Extra, ...], tuple[Variable, ...]]:
    """What is no scene, and the variables that were declared there by an earlier export."""
    extras: list[Extra] = []
    declared: tuple[Variable, ...] = ()
    for index, each in enumerate(raw.passages):
        if not is_extra(each, dialect):
            continue
        text, variables = divided(each.text)
        declared += variables
        if text or not variables:
            extras.append(
                Extra(each.name, text, each.tags, index, each.position, each.size, each.metadata)
            )
    return tuple(extras), declared


def is_setup(extra: Extra) -> bool:
    """Whether an extra runs before the story begins."""
    return extra.name == "StoryInit" or bool(set(extra.tags) & _SETUP_TAGS)


def _setup(extras: tuple[Extra, ...], context: Context) -> tuple[Effect, ...]:
    return tuple(
        effect
        for extra in extras
        if is_setup(extra)
        for effect in read_scene(extra.text, context).on_enter
    )


def setup_effects(story: ImportedStory, context: Context) -> tuple[Effect, ...]:
    """The changes that a story's extras make before it begins."""
    return _setup(story.extras, context)


def _passages(
    scenes: list[RawPassage],
    setup: tuple[Effect, ...],
    context: Context,
    declared: tuple[Variable, ...],
) -> tuple[tuple[Passage, ...], dict[str, Reading]]:
    """Read all scenes; once more when the types found make a difference to the conditions."""
    readings = {scene.name: read_scene(scene.text, context) for scene in scenes}
    passages = tuple(_passage(scene, readings[scene.name], context) for scene in scenes)
    found = _merged(declared, inferred(setup, passages))
    typed = replace(context, kinds={variable.name: variable.type for variable in found})
    if not _types_matter(passages, typed):
        return passages, readings
    readings = {scene.name: read_scene(scene.text, typed) for scene in scenes}
    return tuple(_passage(scene, readings[scene.name], typed) for scene in scenes), readings


def _types_matter(passages: tuple[Passage, ...], context: Context) -> bool:
    conditions = {link.condition for passage in passages for link in passage.links}
    for condition in conditions - {None}:
        try:
            node = tree(condition or "", CONTRACT)
        except NotUnderstood:
            continue
        if as_test(node, context.kinds) != node:
            return True
    return False


def _passage(raw: RawPassage, reading: Reading, context: Context) -> Passage:
    metadata = dict(raw.metadata)
    tags = _whole_tags(raw.tags, metadata.pop(TAGS, None))
    return Passage(
        name=raw.name,
        text=reading.text,
        links=reading.links,
        on_enter=reading.on_enter,
        visible_if=reading.visible_if,
        is_end=reading.is_end,
        tags=tags,
        position=raw.position,
        size=raw.size,
        metadata=metadata,
        source=Source(context.dialect, raw.text),
    )


def _whole_tags(tags: tuple[str, ...], listed: object) -> tuple[str, ...]:
    """The tags as they were before blanks divided them; when they were edited since, as they are."""
    try:
        whole = json_value(listed, TAGS) if isinstance(listed, str) else None
    except BrokenStoryFile:
        return tags
    if not isinstance(whole, list) or not all(isinstance(tag, str) for tag in whole):
        return tags
    return tuple(whole) if " ".join(whole).split() == " ".join(tags).split() else tags


def _merged(declared: tuple[Variable, ...], found: tuple[Variable, ...]) -> tuple[Variable, ...]:
    names = {variable.name for variable in declared}
    return declared + tuple(each for each in found if each.name not in names)


def _first_scene(scenes: list[RawPassage]) -> str:
    names = [scene.name for scene in scenes]
    return "Start" if "Start" in names else names[0]


def _kept(
    readings: Mapping[str, Reading], extras: tuple[Extra, ...], context: Context
) -> list[Kept]:
    """Every piece that was left as written, with its passage; the same piece once."""
    pieces = [
        Kept(name, text)
        for name, reading in readings.items()
        for text in dict.fromkeys(reading.kept)
    ]
    for extra in extras:
        understood = is_setup(extra) and not read_scene(extra.text, context).text
        if extra.text.strip() and not understood:
            pieces.append(Kept(extra.name, extra.text))
    return pieces


def _popped_text(metadata: dict[str, Any], key: str) -> str:
    return metadata.pop(key) if isinstance(metadata.get(key), str) else ""


_FARTHEST = 1e9
_PAIR = re.compile(
    r"\s*(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*,\s*(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*"
)


def pair_from(text: object) -> Position | None:
    """The two numbers of `"600,400"`; None when it is something else."""
    found = _PAIR.fullmatch(text) if isinstance(text, str) and len(text) < 100 else None
    if found is None:
        return None
    x, y = float(found[1]), float(found[2])
    return Position(x, y) if max(abs(x), abs(y)) <= _FARTHEST else None


def pair_text(pair: Position) -> str:
    """`"600,400"`."""
    return ",".join(str(int(n)) if n == int(n) else repr(float(n)) for n in (pair.x, pair.y))


def popped_pair(metadata: dict[str, Any], key: str) -> Position | None:
    """Takes a pair out of a passage's metadata; what is none stays there."""
    pair = pair_from(metadata.get(key))
    if pair is not None:
        del metadata[key]
    return pair
