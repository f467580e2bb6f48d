"""What does an HTML file of Twine 2 say, published or archive, and how is a story written as one?

Written is the archive form: the story alone, which Twine imports, without the engine of a story format.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from scenarios.formats.assembling import (
    SCRIPT,
    STYLE,
    RawPassage,
    RawStory,
    assembled,
    pair_text,
    popped_pair,
)
from scenarios.formats.base import ExportedFile, ImportedStory
from scenarios.formats.decoding import (
    check_count,
    decoded,
    derived_ifid,
    file_stem,
    json_value,
    title_from,
)
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.html_scanning import StoryElement, passages_in, story_elements
from scenarios.formats.taking_apart import taken_apart

_CODE = {"script": (SCRIPT, "script"), "style": (STYLE, "stylesheet")}
_OWN = frozenset({"name", "startnode", "ifid", "format", "format-version", "hidden"})
_PASSAGE_OWN = frozenset({"pid", "name", "tags"})
# Metadata that no attribute can hold: other values than texts, and names that are no attribute's.
_CARRIED = "data-storycore"
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The first story of the file. Raises StoryTooLarge, BrokenStoryFile, UnsafeStoryFile."""
    return read_all(data, filename)[0]


def read_all(data: bytes, filename: str | None = None) -> tuple[ImportedStory, ...]:
    """All stories of an archive, or the one of a published file. Raises as `read` does."""
    stories = story_elements(decoded(data))
    check_count(sum(len(story.children) for story in stories) - 20 * len(stories))
    return tuple(assembled(_raw_story(story, data, filename)) for story in stories)


def _raw_story(story: StoryElement, data: bytes, filename: str | None) -> RawStory:
    attributes = story.attributes
    metadata = _metadata(attributes)
    if isinstance(metadata.get("zoom"), str):
        metadata["zoom"] = _number(metadata["zoom"])
    colors = {
        child.attributes.get("name", ""): child.attributes.get("color", "")
        for child in story.children
        if child.name == "tw-tag"
    }
    if colors:
        metadata["tag-colors"] = colors
    scenes = [_raw_passage(child.attributes, child.text) for child in passages_in(story)]
    pids = [child.attributes.get("pid") for child in passages_in(story)]
    named = {pid: scene.name for pid, scene in zip(pids, scenes, strict=True) if pid}
    return RawStory(
        format="twine-html",
        title=" ".join(attributes.get("name", "").split()) or title_from(filename),
        passages=(*_code(story), *scenes),
        start=named.get(attributes.get("startnode", "")),
        ifid=attributes.get("ifid", "") or derived_ifid(data),
        story_format=attributes.get("format", ""),
        story_format_version=attributes.get("format-version", ""),
        metadata=metadata,
    )


def _metadata(attributes: Mapping[str, str]) -> dict[str, Any]:
    """What attributes say beyond what every file says, and what one of ours holds for the others."""
    plain = {key: value for key, value in attributes.items() if value and key not in _OWN}
    try:
        carried = json_value(attributes.get(_CARRIED, "{}"), _CARRIED)
    except BrokenStoryFile:
        return plain
    plain.pop(_CARRIED, None)
    return {**plain, **(carried if isinstance(carried, dict) else {})}


def _code(story: StoryElement) -> list[RawPassage]:
    """Story JavaScript and style sheet, as the passages that Twee has for them."""
    found: list[RawPassage] = []
    for element, (name, tag) in _CODE.items():
        text = "\n".join(
            child.text for child in story.children if child.name == element and child.text.strip()
        )
        if text:
            found.append(RawPassage(name, text, (tag,)))
    return found


def _raw_passage(attributes: Mapping[str, str], text: str) -> RawPassage:
    metadata = _metadata({key: attributes[key] for key in attributes if key not in _PASSAGE_OWN})
    position, size = popped_pair(metadata, "position"), popped_pair(metadata, "size")
    name, tags = attributes.get("name", ""), tuple(attributes.get("tags", "").split())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return RawPassage(name, text, tags, position, size, metadata)


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value.is_integer() else value


def write(story: ImportedStory) -> ExportedFile:
    """The story as a Twine 2 archive of one."""
    content = archive((story,))
    return ExportedFile(f"{file_stem(story.title)}.html", "text/html", content.encode())


def archive(stories: tuple[ImportedStory, ...]) -> str:
    """Several stories as one Twine 2 archive."""
    return "".join(f"{_written_story(taken_apart(story))}\n\n" for story in stories)


def _written_story(raw: RawStory) -> str:
    scenes = [each for each in raw.passages if not _code_tag(each)]
    pids = {each.name: str(place) for place, each in enumerate(scenes, 1)}
    known = {
        "name": raw.title,
        "startnode": pids.get(raw.start or "", ""),
        "ifid": raw.ifid,
        "format": raw.story_format,
        "format-version": raw.story_format_version,
    }
    tags = _texts(raw.metadata.get("tag-colors"))
    others = {
        key: value for key, value in raw.metadata.items() if not (key == "tag-colors" and tags)
    }
    zoom = others.get("zoom")
    if isinstance(zoom, int | float) and not isinstance(zoom, bool):
        others["zoom"] = str(zoom)
    parts = [f"<tw-storydata{_attributes(known, others)} hidden>"]
    parts.append(_code_element(raw, "style", "stylesheet", "text/twine-css"))
    parts.append(_code_element(raw, "script", "script", "text/twine-javascript"))
    for name, color in tags.items():
        parts.append(f"<tw-tag{_attributes({'name': name, 'color': color}, {})}></tw-tag>")
    parts += [_written_passage(each, pids[each.name]) for each in scenes]
    return "".join([*parts, "</tw-storydata>"])


def _texts(colors: object) -> dict[str, str]:
    """Colours by tag, when they are such that `<tw-tag>` can hold them all."""
    whole = isinstance(colors, dict) and all(isinstance(each, str) for each in colors.values())
    return dict(colors) if whole and isinstance(colors, dict) else {}


def _written_passage(passage: RawPassage, pid: str) -> str:
    pairs = {"position": passage.position, "size": passage.size}
    known = {"pid": pid, "name": passage.name, "tags": " ".join(passage.tags)}
    places = {key: pair_text(pair) for key, pair in pairs.items() if pair}
    attributes = _attributes({**known, **places}, passage.metadata)
    return f"<tw-passagedata{attributes}>{html.escape(passage.text)}</tw-passagedata>"


def _code_tag(passage: RawPassage) -> str | None:
    return next((tag for _, tag in _CODE.values() if tag in passage.tags), None)


def _code_element(raw: RawStory, element: str, tag: str, kind: str) -> str:
    """One element for all code of a kind. Its end tag within the code would end it there."""
    code = "\n".join(each.text for each in raw.passages if _code_tag(each) == tag)
    code = code.replace(f"</{element}", f"<\\/{element}")
    return f'<{element} role="{tag}" id="twine-user-{tag}" type="{kind}">{code}</{element}>'


def _attributes(known: Mapping[str, str], metadata: Mapping[str, Any]) -> str:
    """The attributes of an element; metadata never takes the place of what is known."""
    plain = {
        key: value
        for key, value in metadata.items()
        if isinstance(value, str)
        and value
        and _ATTRIBUTE_NAME.fullmatch(key)
        and key not in {*known, *_OWN, *_PASSAGE_OWN, _CARRIED}
    }
    rest = {key: value for key, value in metadata.items() if key not in plain}
    carried = {_CARRIED: json.dumps(rest, ensure_ascii=False)} if rest else {}
    everything = {**known, **plain, **carried}
    return "".join(f' {key}="{html.escape(value)}"' for key, value in everything.items())
