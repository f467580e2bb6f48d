"""How does a file that a machine made become an asset? Checked like any upload, marked as made, then stored."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.documents import Asset
from assets.errors import CorruptFile, UnsupportedMedia
from assets.media.containers.mp4 import BrokenMp4, read_mp4
from assets.media.facts import CheckedMedia, DeclaredFile, MediaFacts, VideoFacts
from assets.media.inspection import inspect
from assets.media.provenance import Provenance, write_provenance
from assets.services.storing import media_limits, store_files
from storycore.mongo.documents import now, valid_new
from storycore.mongo.writing import insert

_PIECE_BYTES = 1 << 20
_UNMARKED = frozenset({"image/gif"})
_VIDEO_CODECS = frozenset({"avc1", "avc3"})


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A picture or sound that a provider or this machine made, hostile until it is checked.

    `stored_name` names the stored file: the same work stores under the same name however often it is tried.
    `system` (provider and model) goes into the file itself as its provenance.
    """

    owner: str
    type: str
    stored_name: str
    name: str
    system: str
    metadata: dict[str, Any] = field(default_factory=dict)
    is_public: bool = False


Record = Callable[[ClientSession], None]


@dataclass(frozen=True, slots=True)
class StoredMade:
    """A stored file that is no asset yet: `record` makes it one, within the caller's transaction.

    `facts` are those of its metadata that the bytes tell: duration, width, height.
    """

    asset: ObjectId
    record: Record
    facts: Mapping[str, Any]


def store_made(file: BinaryIO, made: MadeFile) -> StoredMade:
    """Check the bytes, write where they come from into the file, and store it.

    Storing the same bytes for the same work again replaces them. Raises a MediaRefused of assets.errors,
    StorageUnavailable.
    """
    declared = DeclaredFile("", None, made.type)  # type: ignore[arg-type]
    with (
        inspect(file, declared, media_limits()) as checked,
        _marked(checked, made.system) as media,
    ):
        return _stored(media, made)


def store_video(path: Path, made: MadeFile) -> StoredMade:
    """Check that an MP4 is whole and plays everywhere (H.264, AAC), and store it.

    Storing the same bytes for the same work again replaces them. Raises CorruptFile, UnsupportedMedia,
    StorageUnavailable.
    """
    with path.open("rb") as file:
        try:
            found = read_mp4(file)
        except BrokenMp4 as problem:
            raise CorruptFile(f"The video is damaged: {problem}.", reason="MP4") from problem
    if found.video_codec not in _VIDEO_CODECS or found.audio_codec not in (None, "mp4a"):
        raise UnsupportedMedia(
            "The video is in a format that not every browser plays.",
            reason="CODEC",
            allowed="Videos are MP4 with H.264 and AAC.",
        )
    facts = MediaFacts(
        type="video",
        mime_type="video/mp4",
        extension=".mp4",
        size=0,
        sha256="",
        original_name="",
        video=VideoFacts(
            found.duration, found.width, found.height, found.video_codec, found.audio_codec
        ),
    )
    return _stored(CheckedMedia(_facts_of(path, facts), path, cleaned=False), made)


def _stored(media: CheckedMedia, made: MadeFile) -> StoredMade:
    # Hexadecimal as all names are, so that the sweep knows it for one of ours.
    name = f"{made.stored_name}{media.facts.sha256[:40]}"
    kept = store_files(media, name, private=not made.is_public)
    facts = {key: value for key, value in media.facts.as_metadata().items() if value != ""}
    body = valid_new(
        Asset,
        {
            "type": media.facts.type,
            "name": made.name,
            "metadata": {**made.metadata, **facts, "aiGenerated": True},
            "uploaded_by": made.owner,
            "is_public": made.is_public,
        },
    )
    whole = body | kept.fields(body["metadata"])
    return StoredMade(ObjectId(body["_id"]), lambda session: _insert(whole, session), facts)


def _insert(body: dict[str, Any], session: ClientSession) -> None:
    insert(Asset, body, session)


@contextmanager
def _marked(media: CheckedMedia, system: str) -> Iterator[CheckedMedia]:
    """The checked file with its provenance inside, where its format has a place for it."""
    if media.facts.mime_type in _UNMARKED:
        yield media
        return
    with tempfile.TemporaryDirectory(prefix="marking-") as folder:
        path = Path(folder) / "marked"
        write_provenance(media.path, path, media.facts.mime_type, Provenance(system, now()))
        yield replace(media, path=path, facts=_facts_of(path, media.facts))


def _facts_of(path: Path, facts: MediaFacts) -> MediaFacts:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return replace(facts, sha256=digest.hexdigest(), size=path.stat().st_size, ai_generated=True)
