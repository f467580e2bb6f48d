"""How do scenes get what they lack? Pictures from their words, narration from their text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bson import ObjectId

from generation.documents import COMPLETED, PROMPT_MAX
from generation.providers.base import Task
from generation.queries.jobs import open_scene_jobs
from generation.services.orders import NewMedia, order_media
from scenarios.ports import MediaRequest
from scenarios.queries.media import scenes_for_media
from scenarios.services.asset_attaching import SceneMedia
from storycore.access import Actor
from storycore.accounts.queries import actor_by_id
from storycore.errors import InvalidInput, StoryCoreError
from storycore.mongo.reading import Row

TASKS_OF_FIELDS: dict[str, Task] = {"image": "image", "sound": "speech", "music": "music"}
SCENES_MAX = 200
_IMAGE_WORDS = 600


class SceneMediaOrders:
    """The scenarios app's port for media: what `autoGenerate...` asks for."""

    def request_media(
        self, actor: Actor, scene: ObjectId, fields: Collection[str]
    ) -> list[MediaRequest]:
        """Order what the fields of a new scene need; what cannot be ordered is told, never raised."""
        rows = scenes_for_media(actor, scenes=[scene])
        return [request for row in rows for request in _requested(actor, row, fields, {})]


class SceneJobOwner:
    """Finished jobs put what they made into the scene that they were ordered for."""

    def job_ended(self, job: Row) -> None:
        """Fill the place of the scene. Raises NotFound, Forbidden when it is no longer there or theirs."""
        if job["status"] != COMPLETED or job.get("scene") is None or job.get("asset") is None:
            return
        SceneMedia().attach(
            actor_by_id(job["owner"]), job["scene"], job["media_field"], job["asset"]
        )


def generate_scene_media(
    actor: Actor,
    *,
    scene: ObjectId | None = None,
    scenario: ObjectId | None = None,
    fields: Collection[str] = ("image", "sound"),
    only_missing: bool = True,
) -> list[MediaRequest]:
    """Order pictures, narration or music for one scene or for every scene of a scenario that lacks them.

    What is being made already is answered with its job and not ordered again. Raises NotFound, InvalidInput
    when neither or both are named, for an unknown field, and for more than SCENES_MAX scenes at once.
    """
    if (scene is None) == (scenario is None):
        raise InvalidInput("Name a scene or a scenario, not both.", field="scene")
    if not set(fields) <= set(TASKS_OF_FIELDS):
        raise InvalidInput(f"These are of {', '.join(TASKS_OF_FIELDS)}.", field="fields")
    rows = scenes_for_media(
        actor, scenes=None if scene is None else [scene], scenario=scenario, limit=SCENES_MAX + 1
    )
    wanted = [(row, _lacking(row, fields) if only_missing else list(fields)) for row in rows]
    wanted = [(row, lacking) for row, lacking in wanted if lacking]
    if len(wanted) > SCENES_MAX:
        raise InvalidInput(f"At most {SCENES_MAX} scenes at once.", field="scenario")
    under_way = open_scene_jobs([row["_id"] for row, _lacking in wanted]) if only_missing else {}
    return [
        request for row, lacking in wanted for request in _requested(actor, row, lacking, under_way)
    ]


def _lacking(row: Row, fields: Iterable[str]) -> list[str]:
    return [field for field in fields if row.get(field) is None]


def _requested(
    actor: Actor,
    row: Row,
    fields: Iterable[str],
    under_way: Mapping[tuple[ObjectId, str], ObjectId],
) -> list[MediaRequest]:
    requests = []
    for field in dict.fromkeys(fields):
        known = under_way.get((row["_id"], field))
        if known is not None:
            requests.append(MediaRequest(field, known, "It is being made already."))
            continue
        try:
            job = order_media(actor, _order(row, field))
        except StoryCoreError as problem:
            requests.append(MediaRequest(field, None, problem.message, problem.code))
        else:
            requests.append(MediaRequest(field, job, "Ordered."))
    return requests


def _order(row: Row, field: str) -> NewMedia:
    text = " ".join((row.get("text") or "").split())
    prompts = {
        "image": f"{row['title']}. {text}"[:_IMAGE_WORDS],
        "sound": text[:PROMPT_MAX] or row["title"],
        "music": f"Background music for: {row['title']}. {text}"[:_IMAGE_WORDS],
    }
    parameters: dict[str, Any] = {}
    return NewMedia(
        task=TASKS_OF_FIELDS[field],
        prompt=prompts[field],
        parameters=parameters,
        scene=row["_id"],
        media_field=field,
        scenario=row["scenario"],
    )
