"""How is a video made? From a narration and pictures in the library, on this machine or by a service."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from bson import ObjectId
from django.conf import settings
from pymongo.client_session import ClientSession

from assets.errors import MediaRefused
from assets.media.facts import MediaType
from assets.queries.addresses import full_asset_url
from assets.queries.assets import assets_by_id
from assets.services.generated import MadeFile, StoredMade, store_made, store_video
from assets.services.reading import copy_asset
from generation.engines.sounds import make_music
from generation.engines.video.order import Caption, Card, RenderOrder, Still
from generation.engines.video.rendering import render
from generation.engines.video.thumbnails import take_thumbnail
from generation.ports import Done, Work
from generation.providers.base import Order
from generation.providers.failures import BadOutput, WrongInput
from generation.running.checkpoints import reached
from generation.running.fetching import fetch_media
from generation.running.media_jobs import MediaJobs, order_of
from generation.running.storing import metadata_of, model_of, named_after
from storycore.accounts.queries import actor_by_id
from storycore.ids import parse_id
from storycore.mongo.reading import Row

INPUT_BYTES_MAX = 200_000_000
# Every write of progress is a write to MongoDB.
PROGRESS_STEP = 2


class VideoJobs(MediaJobs):
    """Jobs that end with an MP4 and its preview picture."""

    queue = "render"

    def __init__(self) -> None:
        super().__init__("video")

    def order(self, work: Work) -> Order:
        """The order with links to the files, for a service that fetches them."""
        order = order_of(work.job, self.task)
        links = _links(work.job)
        given = {
            name: order.parameters[name]
            for name in ("resolution", "fps", "template", "background_music")
            if name in order.parameters
        }
        return replace(order, parameters={**given, **links})

    def _made_here(self, work: Work) -> Done:
        """Rendered on this machine: it is simply rendered again after a crash."""
        reached("calling")
        with tempfile.TemporaryDirectory(prefix="rendering-") as name:
            folder = Path(name)
            work.say("collecting", "Fetching the narration and the pictures.", 2)
            order = _render_order(work, folder)
            work.say("rendering", "Rendering the video.", 5)
            shown = 5

            def progress(percent: int, message: str) -> None:
                nonlocal shown
                now = 5 + percent * 85 // 100
                if now >= shown + PROGRESS_STEP:
                    shown = now
                    work.say("rendering", message, now)

            made = render(
                order,
                folder,
                progress=progress,
                is_wanted=work.is_held,
                limit_seconds=settings.RENDER_SECONDS_MAX,
            )
            work.say("storing", "Storing the video.", 92)
            return _stored_video(work.job, made.video, made.thumbnail, made.details)

    def _stored(self, work: Work, file: BinaryIO, kept: Mapping[str, Any]) -> Done:
        """What a service rendered: hostile until it is checked; its preview is taken from it here."""
        work.say("storing", "Checking and storing the video.", 90)
        with _on_disk(file) as path:
            try:
                thumbnail = take_thumbnail(path, path.with_name("thumbnail.jpg"))
            except WrongInput as problem:
                raise BadOutput("it sent something that is no video") from problem
            done = _stored_video(work.job, path, thumbnail, kept.get("details") or {})
        return replace(done, changes={**done.changes, "usage": kept.get("usage") or None})


def _render_order(work: Work, folder: Path) -> RenderOrder:
    job, wanted = work.job, work.job["parameters"]
    narration = _input(work, folder, "sound", (wanted.get("narration"), wanted.get("audio_url")))
    stills = tuple(
        Still(
            _input(work, folder, "image", (one.get("asset"), one.get("url")), number),
            one.get("seconds"),
            one.get("title") or "",
        )
        for number, one in enumerate(wanted["images"])
    )
    music = None
    if wanted["background_music"] != "none":
        music, _details = make_music(
            job["prompt"],
            folder,
            seconds=40.0,
            seed=job.get("seed"),
            style=wanted["background_music"],
        )
    return RenderOrder(
        narration=narration,
        stills=stills,
        resolution=wanted["resolution"],
        fps=wanted["fps"],
        portrait=bool(wanted.get("portrait")),
        template=wanted["template"],
        music=music,
        captions=tuple(Caption(**one) for one in wanted.get("captions") or ()),
        burn_captions=bool(wanted.get("burn_captions")),
        caption_style=wanted.get("caption_style") or "boxed",
        caption_position=wanted.get("caption_position") or "bottom",
        cards=tuple(Card(**one) for one in wanted.get("cards") or ()),
        loudness=settings.RENDER_LOUDNESS_LUFS,
        title=job["prompt"],
    )


def _input(
    work: Work,
    folder: Path,
    type_: MediaType,
    place: tuple[str | None, str | None],
    number: int = 0,
) -> Path:
    """A file of the library, else the one that lies at an address: copied into the folder."""
    asset, url = place
    if asset:
        actor = actor_by_id(work.job["owner"])
        return copy_asset(actor, parse_id(asset), folder, type_=type_, most_bytes=INPUT_BYTES_MAX)
    if not url:
        raise WrongInput(f"a {type_} of the video is missing")
    return fetch_media(url, type_, folder / f"fetched-{type_}-{number}", wanted=work.is_held)


def _stored_video(job: Row, video: Path, thumbnail: Path, details: Mapping[str, Any]) -> Done:
    """The video and its preview as two assets, recorded together with the job's end."""
    made = MadeFile(
        owner=job["owner"],
        type="video",
        stored_name=str(job["_id"]),
        name=named_after(job["prompt"]),
        system=job["provider"],
        metadata=metadata_of(
            {**job, "parameters": _told(job)}, model_of(job, "video", details), details
        ),
        is_public=bool(job.get("is_public")),
    )
    try:
        stored = store_video(video, made)
        with thumbnail.open("rb") as file:
            preview: StoredMade = store_made(file, replace(made, type="image"))
    except MediaRefused as problem:
        raise BadOutput(problem.message) from problem

    def commit(session: ClientSession) -> None:
        stored.record(session)
        preview.record(session)

    result = {"thumbnail": str(preview.asset), "seconds": stored.facts.get("duration")}
    changes = {"asset": stored.asset, "result": result}
    return Done(changes, "The video is ready.", commit, stored.facts)


def _told(job: Row) -> dict[str, Any]:
    """What of the order is worth keeping with the file."""
    names = ("resolution", "fps", "template", "background_music", "portrait")
    return {name: job["parameters"].get(name) for name in names}


def _links(job: Row) -> dict[str, Any]:
    wanted, actor = job["parameters"], actor_by_id(job["owner"])
    named = [wanted.get("narration"), *(one.get("asset") for one in wanted["images"])]
    keys: list[ObjectId] = [parse_id(one) for one in named if one]
    rows = assets_by_id(actor, keys, ("file", "is_public"))
    links = {str(key): full_asset_url(row) for key, row in rows.items()}
    narration = links.get(wanted.get("narration")) or wanted.get("audio_url")
    images = [
        {"prompt": one.get("prompt") or "", "url": links.get(one.get("asset")) or one.get("url")}
        for one in wanted["images"]
    ]
    return {"audio_path": narration, "audio_url": narration, "images": images}


@contextmanager
def _on_disk(file: BinaryIO) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="video-") as folder:
        path = Path(folder) / "video.mp4"
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        yield path
