"""May this actor see or change this job? The only way to one."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from generation.documents import Job
from storycore.access import Actor, require_login, require_owner
from storycore.errors import NotFound
from storycore.mongo.reading import Row, find_one


def own_job(actor: Actor, job: ObjectId) -> Row:
    """A job of the actor's own (any job for an admin).

    Raises Unauthenticated, and NotFound alike for what is absent and for what is somebody else's: only its
    owner knows that a job exists.
    """
    require_login(actor)
    where: dict[str, Any] = {"_id": job}
    if not actor.is_admin:
        where["owner"] = actor.user_id
    row = find_one(Job, where, None)
    if row is None:
        raise NotFound("There is no such job.", field="id")
    require_owner(actor, row["owner"], thing="job")
    return row
