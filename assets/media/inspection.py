"""Is this file one that may be stored? The whole check, in the order in which it is done."""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from assets.errors import EmptyFile, FileTooLarge, UnsupportedMedia
from assets.media.anatomy import Anatomy, Buffer, write_kept
from assets.media.budget import DECODING
from assets.media.containers import PICTURE_READERS, SOUND_READERS
from assets.media.containers.ogg import has_comments, write_without_comments
from assets.media.facts import (
    CheckedMedia,
    DeclaredFile,
    MediaFacts,
    MediaLimits,
    PictureFacts,
    SoundFacts,
    Thumbnail,
)
from assets.media.formats import OGG, Format, require_agreement
from assets.media.naming import cleaned_name
from assets.media.pictures import decode_picture, require_size
from assets.media.polyglots import refuse_disguise, refuse_hidden
from assets.media.provenance import is_marked_as_generated
from assets.media.sniffing import HEAD_BYTES, sniff
from assets.media.sounds import decode_facts, require_length
from assets.media.thumbnails import previews_of


def inspect(source: Path | BinaryIO, declared: DeclaredFile, limits: MediaLimits) -> CheckedMedia:
    """Check a file on disk or a seekable one; close the answer when its bytes are stored.

    The file is sized, sniffed, compared with what was declared, taken apart, searched for what it
    may hide, cleaned of metadata, and decoded whole. Raises a MediaRefused of assets.errors.
    """
    if declared.type not in ("image", "sound"):
        raise UnsupportedMedia("Videos cannot be uploaded.", reason="VIDEO")
    with ExitStack() as room:
        folder = Path(room.enter_context(tempfile.TemporaryDirectory(prefix="media-")))
        path = _on_disk(source, folder, limits.bytes_of(declared.type), declared)
        with path.open("rb") as file:
            found = sniff(file.read(HEAD_BYTES))
        require_agreement(found, declared)
        check = _check_picture if found.type == "image" else _check_sound
        result = check(path, found, folder, limits)
        return CheckedMedia(
            facts=_facts(result, found, declared),
            path=result.path,
            cleaned=result.path != path,
            thumbnails=result.thumbnails,
            room=room.pop_all(),
        )


@dataclass(frozen=True)
class _Checked:
    """What the check of one type found out: where the bytes to store lie, and of what they are."""

    path: Path
    ai_generated: bool
    picture: PictureFacts | None = None
    sound: SoundFacts | None = None
    thumbnails: tuple[Thumbnail, ...] = ()


def _on_disk(
    source: Path | BinaryIO, folder: Path, most_bytes: int, declared: DeclaredFile
) -> Path:
    """The file as a path, its size checked before a byte is read."""
    if isinstance(source, Path):
        _require_bytes(source.stat().st_size, most_bytes, declared)
        return source
    _require_bytes(source.seek(0, os.SEEK_END), most_bytes, declared)
    source.seek(0)
    path = folder / "sent"
    with path.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return path


def _require_bytes(size: int, most: int, declared: DeclaredFile) -> None:
    if size == 0:
        raise EmptyFile("The file is empty.", reason="EMPTY")
    if size > most:
        raise FileTooLarge.of(size, most, declared.type)


def _check_picture(path: Path, found: Format, folder: Path, limits: MediaLimits) -> _Checked:
    with ExitStack() as opened:
        data = _mapped(path, opened)
        refuse_disguise(data)
        anatomy = PICTURE_READERS[found](data, limits)
        unseen = (*anatomy.dropped, *anatomy.suspect)
        refuse_hidden(data, unseen)
        generated = is_marked_as_generated(data, unseen)
        require_size(anatomy, limits)
        clean = _cleaned(data, anatomy, path, folder / f"clean{found.extension}")
    with DECODING.reserve(anatomy.width * anatomy.height):
        decoded = decode_picture(clean, found, anatomy, folder)
        previews = previews_of(decoded.first)
    facts = PictureFacts(
        width=decoded.first.width,
        height=decoded.first.height,
        frames=decoded.frames,
        dominant_color=previews.dominant_color,
        placeholder=previews.placeholder,
    )
    return _Checked(decoded.path, generated, picture=facts, thumbnails=previews.thumbnails)


def _check_sound(path: Path, found: Format, folder: Path, limits: MediaLimits) -> _Checked:
    with ExitStack() as opened:
        data = _mapped(path, opened)
        refuse_disguise(data)
        anatomy = SOUND_READERS[found](data)
        unseen = (*anatomy.dropped, *anatomy.suspect)
        refuse_hidden(data, unseen)
        generated = is_marked_as_generated(data, unseen)
        require_length(anatomy.seconds, limits)
        clean = folder / f"clean{found.extension}"
        if found is OGG and has_comments(data):
            end = len(data) - sum(span.end - span.start for span in anatomy.dropped)
            with path.open("rb") as source, clean.open("wb") as target:
                write_without_comments(source, end, target)
        else:
            clean = _cleaned(data, anatomy, path, clean)
    return _Checked(clean, generated, sound=decode_facts(clean, found, anatomy, limits))


def _mapped(path: Path, opened: ExitStack) -> Buffer:
    file = opened.enter_context(path.open("rb"))
    return opened.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _cleaned(data: Buffer, anatomy: Anatomy, path: Path, clean: Path) -> Path:
    if not anatomy.needs_cleaning:
        return path
    with clean.open("wb") as target:
        write_kept(data, anatomy.kept, target)
    return clean


def _facts(result: _Checked, found: Format, declared: DeclaredFile) -> MediaFacts:
    with result.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return MediaFacts(
        type=found.type,
        mime_type=found.mime_type,
        extension=found.extension,
        size=result.path.stat().st_size,
        sha256=digest,
        original_name=cleaned_name(declared.name),
        ai_generated=result.ai_generated,
        picture=result.picture,
        sound=result.sound,
    )
