"""How are projects made, changed and removed? The same for every door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from projects.videos.documents import VideoProject
from projects.videos.errors import ProjectExists
from projects.videos.queries.projects import find_project
from projects.videos.services.fields import checked_fields, moment_in, with_consequences
from storycore.access import Actor, require_login, require_owner
from storycore.errors import Conflict, InvalidInput, NotFound
from storycore.mongo.documents import now, valid_new
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import insert, stored

TRIES = 5


def create_project(actor: Actor, body: Mapping[str, Any]) -> ObjectId:
    """Make a project of the body's fields; returns the document's id.

    `id` names it for REST clients; without one it is known by the document's own. Raises Unauthenticated,
    InvalidInput naming the field, ProjectExists.
    """
    owner = require_login(actor)
    number = ObjectId()
    key = _key(body.get("id"), number)
    changes = checked_fields(actor, body, {})
    fields = with_consequences(changes, {"key": key, "status": "draft", "images": []})
    made = moment_in(body)
    moments = {} if made is None else {"created_at": made}
    # valid_new checks what has a rule beyond the single field.
    whole = valid_new(VideoProject, {"id": number, "key": key, "owner": owner, **moments, **fields})
    try:
        insert(VideoProject, whole)
    except Conflict as problem:
        raise ProjectExists("There is a project with this id already.", field="id") from problem
    return number


def update_project(
    actor: Actor, key: str, body: Mapping[str, Any], *, only_news: bool = False
) -> ObjectId:
    """Write the fields that the body names and leave the others; returns the document's id.

    With `only_news` nothing is written when the project has these values already.
    Id and dates of the body are left alone: they are the server's. Raises Unauthenticated, NotFound,
    Forbidden, InvalidInput naming the field.
    """
    for _attempt in range(TRIES):
        row = editable_project(actor, key)
        fields = checked_fields(actor, body, row)
        if only_news and all(row.get(name) == value for name, value in fields.items()):
            return ObjectId(row["_id"])
        changes = with_consequences(fields, row)
        if write_project(row, changes):
            return ObjectId(row["_id"])
    raise Conflict("Others are changing this project; try again.")


def delete_project(actor: Actor, key: str) -> ObjectId:
    """Remove a project; what was made for it stays in its owner's library. Returns the document's id.

    Raises Unauthenticated, NotFound, Forbidden.
    """
    row = editable_project(actor, key)
    if stored(VideoProject).delete_one({"_id": row["_id"]}).deleted_count == 0:
        raise NotFound("There is no such project.", field="id")
    return ObjectId(row["_id"])


def editable_project(actor: Actor, key: str) -> Row:
    """The whole project, when the actor may change it. Raises Unauthenticated, NotFound, Forbidden."""
    row = find_project(actor, key)
    require_owner(actor, row["owner"], thing="project")
    return row


def write_project(row: Row, changes: Mapping[str, Any]) -> bool:
    """Write to a project as it was read; false when somebody else wrote meanwhile."""
    answer = stored(VideoProject).update_one(
        {"_id": row["_id"], "revision": row["revision"]},
        {"$set": {**changes, "updated_at": now()}, "$inc": {"revision": 1}},
    )
    return answer.matched_count == 1


def project_by_number(number: ObjectId) -> Row | None:
    """The whole project for a job that was ordered for it, whoever's it is; None when it is gone."""
    return find_one(VideoProject, {"_id": number}, None)


def _key(asked: Any, number: ObjectId) -> str:
    if asked is None or asked == "":
        return str(number)
    if isinstance(asked, bool) or not isinstance(asked, str | int):
        raise InvalidInput("An id is a text or a whole number.", field="id")
    key = str(asked)
    if key == "temp" or len(key) > 100 or "/" in key or not key.isprintable():
        raise InvalidInput(
            "An id has at most 100 characters and no slash, and is not `temp`.", field="id"
        )
    return key
