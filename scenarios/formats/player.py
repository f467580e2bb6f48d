"""How does a story become one HTML file that anybody can play, without a server and without a network?"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import mimetypes
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from scenarios.formats.base import ExportedFile, ImportedStory, Link, MediaFile, Passage
from scenarios.formats.bundle import add_entry
from scenarios.formats.decoding import file_stem
from scenarios.logic.compiling import compile_story
from scenarios.logic.player_data import page_language, player_data
from scenarios.logic.story import Choice, Scene, Story

_STATIC = "static/scenarios"
# What may be shown as a picture or played as sound; nothing that could hold a script.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_HEARD = frozenset({"audio/mpeg", "audio/wav", "audio/x-wav", "audio/ogg", "audio/mp4"})


def as_logic_story(story: ImportedStory) -> Story:
    """The story as checking, simulation and play know it; scenes are identified by their names."""
    scenes = tuple(
        _scene(passage, place, is_start=passage.name == story.start)
        for place, passage in enumerate(story.passages)
    )
    return Story(story.ifid or story.title, story.title, story.variables, scenes)


def _scene(passage: Passage, place: int, *, is_start: bool) -> Scene:
    return Scene(
        id=passage.name,
        title=passage.title or passage.name,
        text=passage.text,
        is_start=is_start,
        is_end=passage.is_end,
        order=place,
        visible_if=passage.visible_if,
        on_enter=passage.on_enter,
        choices=tuple(_choice(link, f"{place}.{n}", n) for n, link in enumerate(passage.links)),
        image=passage.image,
        sound=passage.sound,
        music=passage.music,
    )


def _choice(link: Link, key: str, order: int) -> Choice:
    return Choice(key, link.text, link.target, link.condition, link.effects, order)


def write(story: ImportedStory) -> ExportedFile:
    """One HTML file that holds everything, media too."""
    addresses = {each.key: _data_uri(each) for each in story.media if _is_media(each)}
    page = _page(story, addresses, "data:")
    return ExportedFile(f"{file_stem(story.title)}.html", "text/html", page.encode())


def write_beside(story: ImportedStory) -> ExportedFile:
    """A zip of the HTML file with the media in a folder beside it, for stories with much sound."""
    paths: dict[str, str] = {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each in story.media:
            if _is_media(each):
                digest = hashlib.sha256(each.content).hexdigest()
                suffix = mimetypes.guess_extension(each.mime_type) or ""
                paths[each.key] = f"media/{digest}{suffix}"
        contents = {paths[each.key]: each.content for each in story.media if each.key in paths}
        # From disk, a page's own folder is `file:` and nothing narrower.
        page = _page(story, paths, "'self' file:")
        add_entry(archive, "index.html", page.encode(), zipfile.ZIP_DEFLATED)
        for path, content in contents.items():
            add_entry(archive, path, content, zipfile.ZIP_STORED)
    return ExportedFile(f"{file_stem(story.title)}.zip", "application/zip", buffer.getvalue())


def _is_media(each: MediaFile) -> bool:
    return each.mime_type in _SHOWN | _HEARD


def _data_uri(each: MediaFile) -> str:
    return f"data:{each.mime_type};base64,{base64.b64encode(each.content).decode()}"


def _page(story: ImportedStory, addresses: Mapping[str, str], origin: str) -> str:
    data = player_data(compile_story(as_logic_story(story)))
    data["media"] = dict(addresses)
    data["edition"] = hashlib.sha256(_json(data).encode()).hexdigest()[:16]
    scripts = (_asset("scenarios.logic", "evaluator.js"), _asset(__package__, "player.js"))
    style = _asset(__package__, "player.css")
    parts = {
        "lang": page_language(story.language.partition(",")[0].strip()),
        "title": html.escape(story.title),
        "policy": html.escape(_policy(scripts, style, origin)),
        "style": style,
        "evaluator": scripts[0],
        "player": scripts[1],
        "data": _json(data),
    }
    pieces = _asset(__package__, "player.html").split("@@")
    # Every second piece of the template is a name: nothing of the story is ever searched for one.
    return "".join(parts[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def _policy(scripts: tuple[str, ...], style: str, origin: str) -> str:
    """The page runs its own code, shows its own media, and can ask nobody for anything."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)};"
        f" img-src {origin}; media-src {origin}; base-uri 'none'; form-action 'none'"
    )


def _hash(code: str) -> str:
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _json(data: Any) -> str:
    """JSON that can stand in a script element: no tag can begin or end in it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _asset(package: str, name: str) -> str:
    return files(package).joinpath(_STATIC, name).read_text(encoding="utf-8")
