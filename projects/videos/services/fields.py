"""What may a client write into a project? Each known field by its rule, everything else as it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from assets.queries.by_address import assets_by_address
from projects.videos.choices import (
    DRAFT,
    IMAGES_MAX,
    SUBTITLE_POSITIONS,
    SUBTITLE_STYLES,
    URL_MAX,
)
from projects.videos.documents import VideoProject
from storycore.access import Actor
from storycore.errors import InvalidInput
from storycore.mongo.documents import valid_changes
from storycore.mongo.fields import check_json
from storycore.mongo.reading import Row

PLAIN = (
    "title", "description", "language", "use_case", "status", "script_text", "script_style", "voice_id",
    "audio_speed", "audio_pitch", "image_style", "resolution", "fps", "video_template_id",
    "background_music", "video_inspirations",
)  # fmt: skip
"""Fields that are stored as they come."""

# Answered with every project, and known by these names when they come back.
_OWN = frozenset({"id", "created_at", "updated_at", "createdAt", "updatedAt", "stale", "subtitles"})
_MEDIA = frozenset({"audio_path", "audio_url", "images", "video_url", "thumbnail", "duration"})
_SPOKEN = frozenset({"script_text", "voice_id", "audio_speed", "audio_pitch", "language"})
_SEEN = frozenset(
    {
        "images",
        "resolution",
        "fps",
        "video_template_id",
        "background_music",
        "use_case",
        "subtitles",
    }
)
PROMPT_MAX = 2_000


def checked_fields(actor: Actor, body: Mapping[str, Any], before: Row) -> dict[str, Any]:
    """The body as a change of the project `before` ({} for a new one), under stored names.

    Raises InvalidInput naming the field.
    """
    plain = {name: _plain(name, body[name]) for name in PLAIN if name in body}
    changes = valid_changes(VideoProject, plain)
    changes |= _media(actor, body, before)
    if is_subtitles(body.get("subtitles")):
        changes["subtitles"] = dict(body["subtitles"])
    extra = {name: value for name, value in body.items() if name not in {*PLAIN, *_OWN, *_MEDIA}}
    if body.get("subtitles") is not None and "subtitles" not in changes:
        # Another client's word for something of its own.
        extra["subtitles"] = body["subtitles"]
    if extra:
        for name, value in extra.items():
            _require_name(name)
            _require_json(name, value)
        kept = {**(before.get("extra") or {}), **extra}
        changes |= valid_changes(VideoProject, {"extra": kept})
    return changes


def is_subtitles(value: Any) -> bool:
    """Whether this is how captions are shown, as `subtitle_settings` says it."""
    return (
        isinstance(value, dict)
        and set(value) == {"burn", "style", "position"}
        and isinstance(value["burn"], bool)
        and value["style"] in SUBTITLE_STYLES
        and value["position"] in SUBTITLE_POSITIONS
    )


def with_consequences(changes: Mapping[str, Any], before: Row) -> dict[str, Any]:
    """The change and what follows from it: what was made of other words is stale, the search knows the new."""
    after: Row = {**before, **changes}
    changed = {name for name in changes if changes[name] != before.get(name)}
    stale = set(after.get("stale") or ())
    if changed & _SPOKEN and before.get("narration_asset"):
        stale.add("narration")
    if changed & (_SPOKEN | _SEEN) and before.get("video_asset"):
        stale.add("video")
    if after.get("narration_asset") is None:
        stale.discard("narration")
    if after.get("video_asset") is None:
        stale.discard("video")
    return {**changes, "stale": sorted(stale), "search_text": search_text_of(after)}


def search_text_of(row: Row) -> str:
    """Every word that a search may find, in lower case, a value on each line."""
    values: list[Any] = [row.get("key"), *(row.get(name) for name in PLAIN)]
    values += [image.get("prompt") for image in row.get("images") or ()]
    return "\n".join(_leaves([*values, row.get("extra")])).lower()


def moment_in(body: Mapping[str, Any]) -> datetime | None:
    """When a project was made, as a client that moves here from another server says."""
    for name in ("created_at", "createdAt"):
        text = body.get(name)
        if isinstance(text, str):
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                continue
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC)
    return None


def images_from(
    actor: Actor, value: Any, before: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Pictures as stored: a link to a file of ours becomes its asset, so that it never grows stale.

    Raises InvalidInput naming the picture.
    """
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > IMAGES_MAX:
        raise InvalidInput(f"A list of at most {IMAGES_MAX} pictures is expected.", field="images")
    entries = [_entry(one, f"images.{index}") for index, one in enumerate(value)]
    known = assets_by_address(actor, [url for _prompt, url in entries if url])
    return [
        {
            # A job that makes a picture knows it by this, wherever it moves meanwhile.
            "id": before[index]["id"] if index < len(before) else str(ObjectId()),
            "prompt": prompt,
            "asset": known.get(url) if url else None,
            "url": None if url in known else url,
            "error": None,
        }
        for index, (prompt, url) in enumerate(entries)
    ]


