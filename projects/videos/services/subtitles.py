"""Which captions has a project, and how are they shown?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from assets.queries.assets import assets_by_id
from assets.queries.by_address import assets_by_address
from generation.engines.captions import captions_by_length
from generation.queries.jobs import job_of_asset
from projects.videos.choices import SUBTITLE_POSITIONS, SUBTITLE_STYLES
from projects.videos.errors import StageNotReady
from projects.videos.services.fields import with_consequences
from projects.videos.services.ordering import NARRATION
from projects.videos.services.projects import TRIES, editable_project, write_project
from storycore.access import Actor
from storycore.errors import Conflict, InvalidInput
from storycore.mongo.reading import Row

Captions = list[dict[str, Any]]


def captions_of(actor: Actor, project: Row) -> Captions:
    """The captions of a project with their times. Raises StageNotReady before there is a narration."""
    captions = found_captions(actor, project)
    if not captions:
        raise StageNotReady("Generate the audio first.", field="project_id")
    return captions


def captions_of_sound(actor: Actor, address: str | None) -> Captions:
    """The captions of a narration that is known by its link only. Raises StageNotReady when none is known."""
    asset = assets_by_address(actor, [address]).get(address) if address else None
    captions = [] if asset is None else _spoken(actor, asset, "")
    if not captions:
        raise StageNotReady("There is no narration of yours at this address.", field="audio_path")
    return captions


def found_captions(actor: Actor, project: Row) -> Captions:
    """The captions of a project; none before there is a narration, and for one that lies elsewhere."""
    captions: Captions = (project.get("narration") or {}).get("captions") or []
    asset = project.get("narration_asset")
    if captions or asset is None:
        return captions
    # A narration that was chosen here: its own job knows its sentences, else they are shared out by length.
    return _spoken(actor, asset, project.get("script_text") or "")


def _spoken(actor: Actor, asset: ObjectId, script: str) -> Captions:
    job = job_of_asset(actor, asset, NARRATION, ("prompt", "result")) or {}
    told: Captions = (job.get("result") or {}).get("sentences") or []
    if told:
        return told
    row = assets_by_id.find(actor, asset, ("metadata.duration",)) or {}
    seconds = (row.get("metadata") or {}).get("duration") or 0.0
    words = job.get("prompt") or script
    return captions_by_length(words, float(seconds)) if words.strip() and seconds else []


def set_subtitles(actor: Actor, key: str, given: Mapping[str, Any]) -> ObjectId:
    """Say whether captions are drawn into the video (`burn`), in which style, and where.

    A video that was made otherwise is stale. Raises Unauthenticated, NotFound, Forbidden, InvalidInput.
    """
    wanted = subtitle_settings(given)
    for _attempt in range(TRIES):
        row = editable_project(actor, key)
        changes = with_consequences({"subtitles": wanted}, row)
        if write_project(row, changes):
            return ObjectId(row["_id"])
    raise Conflict("Others are changing this project; try again.")


def subtitle_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """How captions are shown, with the usual for what is not said. Raises InvalidInput naming the field."""
    style, position = given.get("style") or "boxed", given.get("position") or "bottom"
    burn = given.get("burn", given.get("enabled", True))
    if style not in SUBTITLE_STYLES:
        raise InvalidInput(f"This is one of {', '.join(SUBTITLE_STYLES)}.", field="style")
    if position not in SUBTITLE_POSITIONS:
        raise InvalidInput(f"This is one of {', '.join(SUBTITLE_POSITIONS)}.", field="position")
    if not isinstance(burn, bool):
        raise InvalidInput("This is true or false.", field="burn")
    return {"burn": burn, "style": style, "position": position}
