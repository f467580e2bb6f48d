"""How are several pieces of one project made together? A job that orders others and waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bson import ObjectId

from generation.ports import Done, Later, Work
from generation.providers.base import Call, Order
from generation.queries.jobs import children_by_parent, open_project_jobs
from generation.queries.mocked import MOCK, mocked_like
from generation.running.batching import batched
from generation.services.orders import order_media
from projects.videos.errors import StageFailed, StageNotReady
from projects.videos.services.ordering import (
    NARRATION,
    PICTURE,
    PICTURES,
    PRODUCTION,
    SCRIPT,
    VIDEO,
    Place,
    narration_order,
    needs_picture,
    picture_order,
    script_order,
)
from projects.videos.services.projects import project_by_number
from projects.videos.services.rendering import enqueue_set, order_video
from storycore.access import Actor
from storycore.accounts.queries import actor_by_id
from storycore.errors import NotFound
from storycore.ids import parse_id
from storycore.mongo.reading import Row

# Children wake the job when they end; this is for one that ended while the job was just ordering the next.
LOOK_SECONDS = 3.0
FINAL = ("completed", "failed", "cancelled")
STAGES = (SCRIPT, NARRATION, PICTURES, VIDEO)


class PictureSetJobs:
    """All pictures of a project that are asked for, each a job of its own: one that fails loses no other."""

    queue = "media"

    def advance(self, work: Work) -> Done | Later:
        """Order what is not ordered, then wait for it. Raises StageFailed when a picture failed."""
        job, actor = work.job, actor_by_id(work.job["owner"])
        children = _children(actor, job)
        ordered = {(one.get("parameters") or {}).get("image") for one in children}
        missing = [one for one in _images_of(job) if one["id"] not in ordered]
        fetching = _made_at_once(work, missing) if missing else {}
        for image in missing:
            # The name makes a repetition after a crash the same order.
            key = f"{job['_id']}:{image['id']}"
            order = picture_order(_wanted(job), image, _place(job, key))
            with mocked_like(job.get("provider")):
                order_media(actor, replace(order, fetching=fetching.get(image["id"])))
        if missing:
            work.say("ordering", f"{len(missing)} pictures ordered.", 5)
            children = _children(actor, job)
        ended = [one for one in children if one["status"] in FINAL]
        if len(ended) < len(children):
            share = sum(one["progress"] for one in children) // len(children)
            return Later(LOOK_SECONDS, {}, f"{len(ended)} of {len(children)} pictures.", share)
        failed = [one for one in children if one["status"] != "completed"]
        if failed:
            why = failed[0].get("error_message") or "It was cancelled."
            raise StageFailed(f"{len(failed)} of {len(children)} pictures were not made. {why}")
        assets = {one["parameters"]["image"]: str(one["asset"]) for one in children}
        return Done({"result": {"pictures": assets}}, f"{len(children)} pictures are ready.")


class ProductionJobs:
    """Everything that a project lacks for its video, stage after stage; each stage is a job of its own."""

    queue = "media"

    def advance(self, work: Work) -> Done | Later:
        """Order the next stage that is missing, then wait for it.

        Raises StageFailed when one failed, StageNotReady when there is nothing to begin with.
        """
        job, actor = work.job, actor_by_id(work.job["owner"])
        row = _project(job)
        children = {one["kind"]: one for one in _children(actor, job)}
        for number, stage in enumerate(STAGES):
            child = children.get(stage)
            if child is None:
                if not _is_missing(stage, row):
                    continue
                work.say(stage, f"{stage.capitalize()}: ordered.", 2 + number * 24)
                with mocked_like(job.get("provider")):
                    _order_stage(actor, stage, row, _place(job, f"{job['_id']}:{stage}"))
                return Later(LOOK_SECONDS)
            if child["status"] not in FINAL:
                share = number * 25 + child["progress"] // 4
                return Later(LOOK_SECONDS, {}, f"{stage.capitalize()}: {child['message']}", share)
            if child["status"] != "completed":
                raise StageFailed(f"The stage {stage} failed: {child.get('error_message')}")
        return Done({"result": {"project": row["key"]}}, "The video is ready.")


def order_pictures(actor: Actor, row: Row, images: list[dict[str, Any]], place: Place) -> ObjectId:
    """Order these pictures of a project as one job; returns its id.

    Raises StageNotReady when none of them has a prompt, and what `order_media` raises.
    """
    require_prompts({"images": images})
    wanted = [one for one in images if (one.get("prompt") or "").strip()]
    return enqueue_set(actor, PICTURES, row, place, {
        "images": [{"id": one["id"], "prompt": one["prompt"]} for one in wanted],
        "use_case": row.get("use_case"),
        "image_style": row.get("image_style"),
    })  # fmt: skip


def set_under_way(actor: Actor, row: Row, images: list[dict[str, Any]]) -> ObjectId | None:
    """The job that makes all of these pictures of a project already, in the same style and shape; or None."""
    fields = ("parameters",)
    for job in open_project_jobs(actor, str(row["_id"]), PICTURES, fields):
        asked = job["parameters"]
        under_way = {one["id"]: one["prompt"] for one in asked["images"]}
        is_same = all(asked.get(name) == row.get(name) for name in ("use_case", "image_style"))
        if is_same and all(under_way.get(one["id"]) == one.get("prompt") for one in images):
            return ObjectId(job["_id"])
    return None


def order_production(actor: Actor, row: Row, place: Place) -> ObjectId:
    """Order everything that a project lacks for its video; returns the job's id.

    Raises StageNotReady when there is neither a script nor a title or description to write one from.
    """
    require_beginning(row)
    return enqueue_set(actor, PRODUCTION, row, place, {})


def require_prompts(row: Row) -> None:
    """Raises StageNotReady when no picture of a project has words."""
    if not any((one.get("prompt") or "").strip() for one in row.get("images") or ()):
        raise StageNotReady("Give the pictures prompts first.", field="images")


def require_beginning(row: Row) -> None:
    """Raises StageNotReady for a project that nothing can be made of."""
    words = (row.get(name) or "" for name in ("script_text", "title", "description"))
    if not any(one.strip() for one in words):
        raise StageNotReady("Give a title or a description first.", field="title")


def _order_stage(actor: Actor, stage: str, row: Row, place: Place) -> ObjectId:
    if stage == SCRIPT:
        return order_media(actor, script_order(row, place))
    if stage == NARRATION:
        return order_media(actor, narration_order(row, place))
    if stage == PICTURES:
        return order_pictures(
            actor, row, [one for one in row["images"] if needs_picture(one)], place
        )
    return order_video(actor, row, place)


def _is_missing(stage: str, row: Row) -> bool:
    stale = row.get("stale") or ()
    if stage == SCRIPT:
        return not (row.get("script_text") or "").strip()
    if stage == NARRATION:
        return not (row.get("narration_asset") or row.get("audio_path")) or "narration" in stale
    if stage == PICTURES:
        return any(needs_picture(one) for one in row.get("images") or ())
    return not row.get("video_asset") or "video" in stale


def _children(actor: Actor, job: Row) -> list[Row]:
    fields = (
        "kind",
        "status",
        "parameters",
        "asset",
        "error_message",
        "progress",
        "message",
        "parent",
    )
    return children_by_parent(actor, [job["_id"]], fields)[job["_id"]]


def _made_at_once(work: Work, images: list[dict[str, Any]]) -> dict[str, Call]:
    """The calls that fetch pictures which one call made, by picture; none where each is made alone.

    Kept in the job before anything is ordered: the call is made once, also when its worker is lost.
    """
    state: Mapping[str, Any] = work.job.get("work") or {}
    is_mocked = work.job.get("provider") == MOCK
    if "batch" not in state and len(images) > 1 and not is_mocked:
        orders = [_single(work.job, image) for image in images]
        calls = dict(zip((one["id"] for one in images), batched(work, orders), strict=True))
        state = {"batch": {key: call.to_json() for key, call in calls.items() if call is not None}}
        work.save({"work": state})
    return {key: Call.from_json(call) for key, call in (state.get("batch") or {}).items()}


def _single(job: Row, image: Mapping[str, Any]) -> Order:
    new = picture_order(_wanted(job), image, Place())
    parameters = {name: value for name, value in new.parameters.items() if value is not None}
    return Order("image", new.prompt, parameters, str(job["_id"]), kind=PICTURE)


def _images_of(job: Row) -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = job["parameters"]["images"]
    return images


def _wanted(job: Row) -> Mapping[str, Any]:
    """The words of the project that a picture needs, as they were when the pictures were ordered."""
    parameters: Mapping[str, Any] = job["parameters"]
    return parameters


def _place(job: Row, key: str) -> Place:
    project = parse_id(job["project"]) if job.get("project") else None
    return Place(project, job["_id"], key, bool(job.get("is_public")))


def _project(job: Row) -> Row:
    row = project_by_number(parse_id(job["project"]))
    if row is None:
        raise NotFound("The project was deleted.", field="id")
    return row
