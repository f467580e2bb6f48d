"""How is a stage begun? What the caller gives is written into the project first, then its job is ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bson import ObjectId

from generation.services.orders import order_media
from projects.videos.services.fields import checked_fields, images_from, with_consequences
from projects.videos.services.ordering import (
    Place,
    narration_order,
    needs_picture,
    picture_order,
    script_order,
)
from projects.videos.services.projects import (
    TRIES,
    editable_project,
    update_project,
    write_project,
)
from projects.videos.services.rendering import order_video, require_media
from projects.videos.services.sets import (
    order_pictures,
    order_production,
    require_beginning,
    require_prompts,
    set_under_way,
)
from storycore.access import Actor, require_login
from storycore.errors import Conflict, InvalidInput, NotFound
from storycore.limits import check_rate
from storycore.mongo.reading import Row

TEMPORARY = "temp"
"""The id of a project that its client has not stored: the stage works on what is given, and stores nothing."""

# What stages call the fields of a project; a whole project may be sent as well, under its own names.
_NAMES = {
    "script": {"title": "title", "description": "description", "use_case": "use_case",
               "language": "language", "style": "script_style"},
    "narration": {"script_text": "script_text", "voice_id": "voice_id", "audio_speed": "audio_speed",
                  "audio_pitch": "audio_pitch", "language": "language"},
    "pictures": {"images": "images", "style": "image_style"},
    "picture": {"style": "image_style"},
    "video": {"resolution": "resolution", "fps": "fps", "template": "video_template_id",
              "background_music": "background_music"},
}  # fmt: skip

Check = Callable[[Row], object]
"""Raises StageNotReady for a project that lacks what its stage needs."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A stage that was ordered: its job, and the project as it was then (without an id when it is `temp`)."""

    job: ObjectId
    project: Row


