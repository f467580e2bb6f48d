"""How is it noted that somebody has a story open, and that they are gone?"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import DeleteMany, UpdateOne

from scenarios.documents import Presence
from storycore.access import Actor
from storycore.mongo.documents import now, valid_new
from storycore.mongo.writing import insert, stored

Body = dict[str, Any]


def arrive(actor: Actor, scenario: ObjectId, *, lasting: timedelta) -> Body:
    """Note that the actor has the story open for as long as nothing else is said, at most `lasting`.

    Returns the record, which `stay` and `leave` take.
    """
    presence = {
        "key": f"{scenario}.{uuid.uuid4().hex}",
        "scenario": scenario,
        "user": actor.user_id,
        "expires_at": now() + lasting,
    }
    body = valid_new(Presence, presence)
    insert(Presence, body)
    return body


def stay(records: Collection[Mapping[str, Any]], *, lasting: timedelta) -> None:
    """Let these count on; one that has run out meanwhile, because its process stood still, comes back."""
    moment = now()
    operations: list[UpdateOne | DeleteMany] = [
        UpdateOne(
            {"_id": record["_id"]},
            {
                "$set": {"expires_at": moment + lasting, "updated_at": moment},
                "$setOnInsert": {
                    name: value
                    for name, value in record.items()
                    if name not in {"_id", "expires_at", "updated_at"}
                },
            },
            upsert=True,
        )
        for record in records
    ]
    # MongoDB itself removes what has run out once a minute; nobody should be seen for so long who is gone.
    operations.append(DeleteMany({"expires_at": {"$lt": moment}}))
    stored(Presence).bulk_write(operations, ordered=False)


def leave(record: Mapping[str, Any]) -> None:
    """Note that they are gone; somebody who has left already is no error."""
    stored(Presence).delete_one({"_id": record["_id"]})
