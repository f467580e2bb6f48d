"""What does an HTML file of Twine 2 say, published or archive, and how is a story written as one?

Written is the archive form: the story alone, which Twine imports, without the engine of a story format.
"""

from __future__ import annotations

import html
import math
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
from scenarios.formats.decoding import check_count, decoded, derived_ifid, file_stem, title_from
from scenarios.formats.html_scanning import StoryElement, passages_in, story_elements
from scenarios.formats.taking_apart import taken_apart

_CODE = {"script": (SCRIPT, "script"), "style": (STYLE, "stylesheet")}
_OWN = ("name", "startnode", "ifid", "format", "format-version", "hidden")


def read(data: bytes, filename: str | None = None) -> ImportedStory:
    """The first story of the file. Raises StoryTooLarge, BrokenStoryFile, UnsafeStoryFile."""
    return read_all(data, filename)[0]


def read_all(data: bytes, filename: str | None = None) -> tuple[ImportedStory, ...]:
    """All stories of an archive, or the one of a published file. Raises as `read` does."""
    stories = story_elements(decoded(data))
    check_count(sum(len(story.children) for story in stories) - 20 * len(stories))
    return tuple(assembled(_raw_story(story, data, filename)) for story in stories)


def _raw_story(story: StoryElement, data: bytes, filename: str | None) -> RawStory:
    attributes = dict(story.attributes)
    metadata: dict[str, Any] = {
        key: value for key, value in attributes.items() if key not in _OWN and value
    }
    if "zoom" in metadata:
        metadata["zoom"] = _number(metadata["zoom"])
    colors = {
        child.attributes.get("name", ""): child.attributes.get("color", "")
        for child in story.children
        if child.name == "tw-tag"
    }
    if colors:
        metadata["tag-colors"] = colors
    start = attributes.get("startnode")
    names = {
        child.attributes.get("pid"): child.attributes.get("name") for child in passages_in(story)
    }
    return RawStory(
        format="twine-html",
        title=" ".join(attributes.get("name", "").split()) or title_from(filename),
        passages=(
            *_code(story),
            *(_raw_passage(child.attributes, child.text) for child in passages_in(story)),
        ),
        start=names.get(start) if start else None,
        ifid=attributes.get("ifid", "") or derived_ifid(data),
        story_format=attributes.get("format", ""),
        story_format_version=attributes.get("format-version", ""),
        metadata=metadata,
    )


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


def _raw_passage(attributes: Any, text: str) -> RawPassage:
    metadata = {
        key: value for key, value in attributes.items() if key not in {"pid", "name", "tags"}
    }
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
    known: dict[str, Any] = {
        "name": raw.title,
        "startnode": pids.get(raw.start or "", ""),
        "creator": "",
        "creator-version": "",
        "ifid": raw.ifid,
        "zoom": 1,
        "format": raw.story_format,
        "format-version": raw.story_format_version,
        "options": "",
        "tags": "",
    }
    colors = raw.metadata.get("tag-colors")
    others = {key: value for key, value in raw.metadata.items() if key != "tag-colors"}
    parts = [f"<tw-storydata{_attributes({**known, **others})} hidden>"]
    parts.append(_code_element(raw, "style", "stylesheet", "text/twine-css"))
    parts.append(_code_element(raw, "script", "script", "text/twine-javascript"))
    for name, color in (colors if isinstance(colors, dict) else {}).items():
        parts.append(f"<tw-tag{_attributes({'name': name, 'color': color})}></tw-tag>")
    parts += [_written_passage(each, pids[each.name]) for each in scenes]
    return "".join([*parts, "</tw-storydata>"])


def _written_passage(passage: RawPassage, pid: str) -> str:
    pairs = {"position": passage.position, "size": passage.size}
    known = {"pid": pid, "name": passage.name, "tags": " ".join(passage.tags)}
    places = {key: pair_text(pair) for key, pair in pairs.items() if pair}
    attributes = _attributes({**known, **places, **passage.metadata})
    return f"<tw-passagedata{attributes}>{html.escape(passage.text)}</tw-passagedata>"


def _code_tag(passage: RawPassage) -> str | None:
    return next((tag for _, tag in _CODE.values() if tag in passage.tags), None)


def _code_element(raw: RawStory, element: str, tag: str, kind: str) -> str:
    """One element for all code of a kind. Its end tag within the code would end it there."""
    code = "\n".join(each.text for each in raw.passages if _code_tag(each) == tag)
    code = code.replace(f"</{element}", f"<\\/{element}")
    return f'<{element} role="{tag}" id="twine-user-{tag}" type="{kind}">{code}</{element}>'


def _attributes(values: dict[str, Any]) -> str:
    return "".join(
        f' {key}="{html.escape(str(value))}"'
        for key, value in values.items()
        if isinstance(value, str | int | float)
    )
