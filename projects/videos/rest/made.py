"""What did a stage make? The answers that its client waits for, of saved projects and of `temp`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from projects.videos.choices import AUDIO_GENERATED, PICTURED, RENDERED, SCRIPTED
from projects.videos.queries.answers import image_answers, project_answer, text_of
from projects.videos.queries.links import LINKS, media_urls
from projects.videos.queries.projects import projects_by_id
from storycore.access import Actor
from storycore.ids import find_id
from storycore.mongo.documents import now
from storycore.mongo.reading import Row

Answer = dict[str, Any]
_VIDEO = ("video_url", "thumbnail", "duration", "status", "updated_at")


def stage_answer(actor: Actor, job: Row) -> Answer:
    """What a finished job of a stage answers, for a client that did not wait for it."""
    if job["kind"] == "text":
        return description_answer(job)
    number = find_id(job.get("project"))
    images = (job.get("parameters") or {}).get("images") if job["kind"] == "pictures" else None
    project: Row = {"images": images or []} if number is None else {"_id": number}
    if job["kind"] == "picture":
        return picture_answer(actor, job["asset"], _place_of(actor, project, job))
    if job["kind"] in ("video", "production"):
        return video_answer(actor, project, job)
    return whole_answer(actor, project, job)


def description_answer(job: Row) -> Answer:
    """The words, under both names that clients know."""
    text = (job.get("result") or {}).get("text")
    return {"description": text, "text": text}


def picture_answer(actor: Actor, asset: ObjectId, index: int | None) -> Answer:
    """One picture and its place."""
    return {"image_url": media_urls(actor, [asset]).get(asset), "scene_index": index}


def video_answer(actor: Actor, project: Row, job: Row) -> Answer:
    """The video with what a player needs."""
    whole = whole_answer(actor, project, job)
    return {name: whole[name] for name in _VIDEO}


def whole_answer(actor: Actor, project: Row, job: Row) -> Answer:
    """The project as the stage left it; for `temp`, what was given and what was made of it."""
    number = project.get("_id")
    row = projects_by_id.find(actor, number, None) if number is not None else None
    if row is not None:
        return project_answer(actor, row)
    return {**project_answer(actor, {"key": "temp", **project}), **_made(actor, project, job)}


def _place_of(actor: Actor, project: Row, job: Row) -> int | None:
    number = project.get("_id")
    row = projects_by_id.find(actor, number, ("images",)) if number is not None else None
    wanted = (job.get("parameters") or {}).get("image")
    ids = [one["id"] for one in (row or {}).get("images") or ()]
    return ids.index(wanted) if wanted in ids else None


def _made(actor: Actor, project: Row, job: Row) -> Answer:
    result: Mapping[str, Any] = job.get("result") or {}
    moment = {"updated_at": text_of(now()), "updatedAt": text_of(now())}
    if job["kind"] == "script":
        return {"script_text": result["text"], "status": SCRIPTED, **moment}
    if job["kind"] == "narration":
        url = media_urls(actor, [job["asset"]]).get(job["asset"])
        return {"audio_path": url, "audio_url": url, "status": AUDIO_GENERATED, **moment}
    if job["kind"] == "pictures":
        return {**_pictures(actor, project, result), "status": PICTURED, **moment}
    if job["kind"] != "video":
        return moment
    thumbnail = find_id(result.get("thumbnail"))
    urls = media_urls(actor, [one for one in (job["asset"], thumbnail) if one])
    return {
        "video_url": urls.get(job["asset"]),
        "thumbnail": urls.get(thumbnail) if thumbnail else None,
        "duration": result.get("seconds"),
        "status": RENDERED,
        **moment,
    }


def _pictures(actor: Actor, project: Row, result: Mapping[str, Any]) -> Answer:
    made = {key: ObjectId(asset) for key, asset in (result.get("pictures") or {}).items()}
    images = [{**one, "asset": made.get(one["id"], one.get("asset"))} for one in project["images"]]
    links = media_urls(actor, [one["asset"] for one in images if one["asset"]])
    return {"images": image_answers({"images": images, LINKS: links})}
