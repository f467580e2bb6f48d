"""Which elements of a Twine story stand in this HTML, with which attributes and text?

Not html.parser: it starts over at every `<!--` that never closes, and takes minutes for a hostile file
of a hundred kilobytes. Twine's own elements are few and regular, and one run over the file finds them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scenarios.formats.errors import BrokenStoryFile, UnsafeStoryFile

_STORY = re.compile(r"<tw-storydata(?=[\s/>])", re.IGNORECASE)
_CHILD = re.compile(
    r"<(?P<name>tw-passagedata|tw-tag|style|script|!--)|(?P<close></tw-storydata\s*>)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"\s*(?P<name>[^\s\"'<>/=]+)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'=<>`]+)))?"
)
_TAG_END = re.compile(r"\s*/?>")
_END_OF = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("tw-passagedata", "tw-tag", "style", "script")
}
_COMMENT_END = re.compile("-->")
_PASSAGE = re.compile("<tw-passagedata", re.IGNORECASE)
_MAX_FAILURES = 20
_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Element:
    """An element that holds nothing but text."""

    name: str
    attributes: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class StoryElement:
    """`<tw-storydata>` and what stands in it, in order."""

    attributes: Mapping[str, str]
    children: tuple[Element, ...]


def story_elements(page: str) -> tuple[StoryElement, ...]:
    """All stories of a page. Raises BrokenStoryFile where it is cut or malformed, UnsafeStoryFile."""
    first = _STORY.search(page)
    if _ENTITY.search(page, 0, first.start() if first else len(page)):
        raise UnsafeStoryFile("The file declares entities, which no story needs.", field="file")
    stories: list[StoryElement] = []
    place = failures = 0
    while opening := _STORY.search(page, place):
        try:
            story, place = _story_at(page, opening)
        except BrokenStoryFile:
            # The engines of some story formats name the element in their code.
            failures += 1
            if failures > _MAX_FAILURES or _STORY.search(page, opening.end()) is None:
                raise
            place = opening.end()
            continue
        stories.append(story)
    if not stories:
        raise BrokenStoryFile("The page holds no Twine 2 story: no <tw-storydata>.", field="file")
    return tuple(stories)


def _story_at(page: str, opening: re.Match[str]) -> tuple[StoryElement, int]:
    attributes, place = _attributes(page, opening.end())
    children: list[Element] = []
    while match := _CHILD.search(page, place):
        if match["close"]:
            return StoryElement(attributes, tuple(children)), match.end()
        name = match["name"].lower()
        if name == "!--":
            place = _closing(page, _COMMENT_END, "-->", match.end())[1]
            continue
        child, place = _child(page, name, match.end())
        children.append(child)
    raise _broken(page, opening.start(), "the story does not end: </tw-storydata> is missing")


def _child(page: str, name: str, place: int) -> tuple[Element, int]:
    attributes, start = _attributes(page, place)
    end, after = _closing(page, _END_OF[name], f"</{name}>", start)
    text = page[start:end]
    if name in {"tw-passagedata", "tw-tag"}:
        if _PASSAGE.search(text):
            raise _broken(page, place, "a passage does not end: </tw-passagedata> is missing")
        text = html.unescape(text)
    return Element(name, attributes, text), after


def _closing(page: str, end: re.Pattern[str], mark: str, start: int) -> tuple[int, int]:
    found = end.search(page, start)
    if found is None:
        raise _broken(page, start, f"something does not end: {mark} is missing")
    return found.span()


def _attributes(page: str, place: int) -> tuple[dict[str, str], int]:
    """The attributes from here to the end of the tag, and where that is."""
    found: dict[str, str] = {}
    while (end := _TAG_END.match(page, place)) is None:
        attribute = _ATTRIBUTE.match(page, place)
        if attribute is None:
            raise _broken(page, place, "a tag does not end or has a malformed attribute")
        value = next((attribute[kind] for kind in _KINDS if attribute[kind] is not None), "")
        found.setdefault(attribute["name"], html.unescape(value))
        place = attribute.end()
    return found, end.end()


_KINDS = ("double", "single", "bare")


def _broken(page: str, place: int, what: str) -> BrokenStoryFile:
    line = page.count("\n", 0, place) + 1
    return BrokenStoryFile(f"The file is cut or malformed: line {line}, {what}.", field="file")


def passages_in(story: StoryElement) -> Iterator[Element]:
    """The passages of a story, in order."""
    return (child for child in story.children if child.name == "tw-passagedata")
