"""How does a project look to its REST clients? Its fields, with links to what was made for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from assets.queries.addresses import full_asset_url
from assets.queries.assets import assets_by_id
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
    urls = media_urls(actor, (asset for row in rows for asset in assets_of(row)))
    return [_answer(row, urls) for row in rows]


def project_answer(actor: Actor, row: Row) -> Answer:
    """One project as JSON."""
    return project_answers(actor, [row])[0]


def media_urls(actor: Actor, assets: Iterable[ObjectId]) -> dict[ObjectId, str | None]:
    """The links of assets that the actor may see. One command, none for no assets."""
    rows = assets_by_id(actor, list(dict.fromkeys(assets)), ("file", "is_public"))
    return {key: full_asset_url(row) for key, row in rows.items()}


def assets_of(row: Row) -> Iterable[ObjectId]:
    """Every asset that a project names."""
    for image in row.get("images") or ():
        if image.get("asset"):
            yield image["asset"]
    for name in ("narration_asset", "video_asset", "thumbnail_asset"):
        if row.get(name):
            yield row[name]


def image_answers(
    images: Iterable[Mapping[str, Any]], urls: Mapping[ObjectId, str | None]
) -> list[Answer]:
    """Pictures as clients know them: prompt and url, which is null until there is one."""
    return [
        {
            "prompt": one.get("prompt") or "",
            "url": urls.get(one["asset"]) if one.get("asset") else one.get("url"),
        }
        for one in images
    ]


def text_of(moment: datetime | None) -> str | None:
    """A moment as JavaScript's toISOString writes it."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _answer(row: Row, urls: Mapping[ObjectId, str | None]) -> Answer:
    video = row.get("video") or {}
    audio = _link(row, "narration_asset", urls) or row.get("audio_path")
    made, changed = text_of(row.get("created_at")), text_of(row.get("updated_at"))
    return {
        **(row.get("extra") or {}),
        "id": row["key"],
        **{name: row.get(name) for name in _FIELDS},
        "images": image_answers(row.get("images") or (), urls),
        "video_inspirations": row.get("video_inspirations") or [],
        "audio_path": audio,
        "audio_url": audio,
        "video_url": _link(row, "video_asset", urls) or row.get("video_url"),
        "thumbnail": _link(row, "thumbnail_asset", urls) or row.get("thumbnail"),
        "duration": video.get("seconds") or row.get("duration"),
        "subtitles": row.get("subtitles") or (row.get("extra") or {}).get("subtitles"),
        "stale": row.get("stale") or [],
        "created_at": made,
        "updated_at": changed,
        "createdAt": made,
        "updatedAt": changed,
    }


def _link(row: Row, name: str, urls: Mapping[ObjectId, str | None]) -> str | None:
    asset = row.get(name)
    return None if asset is None else urls.get(asset)
