"""What is a story between a file and the database, and what must a format do?

How it maps to documents (the services that write them come on top of this package):

| here | document |
|---|---|
| `ImportedStory.title`, `description`, `variables` | `Scenario.title`, `description`, `variables` |
| `Passage.title` (else `name`), `text` | `Scene.title`, `Scene.text` |
| `Passage.position`, `is_end`; `story.start == name` | `Scene.position`, `is_end_scene`, `is_start_scene` |
| place in `story.passages` | `Scene.order` |
| `Passage.on_enter`, `visible_if` | `Scene.onEnter`, `Scene.visibleIf` |
| `Passage.image`, `sound`, `music`: keys of `story.media` | the asset made of that file |
| `Link.text`, `condition`, `effects`, place in `links` | the same fields of `Choice`, `order` |
| `Passage.name`, `Link.target` | `Choice.from_scene`, `to_scene` |

`Passage.name` is unique in a story and is what links and `visited("...")` name. Conditions and values
are text in the expression language of docs/story-logic.md. What no document field holds (`tags`, `size`,
`metadata`, `source`; `ifid`, `story_format`, `extras`, `metadata` of the story) is plain data: keep it as
`bundle.passage_to_json` and `bundle.story_to_json` write it, and an export gives the author's own
markup back byte for byte wherever the scene was not changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_PASSAGES = 20_000


@dataclass(frozen=True, slots=True)
class Position:
    """A place or an extent on the author's map, in the pixels of Twine's editor."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Link:
    """A way from one passage to another, offered to the reader as `text`.

    `once` is apart from the condition in bundles only: no other format knows it.
    """

    text: str
    target: str
    condition: str | None = None
    effects: tuple[Effect, ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as its author wrote it, and in which markup."""

    dialect: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One scene. `title` is empty when the name is the title."""

    name: str
    text: str
    links: tuple[Link, ...] = ()
    on_enter: tuple[Effect, ...] = ()
    visible_if: str | None = None
    is_end: bool = False
    tags: tuple[str, ...] = ()
    position: Position | None = None
    size: Position | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    title: str = ""
    image: str | None = None
    sound: str | None = None
    music: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of the file that is no scene: script, style sheet, widgets. `index` is its place among all."""

    name: str
    text: str
    tags: tuple[str, ...] = ()
    index: int = 0
    position: Position | None = None
    size: Position | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or sound that travels with the story under `key`."""

    key: str
    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece that was not understood, as written, and the passage it stands in."""

    passage: str
    text: str


class Report(TypedDict):
    """What an import found, in the shape that the API answers."""

    format: str
    passages: int
    links: int
    variables: int
    kept: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class ImportedStory:
    """A whole story, whatever it was written with.

    `format` is the kind of file it was read from and does not count when stories are compared. `language`
    are language tags with commas between, the original first.
    """

    title: str
    passages: tuple[Passage, ...]
    start: str | None = None
    format: str = field(default="", compare=False)
    ifid: str = ""
    story_format: str = ""
    story_format_version: str = ""
    description: str = ""
    language: str = ""
    variables: tuple[Variable, ...] = ()
    extras: tuple[Extra, ...] = ()
    kept: tuple[Kept, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[MediaFile, ...] = ()

    def report(self) -> Report:
        """What was found and what was left as written, for the person who imports."""
        return {
            "format": self.format,
            "passages": len(self.passages),
            "links": sum(len(passage.links) for passage in self.passages),
            "variables": len(self.variables),
            "kept": [{"passage": piece.passage, "text": piece.text} for piece in self.kept],
        }


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to hand out."""

    filename: str
    mime_type: str
    content: bytes


class Format(Protocol):
    """What each module of this package offers; a format that cannot be written has no `write`."""

    def read(self, data: bytes, filename: str | None) -> ImportedStory:
        """The story in `data`. Raises StoryTooLarge, BrokenStoryFile, UnsafeStoryFile."""
        ...

    def write(self, story: ImportedStory) -> ExportedFile:
        """The file that `read` turns into the same story again."""
        ...


def unique_names(titles: Iterable[str]) -> list[str]:
    """A name for each title, in order: the title itself, or with ` (2)`, ` (3)` where it is taken.

    A blank title becomes `Untitled`. Twine knows passages only by name; documents do not.
    """
    wanted = [" ".join(title.split()) or "Untitled" for title in titles]
    taken = set(wanted)
    seen: dict[str, int] = {}
    names = []
    for title in wanted:
        seen[title] = seen.get(title, 0) + 1
        name = title
        while seen[title] > 1 and name in taken:
            name = f"{title} ({seen[title]})"
            seen[title] += name in taken
        taken.add(name)
        names.append(name)
    return names
