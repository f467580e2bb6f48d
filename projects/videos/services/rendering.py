"""What goes into a video? The narration, the pictures with their times, captions and cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from bson import ObjectId

from generation.queries.mocked import ASKED, MOCK
from generation.services.enqueueing import enqueue, join_key
from generation.services.orders import NewMedia, order_media
from projects.videos.errors import StageNotReady
from projects.videos.services.ordering import PRODUCTION, SHORT, VIDEO, Place
from projects.videos.services.stage_jobs import content_of
from projects.videos.services.subtitles import found_captions
from storycore.access import Actor, require_login
from storycore.mongo.reading import Row

CARD_SECONDS = 2.5
CHAPTER_LETTERS = 60
MISSING = "Audio and images required"


def order_video(actor: Actor, row: Row, place: Place) -> ObjectId:
    """Order the video of a project from what its stages have made; returns the job's id.

    Raises StageNotReady while the narration or a picture is missing.
    """
    require_media(row)
    narration, images = row.get("narration") or {}, row["images"]
    captions = found_captions(actor, row)
    subtitles = row.get("subtitles") or {}
    parameters: dict[str, Any] = {
        "narration": _text(row.get("narration_asset")),
        "audio_url": row.get("audio_path"),
        "images": _stills(row, images, captions, narration.get("seconds")),
        "resolution": row.get("resolution") or "1080p",
        "fps": row.get("fps") or 30,
        "template": row.get("video_template_id") or "basic_fade",
        "background_music": row.get("background_music") or "none",
        "portrait": row.get("use_case") == SHORT,
        "captions": [dict(one) for one in captions],
        "burn_captions": bool(subtitles.get("burn")),
        "caption_style": subtitles.get("style"),
        "caption_position": subtitles.get("position"),
        "cards": _cards(row, captions, narration.get("seconds")),
        "content": content_of(row),
    }
    title = row.get("title") or "A video"
    return order_media(actor, NewMedia("video", title, parameters, kind=VIDEO, **place.common()))


def require_media(row: Row) -> None:
    """Raises StageNotReady while the narration or a picture of a project is missing."""
    has_sound = row.get("narration_asset") or row.get("audio_path")
    images = row.get("images") or []
    if not has_sound or not images or not all(_has_file(one) for one in images):
        raise StageNotReady(MISSING)


def enqueue_set(
    actor: Actor, kind: str, row: Row, place: Place, parameters: dict[str, Any]
) -> ObjectId:
    """Order a job that orders others. Raises Unauthenticated, QueueFull.

    A production joins the one that its project has under way, whatever that began with: what is missing when
    it comes there is made.
    """
    # What a worker orders for it later is made by the provider that this request asks for.
    asked = {"provider": MOCK} if ASKED.get() else {}
    order = {"prompt": row.get("title") or "", "parameters": parameters, **asked, **place.stored()}
    if place.joins:
        one = {"project": order["project"]} if kind == PRODUCTION else order
        order["joins"] = join_key(kind, one)
    return enqueue(require_login(actor), kind, "media", order)


def section_starts(
    sections: Sequence[Mapping[str, Any]], captions: Sequence[Mapping[str, Any]], seconds: float
) -> list[float]:
    """When each section of the script begins, in seconds: with the first sentence that is its own."""
    lengths = [len(one.get("text") or "") for one in sections]
    spoken = [len(one["text"]) for one in captions]
    whole, said = sum(lengths) or 1, sum(spoken) or 1
    starts, place = [], 0
    for length in lengths:
        goal, passed, start = place / whole, 0, seconds
        for caption, letters in zip(captions, spoken, strict=True):
            # Half a sentence of tolerance: the spoken text has other spaces than the written one.
            if (passed + letters / 2) / said >= goal:
                start = caption["start"]
                break
            passed += letters
        starts.append(round(min(start, seconds), 3))
        place += length
    return starts


def _stills(
    row: Row,
    images: Sequence[Mapping[str, Any]],
    captions: Sequence[Mapping[str, Any]],
    seconds: float | None,
) -> list[dict[str, Any]]:
    sections = row.get("sections") or []
    stills: list[dict[str, Any]] = [
        {
            "asset": _text(one.get("asset")),
            "url": one.get("url"),
            "prompt": one.get("prompt") or "",
            "title": _chapter(one.get("prompt") or ""),
        }
        for one in images
    ]
    if len(sections) != len(images) or not seconds:
        return stills
    starts = [*section_starts(sections, captions, seconds), seconds]
    starts[0] = 0.0
    for still, section, start, end in zip(stills, sections, starts, starts[1:], strict=False):
        still |= {"seconds": max(end - start, 0.0), "title": section.get("title")}
    return stills


def _chapter(prompt: str) -> str:
    """A picture's words as the title of a chapter."""
    return shorten(prompt, CHAPTER_LETTERS, placeholder="…")


def _cards(
    row: Row, captions: Sequence[Mapping[str, Any]], seconds: float | None
) -> list[dict[str, Any]]:
    """The choice that was taken, shown at the end of its scene."""
    sections = row.get("sections") or []
    if not sections or not seconds:
        return []
    ends = [*section_starts(sections, captions, seconds)[1:], seconds]
    return [
        {"text": section["choice"], "start": max(end - CARD_SECONDS, 0.0), "end": end}
        for section, end in zip(sections, ends, strict=True)
        if section.get("choice")
    ]


def _has_file(image: Mapping[str, Any]) -> bool:
    return bool(image.get("asset") or image.get("url"))


def _text(asset: ObjectId | None) -> str | None:
    return None if asset is None else str(asset)
