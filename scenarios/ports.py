"""Who makes pictures and sounds for a scene? A higher app says so through this port."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from bson import ObjectId

from storycore.access import Actor


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """What became of one wish: a job that will fill the field of the scene, or why there is none."""

    field: str
    job: ObjectId | None
    message: str
    code: str | None = None


class MediaRequester(Protocol):
    """An app that makes media."""

    def request_media(
        self, actor: Actor, scene: ObjectId, fields: Collection[str]
    ) -> list[MediaRequest]:
        """Order what the fields (image, sound, music) of a scene need, from its own words.

        Never raises: a scene that was made stays, whatever becomes of its media.
        """


REQUESTERS: list[MediaRequester] = []
"""One, when an app that makes media is installed."""


def register_requester(requester: MediaRequester) -> None:
    """Name the app that makes media; the last one named counts."""
    REQUESTERS[:] = [requester]
