"""Which scene does a passage's markup describe, and which markup describes a scene?

What a dialect cannot say travels in a comment at the passage's end, with a hash of the markup above it:
when the author changes that markup in another tool, the comment is out of date and is not believed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scenarios.formats.base import Link, Passage
from scenarios.formats.dialects import DIALECTS
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.markup import Dialect, Reading, read_markup
from scenarios.formats.meaning import Context
from scenarios.logic.story import Effect

_CARRIER = re.compile(r"\n*<!-- storycore (\{[^\n]*\}) -->\s*\Z")
_MARK = "<!-- storycore {"
# Signs that some tool would take for markup, even within a comment.
_RISKY = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>$%&`-"})


def read_scene(markup: str, context: Context) -> Reading:
    """The scene that a passage describes, in the dialect of `context`."""
    dialect = DIALECTS[context.dialect]
    body, carried = _divided(markup)
    if carried is None:
        return read_markup(markup, dialect, context)
    reading = read_markup(body, dialect, context)
    return _overridden(reading, carried, body, context) or reading


def scene_markup(passage: Passage, context: Context) -> str:
    """The markup of a passage: its author's own as long as it still says the same, else written anew."""
    wanted = scene_of(passage)
    source = passage.source
    if source and source.dialect == context.dialect and read_scene(source.text, context) == wanted:
        return source.text
    dialect = DIALECTS[context.dialect]
    for markup in _attempts(wanted, dialect, context):
        if read_scene(markup, context) == wanted:
            return markup
    body = _plain(wanted, dialect)
    return _with_carrier(body, wanted)


def scene_of(passage: Passage) -> Reading:
    """What a passage's markup must say."""
    return Reading(
        passage.text, passage.links, passage.on_enter, passage.visible_if, passage.is_end
    )


def _attempts(wanted: Reading, dialect: Dialect, context: Context) -> Iterable[str]:
    """Ways to write a scene, the most natural first."""
    inside = read_scene(wanted.text, context).links
    first, last = _missing(wanted.links, inside)
    try:
        above = [_link_line(link, dialect) for link in first]
        below = [_link_line(link, dialect) for link in last]
        yield dialect.entering(wanted.on_enter, _joined(above, wanted.text, below))
    except NotUnderstood:
        return


def _missing(links: tuple[Link, ...], inside: tuple[Link, ...]) -> tuple[list[Link], list[Link]]:
    """The links that the text does not hold itself: those to stand above it, and those below."""
    first: list[Link] = []
    last: list[Link] = []
    waiting = list(inside)
    for link in links:
        if waiting and link == waiting[0]:
            waiting.pop(0)
        elif waiting and len(waiting) == len(inside):
            first.append(link)
        else:
            last.append(link)
    return first, last


def _link_line(link: Link, dialect: Dialect) -> str:
    line = dialect.link(link)
    return dialect.block(link.condition, line) if link.condition else line


def _joined(above: list[str], text: str, below: list[str]) -> str:
    return "\n\n".join(part for part in ("\n".join(above), text, "\n".join(below)) if part)


def _plain(wanted: Reading, dialect: Dialect) -> str:
    """The scene as well as the dialect can say it: what it cannot is left to the comment."""
    lines = []
    for link in wanted.links:
        for simpler in (link, replace(link, condition=None), Link(link.text, link.target)):
            try:
                lines.append(_link_line(simpler, dialect))
                break
            except NotUnderstood:
                continue
    text = _joined([], wanted.text, lines)
    try:
        return dialect.entering(wanted.on_enter, text)
    except NotUnderstood:
        return text


def _divided(markup: str) -> tuple[str, dict[str, Any] | None]:
    # The search is anchored at the end, where a regular expression alone would try every place.
    start = markup.rfind(_MARK)
    found = _CARRIER.match(markup, len(markup[:start].rstrip("\n"))) if start >= 0 else None
    if found is None:
        return markup, None
    try:
        carried = json.loads(found[1])
    except (ValueError, RecursionError):
        return markup, None
    return markup[: found.start()], carried


def _with_carrier(body: str, wanted: Reading) -> str:
    carried = {"of": _hash(body), **_scene_to_json(wanted)}
    text = json.dumps(carried, ensure_ascii=False).translate(_RISKY)
    # No list stands directly in a list, so `[[` and a brace before a letter occur within strings only.
    text = re.sub(r"\{(?=[^\"])", r"\\u007b", text.replace("[[", "[\\u005b"))
    return f"{body}\n\n<!-- storycore {text} -->".lstrip("\n")


def _hash(body: str) -> str:
    return hashlib.sha256(body.strip().encode()).hexdigest()[:16]


def _scene_to_json(scene: Reading) -> dict[str, Any]:
    return {
        "text": scene.text,
        "links": [
            {"text": link.text, "to": link.target, "if": link.condition}
            | {"effects": _effects_to_json(link.effects)}
            for link in scene.links
        ],
        "onEnter": _effects_to_json(scene.on_enter),
        "visibleIf": scene.visible_if,
        "end": scene.is_end,
    }


def _effects_to_json(effects: Iterable[Effect]) -> list[dict[str, str]]:
    return [{"variable": each.variable, "op": each.op, "value": each.value} for each in effects]


def _overridden(
    reading: Reading, carried: dict[str, Any], body: str, context: Context
) -> Reading | None:
    """The carried scene, when it is about this markup and leads to scenes that are there."""
    try:
        links = tuple(
            Link(each["text"], each["to"], each["if"], _effects_from_json(each["effects"]))
            for each in carried["links"]
        )
        if carried["of"] != _hash(body) or any(link.target not in context.names for link in links):
            return None
        return replace(
            reading,
            text=str(carried["text"]),
            links=links,
            on_enter=_effects_from_json(carried["onEnter"]),
            visible_if=carried["visibleIf"],
            is_end=bool(carried["end"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _effects_from_json(effects: list[dict[str, Any]]) -> tuple[Effect, ...]:
    return tuple(Effect(each["variable"], each["op"], each["value"]) for each in effects)