def begin_script(
    actor: Actor, key: str, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have the script written from title, description, use_case, language and style.

    Like all of these: what is not given comes from the project. Raises Unauthenticated, NotFound, Forbidden,
    InvalidInput, StageNotReady, RateLimited, QueueFull.
    """
    stage = _Stage("script", lambda row: script_order(row, Place()), is_public)
    row, place = _project(actor, key, stage, given)
    return Begun(order_media(actor, script_order(row, place)), row)


def begin_narration(
    actor: Actor, key: str, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have the script spoken: script_text, voice_id, audio_speed, audio_pitch, language."""
    stage = _Stage("narration", lambda row: narration_order(row, Place()), is_public)
    row, place = _project(actor, key, stage, given)
    return Begun(order_media(actor, narration_order(row, place)), row)


def begin_pictures(
    actor: Actor, key: str, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have the pictures made that have no url: images [{prompt, url}] or prompts [text], and style.

    When all of them are there, all are made anew: that is what was asked for.
    """
    if "prompts" in given and "images" not in given:
        prompts = given["prompts"]
        if not isinstance(prompts, list):
            raise InvalidInput("A list of texts is expected.", field="prompts")
        given = {**given, "images": [{"prompt": one, "url": None} for one in prompts]}
    known = None if key == TEMPORARY else _set_under_way(actor, key, given)
    if known is not None:
        return known
    row, place = _project(actor, key, _Stage("pictures", require_prompts, is_public), given)
    return Begun(order_pictures(actor, row, _wanted_of(row), place), row)


def begin_picture(
    actor: Actor, key: str, index: int, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have one picture made again, with new words when `prompt` is given. Raises NotFound for a wrong index."""
    stage = _Stage("picture", lambda _row: None, is_public)
    if key == TEMPORARY:
        return _temporary_picture(actor, index, given, stage)
    images = editable_project(actor, key).get("images") or []
    _require_index(images, index)
    _require_words(actor, images[index], given)
    row, place = _project(actor, key, stage, given)
    _require_index(row.get("images") or [], index)
    image = row["images"][index]
    prompt = given.get("prompt")
    if prompt is not None and prompt != image.get("prompt"):
        row = _with_prompt(actor, key, index, prompt)
        image = row["images"][index]
    return Begun(order_media(actor, picture_order(row, image, place)), row)


def begin_video(
    actor: Actor, key: str, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have the video rendered: resolution, fps, template, background_music."""
    row, place = _project(actor, key, _Stage("video", require_media, is_public), given)
    return Begun(order_video(actor, row, place), row)


def begin_production(
    actor: Actor, key: str, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have everything made that the project lacks for its video, stage after stage.

    Takes what `begin_video` takes. An unsaved project has no place for what its stages make: each of them is
    asked for by itself. Raises InvalidInput for it.
    """
    if key == TEMPORARY:
        raise InvalidInput("Save the project first, or ask for its stages one by one.", field="id")
    row, place = _project(actor, key, _Stage("video", require_beginning, is_public), given)
    return Begun(order_production(actor, row, place), row)


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage: its name, what it needs, and whether everybody may see what it makes."""

    name: str
    check: Check
    is_public: bool


def _project(actor: Actor, key: str, stage: _Stage, given: Mapping[str, Any]) -> tuple[Row, Place]:
    """The project with what was given, and where its order belongs. What cannot be begun changes nothing."""
    owner = require_login(actor)
    fields = _fields(stage.name, given)
    place = Place(is_public=stage.is_public)
    if key == TEMPORARY:
        row: Row = {"images": [], **checked_fields(actor, {**given, **fields}, {})}
        stage.check(row)
        check_rate("stages", owner)
        return row, place
    before = editable_project(actor, key)
    changes = checked_fields(actor, fields, before)
    stage.check({**before, **changes})
    check_rate("stages", owner)
    if changes:
        update_project(actor, key, fields, only_news=True)
    row = editable_project(actor, key)
    return row, replace(place, project=row["_id"])


def _set_under_way(actor: Actor, key: str, given: Mapping[str, Any]) -> Begun | None:
    """The pictures that are being made already, when the same are asked for once more.

    Looked up before anything is written: what was given would take back the pictures that are there by now.
    """
    row = editable_project(actor, key)
    after = {**row, **checked_fields(actor, _fields("pictures", given), row)}
    wanted = [one for one in _wanted_of(after) if (one.get("prompt") or "").strip()]
    job = set_under_way(actor, after, wanted) if wanted else None
    return None if job is None else Begun(job, row)


def _wanted_of(row: Row) -> list[dict[str, Any]]:
    """The pictures that are not there; all of them when none is missing."""
    images: list[dict[str, Any]] = row.get("images") or []
    return [one for one in images if needs_picture(one)] or images


def _fields(stage: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, under the names of the project's fields."""
    found = {}
    for name, stored in _NAMES[stage].items():
        value = given.get(name) if given.get(name) is not None else given.get(stored)
        if value is not None:
            found[stored] = value
    return found


def _temporary_picture(actor: Actor, index: int, given: Mapping[str, Any], stage: _Stage) -> Begun:
    """One picture of an unsaved project; its words are `prompt`, or those of its place in `images`."""
    row, place = _project(actor, TEMPORARY, stage, given)
    if row["images"] or index < 0:
        _require_index(row["images"], index)
    known = row["images"][index] if row["images"] else {}
    prompt = known.get("prompt") if given.get("prompt") is None else given["prompt"]
    images = images_from(actor, [{"prompt": prompt}], [])
    return Begun(
        order_media(actor, picture_order(row, images[0], place)), {**row, "images": images}
    )


def _require_index(images: Sequence[Any], index: int) -> None:
    if not 0 <= index < len(images):
        raise NotFound("There is no such picture.", field="index")


def _require_words(actor: Actor, image: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raises InvalidInput for a prompt that is none, StageNotReady when there is none at all."""
    prompt = image.get("prompt") if given.get("prompt") is None else given["prompt"]
    words = images_from(actor, [{"prompt": prompt}], [])[0]
    picture_order({}, words, Place())


def _with_prompt(actor: Actor, key: str, index: int, prompt: Any) -> Row:
    """The project after one picture got other words; its present file stays until the new one is there."""
    words = images_from(actor, [{"prompt": prompt}], [])[0]["prompt"]
    for _attempt in range(TRIES):
        row = editable_project(actor, key)
        images = list(row.get("images") or ())
        _require_index(images, index)
        images[index] = {**images[index], "prompt": words}
        changes = with_consequences({"images": images}, row)
        if write_project(row, changes):
            return {**row, **changes}
    raise Conflict("Others are changing this project; try again.")
