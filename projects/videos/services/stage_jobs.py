"""What does a finished stage change in its project? Written in the transaction that ends its job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pymongo.client_session import ClientSession

from generation.engines.captions import captions_by_length
from generation.ports import Done, JobKind, Later, Work
from projects.videos.choices import AUDIO_GENERATED, PICTURED, RENDERED, SCRIPT_MAX, SCRIPTED
from projects.videos.documents import VideoProject
from projects.videos.services.fields import search_text_of
from projects.videos.services.ordering import PICTURE
from storycore.ids import find_id
from storycore.mongo.documents import now
from storycore.mongo.reading import Row
from storycore.mongo.writing import stored


class StageJobs:
    """A kind of work whose result belongs to a project: the work itself, and `write`, which puts it there.

    `write(row, job, done)` answers the update of the project, a MongoDB `$set`. A project that was deleted
    meanwhile gets nothing; what was made stays in its owner's library.
    """

    def __init__(self, inner: JobKind, write: Any) -> None:
        self.inner = inner
        self.write = write
        self.queue = inner.queue

    def advance(self, work: Work) -> Done | Later:
        """Do the work; its end and the project's change are one transaction."""
        outcome = self.inner.advance(work)
        if isinstance(outcome, Later):
            return outcome
        done, job = outcome, work.job

        def commit(session: ClientSession) -> None:
            if done.commit is not None:
                done.commit(session)
            _write(job, done, self.write, session)

        return replace(done, commit=commit)


def _write(job: Row, done: Done, write: Any, session: ClientSession) -> None:
    number = find_id(job.get("project"))
    row = stored(VideoProject).find_one({"_id": number}, session=session) if number else None
    if row is None:
        return
    changes = write(row, job, done)
    if changes:
        stored(VideoProject).update_one(
            {"_id": row["_id"]},
            {"$set": {**changes, "updated_at": now()}, "$inc": {"revision": 1}},
            session=session,
        )


def write_script(row: Row, _job: Row, done: Done) -> dict[str, Any]:
    """The words; what was made of other words is stale."""
    text = str(done.changes["result"]["text"]).strip()[:SCRIPT_MAX]
    after = {**row, "script_text": text}
    return {
        "script_text": text,
        "status": SCRIPTED,
        "stale": _stale(row, "narration", "video"),
        "search_text": search_text_of(after),
    }


def write_narration(row: Row, job: Row, done: Done) -> dict[str, Any]:
    """The sound, its length, and when each sentence is said."""
    result = done.changes.get("result") or {}
    seconds = float(done.facts.get("duration") or 0.0)
    captions = result.get("sentences") or captions_by_length(job["prompt"], seconds)
    stale = [one for one in _stale(row, "video") if one != "narration"]
    return {
        "narration_asset": done.changes["asset"],
        "narration": {
            "seconds": seconds,
            "captions": captions,
            "script": job["prompt"],
        },
        "audio_path": None,
        "status": AUDIO_GENERATED,
        # Words that were changed while these were spoken.
        "stale": stale if job["prompt"] == (row.get("script_text") or "").strip() else [*stale, "narration"],
    }  # fmt: skip


def write_picture(row: Row, job: Row, done: Done) -> dict[str, Any]:
    """The picture in its place, wherever that has moved to; a picture that was removed gets nothing."""
    images = _with(row, job, {"asset": done.changes["asset"], "url": None, "error": None})
    if images is None:
        return {}
    changes: dict[str, Any] = {"images": images, "stale": _stale(row, "video")}
    if all(one.get("asset") or one.get("url") for one in images):
        changes["status"] = PICTURED
    return changes


def write_video(row: Row, job: Row, done: Done) -> dict[str, Any]:
    """The video, its preview and its length."""
    video = {
        "seconds": done.facts.get("duration"),
        "resolution": (job.get("parameters") or {}).get("resolution"),
    }
    stale = {one for one in row.get("stale") or () if one != "video"}
    # What was changed while it was rendered is not in it.
    if content_of(row) != (job.get("parameters") or {}).get("content"):
        stale.add("video")
    return {
        "video_asset": done.changes["asset"],
        "thumbnail_asset": find_id((done.changes.get("result") or {}).get("thumbnail")),
        "video": video,
        "video_url": None,
        "thumbnail": None,
        "duration": None,
        "status": RENDERED,
        "stale": sorted(stale),
    }


def content_of(row: Row) -> dict[str, Any]:
    """What a video shows and says, to see whether it was changed meanwhile."""
    return {
        "narration": str(row.get("narration_asset")),
        "images": [str(one.get("asset")) for one in row.get("images") or ()],
    }


class PictureFailures:
    """Says in the project which picture failed and why, so that it can be made again alone."""

    def job_ended(self, job: Row) -> None:
        """Repeatable: the same failure is written again."""
        number = find_id(job.get("project"))
        if job["kind"] != PICTURE or job["status"] != "failed" or number is None:
            return
        image = (job.get("parameters") or {}).get("image")
        stored(VideoProject).update_one(
            {"_id": number, "images": {"$elemMatch": {"id": image, "asset": None}}},
            {
                "$set": {"images.$.error": job.get("error_message"), "updated_at": now()},
                "$inc": {"revision": 1},
            },
        )


def _with(row: Row, job: Row, changes: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    wanted = (job.get("parameters") or {}).get("image")
    images = row.get("images") or []
    if all(one["id"] != wanted for one in images):
        return None
    return [{**one, **changes} if one["id"] == wanted else one for one in images]


def _stale(row: Row, *made: str) -> list[str]:
    """What is stale now: what was, and those of `made` that there are."""
    found = {one for one in made if row.get(f"{one}_asset")}
    return sorted(found | set(row.get("stale") or ()))
