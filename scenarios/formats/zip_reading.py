"""Is this zip file sound, and does it hold nothing that lies, leaves its folder or inflates without bound?"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge, UnsafeStoryFile

# How a zip file begins, and one that holds nothing.
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MAX_BUNDLE_BYTES = 256 * 1024 * 1024
MAX_ENTRIES = 10_000
# Honest JSON and media stay far below; what inflates more is made to exhaust memory.
MAX_RATIO = 200
_RATIO_FLOOR = 1024 * 1024
_SYMLINK = 0o120000


@contextmanager
def opened_archive(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive in these bytes. Raises StoryTooLarge, BrokenStoryFile, there and while it is read."""
    if len(data) > MAX_BUNDLE_BYTES:
        raise too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as problem:
        raise BrokenStoryFile(
            f"The archive is no sound zip file: {problem}", field="file"
        ) from problem


def checked_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files in the archive, none of which lies, leaves the folder or inflates without bound."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_BUNDLE_BYTES:
        raise too_large()
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if not _is_inside(info):
            raise UnsafeStoryFile(
                f"The archive holds a path out of it: {info.filename!r:.80}.", field="file"
            )
        if info.flag_bits & 1:
            raise BrokenStoryFile("The archive is encrypted.", field="file")
        if info.file_size > _RATIO_FLOOR and info.file_size > MAX_RATIO * info.compress_size:
            raise UnsafeStoryFile(
                f"{info.filename!r:.80} inflates more than {MAX_RATIO} times.", field="file"
            )
        if info.filename in entries:
            raise UnsafeStoryFile(f"The archive holds {info.filename!r:.80} twice.", field="file")
        entries[info.filename] = info
    return entries


def _is_inside(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    if not name or name.startswith("/") or "\\" in name or ":" in name or "\0" in name:
        return False
    return ".." not in name.split("/") and (info.external_attr >> 16) & 0o170000 != _SYMLINK


def too_large() -> StoryTooLarge:
    """The refusal of an archive that holds too much."""
    return StoryTooLarge(
        f"A bundle holds at most {MAX_BUNDLE_BYTES:,} bytes in {MAX_ENTRIES:,} files.", field="file"
    )
