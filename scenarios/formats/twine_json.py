"""What does a Twine 2 JSON file say, and how is a story written as one?

Written is the form of the Interactive Fiction Technology Foundation. Read are also the forms of older
exporters: `startnode` and `pid`, positions as objects or beside the text, tags as one text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scenarios.formats.assembling import (
    SCRIPT,
    STYLE,
    RawPassage,
    RawStory,
    assembled,
    pair_from,
    pair_text,
    popped_pair,
)
from scenarios.formats.base import ExportedFile, ImportedStory, Position
from scenarios.formats.decoding import (
    check_count,
    decoded,
    derived_ifid,
    file_stem,
    json_value,
    title_from,
)
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.taking_apart import taken_apart

_KNOWN = frozenset(
    {
        "name",
        "ifid",
        "format",
        "format-version",
        "start",
        "startnode",
        "passages",
        "script",
        "style",
    }
)
_PASSAGE_KEYS = frozenset({"name", "text", "tags", "metadata", "pid", "links", "position", "size"})
_CODE = {"script": (SCRIPT, "script"), "style": (STYLE, "stylesheet")}


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The story of a JSON file. Raises StoryTooLarge, BrokenStoryFile."""
    head = json_value(decoded(data), "The file")
    if not isinstance(head, dict) or not isinstance(head.get("passages"), list):
        raise BrokenStoryFile("The JSON has no list of passages.", field="file")
    check_count(len(head["passages"]))
    passages = [_raw_passage(each, place) for place, each in enumerate(head["passages"], 1)]
    return assembled(
        RawStory(
            format="twine-json",
            title=" ".join(_text(head, "name", "the story").split()) or title_from(filename),
            passages=(*_code(head), *passages),
            start=_start(head),
            ifid=_text(head, "ifid", "the story") or derived_ifid(data),
            story_format=_text(head, "format", "the story"),
            story_format_version=_text(head, "format-version", "the story"),
            metadata={key: value for key, value in head.items() if key not in _KNOWN},
        )
    )


def _text(raw: Mapping[str, Any], key: str, where: str) -> str:
    value = raw.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BrokenStoryFile(f"In {where}, `{key}` is no text.", field="file")
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _start(head: Mapping[str, Any]) -> str | None:
    """The name of the first passage, which older files give by its pid."""
    named = _text(head, "start", "the story")
    node = head.get("startnode")
    if named or node is None:
        return named or None
    for passage in head["passages"]:
        if str(passage.get("pid")) == str(node):
            return _text(passage, "name", "the start passage") or None
    return None


def _code(head: Mapping[str, Any]) -> list[RawPassage]:
    return [
        RawPassage(name, text, (tag,))
        for key, (name, tag) in _CODE.items()
        if (text := _text(head, key, "the story")).strip()
    ]


def _raw_passage(raw: object, place: int) -> RawPassage:
    where = f"passage {place}"
    if not isinstance(raw, dict):
        raise BrokenStoryFile(f"In the list of passages, {where} is no object.", field="file")
    metadata = raw.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise BrokenStoryFile(f"In {where}, `metadata` is no object.", field="file")
    kept = {key: value for key, value in raw.items() if key not in _PASSAGE_KEYS} | (metadata or {})
    return RawPassage(
        name=_text(raw, "name", where),
        text=_text(raw, "text", where),
        tags=_tags(raw.get("tags"), where),
        position=popped_pair(kept, "position") or _pair(raw.get("position"), ("x", "y")),
        size=popped_pair(kept, "size") or _pair(raw.get("size"), ("width", "height")),
        metadata=kept,
    )


def _tags(raw: object, where: str) -> tuple[str, ...]:
    words = raw if isinstance(raw, list) else [raw or ""]
    tags: list[str] = []
    for word in words:
        if not isinstance(word, str):
            raise BrokenStoryFile(f"In {where}, a tag is no text.", field="file")
        tags += word.split()
    return tuple(tags)


def _pair(raw: object, keys: tuple[str, str]) -> Position | None:
    if isinstance(raw, dict):
        raw = f"{raw.get(keys[0])},{raw.get(keys[1])}"
    return pair_from(raw)


def write(story: ImportedStory) -> ExportedFile:
    """The story as Twine 2 JSON."""
    raw = taken_apart(story)
    scenes = [each for each in raw.passages if not {"script", "stylesheet"} & set(each.tags)]
    head = {
        "name": raw.title,
        "ifid": raw.ifid,
        "format": raw.story_format,
        "format-version": raw.story_format_version,
        "start": raw.start,
        **{key: value for key, value in raw.metadata.items() if key not in _KNOWN},
        "style": _joined(raw, "stylesheet"),
        "script": _joined(raw, "script"),
        "passages": [_written_passage(each) for each in scenes],
    }
    content = json.dumps(head, ensure_ascii=False, indent=2) + "\n"
    return ExportedFile(f"{file_stem(story.title)}.json", "application/json", content.encode())


def _joined(raw: RawStory, tag: str) -> str:
    return "\n".join(each.text for each in raw.passages if tag in each.tags)


def _written_passage(passage: RawPassage) -> dict[str, Any]:
    pairs = {"position": passage.position, "size": passage.size}
    places = {key: pair_text(pair) for key, pair in pairs.items() if pair}
    return {
        "name": passage.name,
        "tags": list(passage.tags),
        "metadata": {**places, **passage.metadata},
        "text": passage.text,
    }
