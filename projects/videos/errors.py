"""Which facts of video projects can go wrong, and under which stable code does a client see each?"""

from __future__ import annotations

from storycore.errors import Conflict, InvalidInput, StoryCoreError


class ProjectExists(Conflict):
    """You have a project with this id already."""

    code = "PROJECT_EXISTS"


class StageNotReady(InvalidInput):
    """What the stage needs has not been made yet."""

    code = "STAGE_NOT_READY"
    status = 400


class StageFailed(StoryCoreError):
    """A part of the work of a stage failed; what worked is kept."""

    code = "STAGE_FAILED"
    status = 502
