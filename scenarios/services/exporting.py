"""How does a stored story become a file that other tools, or another server, can read?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId

from assets.services.reading import AssetBytes, read_assets
from scenarios.documents import MEDIA_FIELDS, TITLE_MAX
from scenarios.formats import write_story
from scenarios.formats.base import (
    ExportedFile,
    ImportedStory,
    Link,
    MediaFile,
    Passage,
    Position,
    unique_names,
)
from scenarios.formats.bundle_json import (
    passage_from_json,
    passage_to_json,
    story_from_json,
    story_to_json,
)
from scenarios.formats.zip_reading import MAX_BUNDLE_BYTES
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable, initial_values, variable_from_json
from scenarios.queries.choices import choices_by_scene
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.scenes import scenes_by_scenario
from storycore.access import Actor
from storycore.errors import NotFound
from storycore.mongo.reading import Row

WITH_MEDIA = ("bundle", "playable", "playable-zip")


def export_story(actor: Actor, scenario: ObjectId, format_name: str) -> ExportedFile:
    """A story that the actor may read, as a file of that format (see scenarios.formats.WRITABLE).

    Media go along in bundles and playable files. Raises NotFound, UnknownStoryFormat, BrokenStoryFile for a
    story without scenes, InvalidInput for too much media, StorageUnavailable.
    """
    story, media = stored_story(actor, scenario, once_apart=format_name == "bundle")
    if format_name in WITH_MEDIA:
        story = _with_media(story, read_assets(actor, media, most_bytes=MAX_BUNDLE_BYTES))
    else:
        story = _with_media(story, [])
    return write_story(story, format_name)


def stored_story(
    actor: Actor, scenario: ObjectId, *, once_apart: bool = False
) -> tuple[ImportedStory, list[ObjectId]]:
    """The story in the neutral shape, and the assets that it names. Three commands.

    A choice that can be taken once says so in its condition, unless `once_apart`. Raises NotFound.
    """
    row = scenarios_by_id.find(actor, scenario, None)
    if row is None:
        raise NotFound("There is no such scenario.", field="id")
    scenes = scenes_by_scenario(actor, [scenario], None)[scenario]
    choices = choices_by_scene(actor, [scene["_id"] for scene in scenes], None)
    origins = [_origin(scene) for scene in scenes]
    names = _names(scenes, origins)
    by_id = {scene["_id"]: name for scene, name in zip(scenes, names, strict=True)}
    passages = tuple(
        _passage(scene, name, origin, _links(choices[scene["_id"]], by_id, once_apart=once_apart))
        for scene, name, origin in zip(scenes, names, origins, strict=True)
    )
    start = next((by_id[scene["_id"]] for scene in scenes if scene.get("is_start_scene")), None)
    media = [scene[field] for scene in scenes for field in MEDIA_FIELDS if scene.get(field)]
    return _whole(row, passages, start), list(dict.fromkeys(media))


def _whole(row: Row, passages: tuple[Passage, ...], start: str | None) -> ImportedStory:
    known = json.loads(row["origin"]) if row.get("origin") else {}
    base = story_from_json(
        {**_NO_STORY, **{name: value for name, value in known.items() if name in _NO_STORY}}
    )
    languages = row.get("languages") or []
    return ImportedStory(
        title=row["title"],
        passages=passages,
        start=start,
        format="stored",
        ifid=base.ifid,
        story_format=base.story_format,
        story_format_version=base.story_format_version,
        description=row.get("description") or "",
        language=", ".join(languages) or base.language,
        variables=_variables(row, set(known.get("undefaulted") or ())),
        extras=base.extras,
        metadata=base.metadata,
    )


def _variables(row: Row, undefaulted: set[str]) -> tuple[Variable, ...]:
    """The declared variables; those whose file named no first value are written without one again."""
    variables = (variable_from_json(raw) for raw in row.get("variables") or ())
    return tuple(
        replace(one, default=None)
        if one.name in undefaulted
        and one.default == initial_values([replace(one, default=None)])[one.name]
        else one
        for one in variables
    )


def _origin(scene: Row) -> Passage | None:
    if not scene.get("origin"):
        return None
    return passage_from_json({**_NO_PASSAGE, **json.loads(scene["origin"])})


def _names(scenes: Sequence[Row], origins: Sequence[Passage | None]) -> list[str]:
    """A name for each scene: the one in its file as long as it has that title, else its title."""
    wanted = [
        origin.name if origin and _has_its_title(scene, origin) else str(scene["title"])
        for scene, origin in zip(scenes, origins, strict=True)
    ]
    names = unique_names(wanted)
    taken = Counter(wanted)
    # A file's own name is kept to the letter, blanks included, unless two scenes want it.
    return [
        kept if origin and kept == origin.name and taken[kept] == 1 else name
        for kept, name, origin in zip(wanted, names, origins, strict=True)
    ]


def _has_its_title(scene: Row, origin: Passage) -> bool:
    return bool(scene["title"] == (origin.title or origin.name)[:TITLE_MAX])


def _passage(scene: Row, name: str, origin: Passage | None, links: tuple[Link, ...]) -> Passage:
    place = scene.get("position")
    media: Mapping[str, str | None] = {
        field: str(scene[field]) if scene.get(field) else None for field in MEDIA_FIELDS
    }
    return Passage(
        name=name,
        title="" if scene["title"] == name[:TITLE_MAX] else scene["title"],
        text=scene.get("text") or "",
        links=links,
        on_enter=_effects(scene.get("on_enter")),
        visible_if=scene.get("visible_if"),
        is_end=bool(scene.get("is_end_scene")),
        tags=tuple(scene.get("tags") or ()),
        position=Position(place["x"], place["y"]) if place else None,
        size=origin.size if origin else None,
        metadata=origin.metadata if origin else {},
        source=origin.source if origin else None,
        **media,
    )


def _links(
    choices: Sequence[Row], names: Mapping[ObjectId, str], *, once_apart: bool
) -> tuple[Link, ...]:
    return tuple(
        Link(
            choice["text"],
            names[choice["to_scene"]],
            choice.get("condition") or None if once_apart else _condition(choice),
            _effects(choice.get("effects")),
            once=once_apart and bool(choice.get("once")),
        )
        for choice in choices
        if choice["to_scene"] in names
    )


def _condition(choice: Row) -> str | None:
    """A choice that can be taken once says so in its condition, which every format keeps."""
    condition = choice.get("condition") or None
    if not choice.get("once"):
        return condition
    return f"once and ({condition})" if condition else "once"


def _effects(rows: Sequence[Row] | None) -> tuple[Effect, ...]:
    return tuple(Effect(one["variable"], one["op"], one.get("value") or "") for one in rows or ())


def _with_media(story: ImportedStory, files: Sequence[AssetBytes]) -> ImportedStory:
    """The story with these files; a scene names only what goes along."""
    there = {str(file.id) for file in files}
    kept: dict[str, Any] = {
        "passages": tuple(_naming(passage, there) for passage in story.passages),
        "media": tuple(
            MediaFile(str(file.id), file.name, file.mime_type, file.content) for file in files
        ),
    }
    return ImportedStory(**{**_fields(story), **kept})


def _naming(passage: Passage, there: set[str]) -> Passage:
    media = {
        field: value if (value := getattr(passage, field)) in there else None
        for field in MEDIA_FIELDS
    }
    return Passage(**{**_fields(passage), **media})


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


_NO_STORY = story_to_json(ImportedStory(title="", passages=()))
_NO_PASSAGE = passage_to_json(Passage(name="", text=""))
