"""What does each stage ask for? A project's words as the orders of jobs: script, narration, picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from generation.services.orders import NewMedia
from projects.videos.choices import SCRIPT_MAX
from projects.videos.errors import StageNotReady
from storycore.mongo.reading import Row

SCRIPT, NARRATION, PICTURE, PICTURES, VIDEO, PRODUCTION = (
    "script", "narration", "picture", "pictures", "video", "production",
)  # fmt: skip
"""The kinds of jobs that stages are."""

KINDS = frozenset({SCRIPT, NARRATION, PICTURE, PICTURES, VIDEO, PRODUCTION, "text"})
"""Those and a text that belongs to no project: a description."""

LANGUAGE_NAMES = {
    "en": "English", "fr": "French", "es": "Spanish", "de": "German", "it": "Italian", "pt": "Portuguese",
}  # fmt: skip
PICTURE_SIZE, UPRIGHT_SIZE = (1280, 720), (720, 1280)
SHORT = "youtube_short"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order belongs: the project's document, the job that waits, the name that orders once."""

    project: ObjectId | None = None
    parent: ObjectId | None = None
    key: str | None = None
    is_public: bool = False

    def common(self) -> dict[str, Any]:
        """The fields of a NewMedia that say so."""
        return {**self.stored(), "joins": self.joins}

    def stored(self) -> dict[str, Any]:
        """The same under the names of a job."""
        return {
            "project": None if self.project is None else str(self.project),
            "parent": self.parent,
            "idempotency_key": self.key,
            "is_public": self.is_public,
        }

    @property
    def joins(self) -> bool:
        """Whether the same order that is not done yet is this order: asked again by people, it is."""
        return self.parent is None and self.key is None


def script_order(row: Row, place: Place) -> NewMedia:
    """The script of a project. Raises StageNotReady without a title and a description."""
    title, description = row.get("title") or "", row.get("description") or ""
    if not (title.strip() or description.strip()):
        raise StageNotReady("Give a title or a description first.", field="title")
    language, style = row.get("language") or "en", row.get("script_style")
    purpose = row.get("use_case") or "storytelling"
    prompt = (
        f"Write the narration of a {purpose.replace('_', ' ')} video in {LANGUAGE_NAMES[language]}"
        f"{f', in a {style} tone' if style else ''}. Title: {title}. {description}\n"
        "Answer with the words that are spoken and nothing else: no headings, no stage directions."
    )
    parameters = {
        "title": title,
        "description": description,
        "use_case": purpose,
        "language": language,
        "style": style,
    }
    return NewMedia("text", prompt, parameters, kind=SCRIPT, **place.common())


def narration_order(row: Row, place: Place) -> NewMedia:
    """The narration of a project's script. Raises StageNotReady without a script."""
    text = (row.get("script_text") or "").strip()
    if not text:
        raise StageNotReady("Write or generate the script first.", field="script_text")
    parameters = {
        "voice": row.get("voice_id") or "alloy",
        "language": row.get("language") or "en",
        "speed": row.get("audio_speed") or 1.0,
        "pitch": row.get("audio_pitch") or 1.0,
    }
    return NewMedia("speech", text[:SCRIPT_MAX], parameters, kind=NARRATION, **place.common())


def picture_order(row: Mapping[str, Any], image: Mapping[str, Any], place: Place) -> NewMedia:
    """One picture of a project, wide or upright as its video is. Raises StageNotReady without a prompt."""
    prompt = (image.get("prompt") or "").strip()
    if not prompt:
        raise StageNotReady("This picture has no prompt.", field="images")
    width, height = UPRIGHT_SIZE if row.get("use_case") == SHORT else PICTURE_SIZE
    parameters = {
        "width": width,
        "height": height,
        "style": row.get("image_style"),
        "image": image["id"],
    }
    return NewMedia("image", prompt, parameters, kind=PICTURE, **place.common())


def needs_picture(image: Mapping[str, Any]) -> bool:
    """Whether a picture is asked for and not there."""
    return not (image.get("asset") or image.get("url")) and bool(
        (image.get("prompt") or "").strip()
    )
