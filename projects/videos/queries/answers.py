"""How does a project look to its REST clients? Its fields, with links to what was made for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from projects.videos.queries.links import LINKS, add_links, link_of, picture_link
from storycore.access import Actor
from storycore.mongo.reading import Row

_FIELDS = (
    "title", "description", "language", "use_case", "status", "script_text", "script_style", "voice_id",
    "audio_speed", "audio_pitch", "image_style", "resolution", "fps", "video_template_id",
    "background_music",
)  # fmt: skip

Answer = dict[str, Any]


def project_answers(actor: Actor, rows: Sequence[Row]) -> list[Answer]:
    """The projects as JSON, with links that work now. One command for all files of all of them."""
    add_links(actor, [row for row in rows if LINKS not in row], None)
    return [_answer(row) for row in rows]


def project_answer(actor: Actor, row: Row) -> Answer:
    """One project as JSON."""
    return project_answers(actor, [row])[0]


def image_answers(row: Row) -> list[Answer]:
    """Pictures as clients know them: prompt and url, which is null until there is one."""
    return [
        {"prompt": one.get("prompt") or "", "url": picture_link(row, one)}
        for one in row.get("images") or ()
    ]


def text_of(moment: datetime | None) -> str | None:
    """A moment as JavaScript's toISOString writes it."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _answer(row: Row) -> Answer:
    video = row.get("video") or {}
    audio = link_of(row, "narration_asset", "audio_path")
    made, changed = text_of(row.get("created_at")), text_of(row.get("updated_at"))
    return {
        **(row.get("extra") or {}),
        "id": row["key"],
        **{name: row.get(name) for name in _FIELDS},
        "images": image_answers(row),
        "video_inspirations": row.get("video_inspirations") or [],
        "audio_path": audio,
        "audio_url": audio,
        "video_url": link_of(row, "video_asset", "video_url"),
        "thumbnail": link_of(row, "thumbnail_asset", "thumbnail"),
        "duration": video.get("seconds") or row.get("duration"),
        "subtitles": row.get("subtitles") or (row.get("extra") or {}).get("subtitles"),
        "stale": row.get("stale") or [],
        "created_at": made,
        "updated_at": changed,
        "createdAt": made,
        "updatedAt": changed,
    }