def _plain(name: str, value: Any) -> Any:
    if name == "status" and value is None:
        return DRAFT
    if name == "video_inspirations":
        return [] if value is None else value
    if name == "fps" and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or (
        name in ("audio_speed", "audio_pitch") and isinstance(value, str)
    ):
        raise InvalidInput("This value has the wrong type.", field=name)
    return value


def _media(actor: Actor, body: Mapping[str, Any], before: Row) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if "images" in body:
        changes["images"] = images_from(actor, body["images"], before.get("images") or [])
    if "audio_path" in body or "audio_url" in body:
        changes |= _narration(actor, body, before)
    if "video_url" in body:
        changes |= _video(actor, body, before)
    return changes


def _narration(actor: Actor, body: Mapping[str, Any], before: Row) -> dict[str, Any]:
    """A narration that came back as it was answered stays ours; another one is somebody else's file."""
    addresses = [_address(body, name) for name in ("audio_path", "audio_url") if name in body]
    known = assets_by_address(actor, [one for one in addresses if one])
    made = before.get("narration_asset")
    strange = [one for one in addresses if one and (made is None or known.get(one) != made)]
    if not strange and any(addresses):
        return {}
    address = strange[0] if strange else None
    if address is not None and address in known:
        return {"narration_asset": known[address], "narration": None, "audio_path": None}
    if address is not None and address == before.get("audio_path"):
        return {}
    return {"narration_asset": None, "narration": None, "audio_path": address}


def _video(actor: Actor, body: Mapping[str, Any], before: Row) -> dict[str, Any]:
    address = _address(body, "video_url")
    made = before.get("video_asset")
    if address and made and assets_by_address(actor, [address]).get(address) == made:
        return {}
    other = {name: body[name] for name in ("thumbnail", "duration") if name in body}
    gone = dict.fromkeys(("video_asset", "thumbnail_asset", "video"))
    return {**gone, "video_url": address, **valid_changes(VideoProject, other)}


def _address(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > URL_MAX:
        raise InvalidInput(f"An address of at most {URL_MAX} characters is expected.", field=name)
    return value


def _entry(value: Any, field: str) -> tuple[str, str | None]:
    if not isinstance(value, dict):
        raise InvalidInput("A picture is an object with prompt and url.", field=field)
    prompt, url = value.get("prompt") or "", value.get("url") or None
    if not isinstance(prompt, str) or len(prompt) > PROMPT_MAX:
        raise InvalidInput(
            f"A prompt of at most {PROMPT_MAX} characters is expected.", field=f"{field}.prompt"
        )
    if url is not None and (not isinstance(url, str) or len(url) > URL_MAX):
        raise InvalidInput(
            f"An address of at most {URL_MAX} characters is expected.", field=f"{field}.url"
        )
    return prompt, url


def _require_name(name: str) -> None:
    if not name or name.startswith("$") or "." in name or "\0" in name or len(name) > 100:
        raise InvalidInput(
            "Names of fields have no dots, no NUL and no leading dollar sign.", field=name[:100]
        )


def _require_json(name: str, value: Any) -> None:
    try:
        check_json(value, depth=9, values=1_500)
    except InvalidInput as problem:
        raise InvalidInput(problem.message, field=name) from problem


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
