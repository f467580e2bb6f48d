"""Which captions has a project, and how are they shown?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from projects.videos.errors import StageNotReady
from projects.videos.services.fields import with_consequences
from projects.videos.services.projects import TRIES, editable_project, write_project
from storycore.access import Actor
from storycore.errors import Conflict, InvalidInput
from storycore.mongo.reading import Row

STYLES = ("plain", "boxed", "outlined")
POSITIONS = ("bottom", "top")


def captions_of(project: Row) -> list[dict[str, Any]]:
    """The captions with their times. Raises StageNotReady before there is a narration."""
    captions: list[dict[str, Any]] = (project.get("narration") or {}).get("captions") or []
    if not captions:
        raise StageNotReady("Generate the audio first.", field="project_id")
    return captions


def set_subtitles(actor: Actor, key: str, given: Mapping[str, Any]) -> ObjectId:
    """Say whether captions are drawn into the video (`burn`), in which style, and where.

    A video that was made otherwise is stale. Raises Unauthenticated, NotFound, Forbidden, InvalidInput.
    """
    style, position = given.get("style") or "boxed", given.get("position") or "bottom"
    burn = given.get("burn", given.get("enabled", True))
    if style not in STYLES:
        raise InvalidInput(f"This is one of {', '.join(STYLES)}.", field="style")
    if position not in POSITIONS:
        raise InvalidInput(f"This is one of {', '.join(POSITIONS)}.", field="position")
    if not isinstance(burn, bool):
        raise InvalidInput("This is true or false.", field="burn")
    for _attempt in range(TRIES):
        row = editable_project(actor, key)
        wanted = {"burn": burn, "style": style, "position": position}
        changes = with_consequences({"subtitles": wanted}, row)
        if write_project(row, changes):
            return ObjectId(row["_id"])
    raise Conflict("Others are changing this project; try again.")
