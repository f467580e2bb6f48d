"""How is a stage begun? What the caller gives is written into the project first, then its job is ordered."""

from __future__ import annotations

from collections.abc import Mapping
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
from projects.videos.services.rendering import order_video
from projects.videos.services.sets import order_pictures, order_production
from storycore.access import Actor, require_login
from storycore.errors import Conflict, InvalidInput, NotFound
from storycore.limits import check_rate
from storycore.mongo.reading import Row

TEMPORARY = "temp"
"""The id of a project that its client has not stored: the stage works on what is given, and stores nothing."""

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
    row, place = _project(actor, key, "script", given, is_public=is_public)
    return Begun(order_media(actor, script_order(row, place)), row)


def begin_narration(
    actor: Actor, key: str, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have the script spoken: script_text, voice_id, audio_speed, audio_pitch, language."""
    row, place = _project(actor, key, "narration", given, is_public=is_public)
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
    row, place = _project(actor, key, "pictures", given, is_public=is_public)
    images = row.get("images") or []
    missing = [one for one in images if needs_picture(one)]
    return Begun(order_pictures(actor, row, missing or images, place), row)


def begin_picture(
    actor: Actor, key: str, index: int, given: Mapping[str, Any], *, is_public: bool = False
) -> Begun:
    """Have one picture made again, with new words when `prompt` is given. Raises NotFound for a wrong index."""
    if key == TEMPORARY:
        images = images_from(actor, [{"prompt": given.get("prompt")}], [])
        row, place = _project(actor, key, "picture", given, is_public=is_public)
        return Begun(
            order_media(actor, picture_order(row, images[0], place)), {**row, "images": images}
        )
    images = editable_project(actor, key).get("images") or []
    if not 0 <= index < len(images):
        raise NotFound("There is no such picture.", field="index")
    row, place = _project(actor, key, "picture", given, is_public=is_public)
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
    row, place = _project(actor, key, "video", given, is_public=is_public)
    return Begun(order_video(actor, row, place), row)


def begin_production(actor: Actor, key: str, *, is_public: bool = False) -> Begun:
    """Have everything made that the project lacks for its video, stage after stage."""
    row, place = _project(actor, key, "video", {}, is_public=is_public)
    return Begun(order_production(actor, row, place), row)


def _project(
    actor: Actor, key: str, stage: str, given: Mapping[str, Any], *, is_public: bool
) -> tuple[Row, Place]:
    """The project with what was given, and where its order belongs."""
    check_rate("stages", require_login(actor))
    fields = {
        stored: given[name] for name, stored in _NAMES[stage].items() if given.get(name) is not None
    }
    if key == TEMPORARY:
        whole = {**given, **fields}
        row = {"images": [], **checked_fields(actor, whole, {})}
        return row, Place(is_public=is_public)
    if fields:
        update_project(actor, key, fields)
    row = editable_project(actor, key)
    return row, replace(Place(is_public=is_public), project=row["_id"])


def _with_prompt(actor: Actor, key: str, index: int, prompt: Any) -> Row:
    """The project after one picture got other words; its present file stays until the new one is there."""
    words = images_from(actor, [{"prompt": prompt}], [])[0]["prompt"]
    for _attempt in range(TRIES):
        row = editable_project(actor, key)
        images = list(row.get("images") or ())
        if index >= len(images):
            raise NotFound("There is no such picture.", field="index")
        images[index] = {**images[index], "prompt": words}
        changes = with_consequences({"images": images}, row)
        if write_project(row, changes):
            return {**row, **changes}
    raise Conflict("Others are changing this project; try again.")
