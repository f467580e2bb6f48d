"""Where are bytes that were paid for, until they are an asset? In MongoDB, where no crash loses them.

A store that is down then costs another try of the store step, never another call to the provider.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, cast

from bson import ObjectId
from gridfs import GridFSBucket
from gridfs.errors import NoFile

from storycore.mongo.connection import database

BUCKET = "staged"


def stage(job: ObjectId, body: bytes) -> ObjectId:
    """Keep the bytes of a job's answer; returns the id under which they lie."""
    key = ObjectId()
    _bucket().upload_from_stream_with_id(key, str(job), body, metadata={"job": job})
    return key


def staged(key: ObjectId) -> BinaryIO | None:
    """The kept bytes as a file; None when they are gone."""
    try:
        return cast("BinaryIO", _bucket().open_download_stream(key))
    except NoFile:
        return None


def forget_staged(key: ObjectId | None) -> None:
    """Remove kept bytes; nothing happens when there are none."""
    if key is None:
        return
    with suppress(NoFile):
        _bucket().delete(key)


def staged_before(moment: datetime) -> set[ObjectId]:
    """What was kept before a moment: candidates for a sweep."""
    files = database()[f"{BUCKET}.files"].find({"uploadDate": {"$lt": moment}}, {"_id": 1})
    return {row["_id"] for row in files}


def _bucket() -> GridFSBucket:
    return GridFSBucket(database(), BUCKET)
