"""How is a story written as plain JSON values without losing anything, and read back?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from scenarios.formats.base import Extra, ImportedStory, Kept, Link, Passage, Position, Source
from scenarios.formats.decoding import check_count
from scenarios.formats.errors import BrokenStoryFile
from scenarios.logic.story import Effect, EffectOp
from scenarios.logic.variables import variable_from_json, variable_to_json
from storycore.errors import InvalidInput

_OPS = frozenset({"set", "add", "toggle", "append", "remove"})


def story_to_json(story: ImportedStory) -> dict[str, Any]:
    """Everything of a story but the contents of its media."""
    return {
        "title": story.title,
        "description": story.description,
        "language": story.language,
        "start": story.start,
        "format": story.format,
        "ifid": story.ifid,
        "storyFormat": story.story_format,
        "storyFormatVersion": story.story_format_version,
        "variables": [
            variable_to_json(each) | ({"default": None} if each.default is None else {})
            for each in story.variables
        ],
        "passages": [passage_to_json(each) for each in story.passages],
        "extras": [_extra_to_json(each) for each in story.extras],
        "kept": [{"passage": each.passage, "text": each.text} for each in story.kept],
        "metadata": dict(story.metadata),
    }


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """Everything of a passage; `passage_from_json` reads it back."""
    source = passage.source
    return {
        "name": passage.name,
        "title": passage.title,
        "text": passage.text,
        "links": [_link_to_json(each) for each in passage.links],
        "onEnter": [_effect_to_json(each) for each in passage.on_enter],
        "visibleIf": passage.visible_if,
        "isEnd": passage.is_end,
        "tags": list(passage.tags),
        "position": _pair_to_json(passage.position),
        "size": _pair_to_json(passage.size),
        "metadata": dict(passage.metadata),
        "source": {"dialect": source.dialect, "text": source.text} if source else None,
        "image": passage.image,
        "sound": passage.sound,
        "music": passage.music,
    }


def _link_to_json(link: Link) -> dict[str, Any]:
    effects = [_effect_to_json(each) for each in link.effects]
    own = {"text": link.text, "target": link.target, "condition": link.condition}
    return {**own, "effects": effects, **({"once": True} if link.once else {})}


def _effect_to_json(effect: Effect) -> dict[str, str]:
    return {"variable": effect.variable, "op": effect.op, "value": effect.value}


def _extra_to_json(extra: Extra) -> dict[str, Any]:
    return {
        "name": extra.name,
        "text": extra.text,
        "tags": list(extra.tags),
        "index": extra.index,
        "position": _pair_to_json(extra.position),
        "size": _pair_to_json(extra.size),
        "metadata": dict(extra.metadata),
    }


def _pair_to_json(pair: Position | None) -> dict[str, float] | None:
    return {"x": pair.x, "y": pair.y} if pair else None


def story_from_json(raw: object) -> ImportedStory:
    """The story of these values, without media. Raises StoryTooLarge, BrokenStoryFile."""
    fields = _Fields(raw, "the story")
    passages = tuple(passage_from_json(each) for each in fields.items("passages"))
    check_count(len(passages))
    names = {passage.name for passage in passages}
    if len(names) != len(passages):
        raise BrokenStoryFile("Two passages of the story have one name.", field="file")
    start = fields.optional("start")
    if start is not None and start not in names:
        raise BrokenStoryFile("The story's start is none of its passages.", field="file")
    try:
        variables = tuple(variable_from_json(each) for each in fields.items("variables"))
    except (InvalidInput, AttributeError) as problem:
        raise BrokenStoryFile(f"A variable is malformed: {problem}", field="file") from problem
    return ImportedStory(
        title=fields.text("title"),
        description=fields.text("description"),
        language=fields.text("language"),
        start=start,
        format=fields.text("format"),
        ifid=fields.text("ifid"),
        story_format=fields.text("storyFormat"),
        story_format_version=fields.text("storyFormatVersion"),
        variables=variables,
        passages=passages,
        extras=tuple(_extra_from_json(each) for each in fields.items("extras")),
        kept=tuple(_kept_from_json(each) for each in fields.items("kept")),
        metadata=fields.mapping("metadata"),
    )


def passage_from_json(raw: object) -> Passage:
    """The passage of these values. Raises BrokenStoryFile that names the field."""
    fields = _Fields(raw, "a passage")
    source = fields.optional_mapping("source")
    written = _Fields(source, "a passage's source") if source is not None else None
    return Passage(
        name=fields.text("name"),
        title=fields.text("title"),
        text=fields.text("text"),
        links=tuple(_link_from_json(each) for each in fields.items("links")),
        on_enter=tuple(_effect_from_json(each) for each in fields.items("onEnter")),
        visible_if=fields.optional("visibleIf"),
        is_end=fields.flag("isEnd"),
        tags=fields.texts("tags"),
        position=fields.pair("position"),
        size=fields.pair("size"),
        metadata=fields.mapping("metadata"),
        source=Source(written.text("dialect"), written.text("text")) if written else None,
        image=fields.optional("image"),
        sound=fields.optional("sound"),
        music=fields.optional("music"),
    )


def _link_from_json(raw: object) -> Link:
    fields = _Fields(raw, "a link")
    effects = tuple(_effect_from_json(each) for each in fields.items("effects"))
    return Link(
        fields.text("text"),
        fields.text("target"),
        fields.optional("condition"),
        effects,
        once=fields.values.get("once") is True,
    )


def _effect_from_json(raw: object) -> Effect:
    fields = _Fields(raw, "an effect")
    op = fields.text("op")
    if op not in _OPS:
        raise BrokenStoryFile(f"No effect is called {op!r:.40}.", field="file")
    return Effect(fields.text("variable"), cast(EffectOp, op), fields.text("value"))


def _extra_from_json(raw: object) -> Extra:
    fields = _Fields(raw, "an extra")
    return Extra(
        name=fields.text("name"),
        text=fields.text("text"),
        tags=fields.texts("tags"),
        index=int(fields.number("index")),
        position=fields.pair("position"),
        size=fields.pair("size"),
        metadata=fields.mapping("metadata"),
    )


def _kept_from_json(raw: object) -> Kept:
    fields = _Fields(raw, "a kept piece")
    return Kept(fields.text("passage"), fields.text("text"))


class _Fields:
    """Typed reading of a JSON object; a wrong one is the file's fault and named."""

    def __init__(self, raw: object, where: str) -> None:
        self.where = where
        self.values: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            raise BrokenStoryFile(f"In the bundle, {where} is no object.", field="file")

    def wrong(self, key: str, kind: str) -> BrokenStoryFile:
        return BrokenStoryFile(
            f"In {self.where} of the bundle, `{key}` is no {kind}.", field="file"
        )

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        return value

    def optional(self, key: str) -> str | None:
        return None if self.values.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        value = self.values.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "truth")
        return value

    def number(self, key: str) -> float:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
            raise self.wrong(key, "number")
        return value

    def items(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self.wrong(key, "list")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "list of texts")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, Any]:
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "object")
        return value

    def optional_mapping(self, key: str) -> dict[str, Any] | None:
        return None if self.values.get(key) is None else self.mapping(key)

    def pair(self, key: str) -> Position | None:
        value = self.optional_mapping(key)
        if value is None:
            return None
        place = _Fields(value, f"{key} of {self.where}")
        return Position(float(place.number("x")), float(place.number("y")))
