"""Which parts of a file carry the picture or sound, and which are left out when it is stored?"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from assets.errors import CorruptFile

Buffer = bytes | mmap.mmap
COPY_BYTES = 1 << 20
# A file of crumbs costs time and memory by their number; a real one of 5 MB has a quarter of these.
MAX_STEPS = 200_000


@dataclass(frozen=True, order=True)
class Span:
    """The bytes from `start` up to, not including, `end`."""

    start: int
    end: int


# A part of the stored file: bytes of the sent one, or bytes written anew.
Piece = Span | bytes


@dataclass(frozen=True)
class Anatomy:
    """What a container holds.

    `kept` in order is the file to store; `dropped` is metadata and trailing data; `suspect` is kept
    but could carry text (colour profiles), so it is searched like what is dropped.
    """

    kept: tuple[Piece, ...]
    dropped: tuple[Span, ...] = ()
    suspect: tuple[Span, ...] = ()

    @property
    def needs_cleaning(self) -> bool:
        return bool(self.dropped) or any(isinstance(piece, bytes) for piece in self.kept)


@dataclass(frozen=True)
class PictureAnatomy(Anatomy):
    """A picture's container. `orientation` is EXIF's 1 to 8; `lossless` that of its coding."""

    width: int = 0
    height: int = 0
    frames: int = 1
    orientation: int = 1
    lossless: bool = True


@dataclass(frozen=True)
class SoundAnatomy(Anatomy):
    """A sound's container; `seconds` is what it promises, `codecs` those ffmpeg may open."""

    seconds: float = 0.0
    codecs: tuple[str, ...] = ()


def write_kept(source: Buffer, pieces: Iterable[Piece], target: BinaryIO) -> None:
    """Write the kept parts of `source`, a megabyte at a time."""
    for piece in pieces:
        if isinstance(piece, bytes):
            target.write(piece)
            continue
        starts = range(piece.start, piece.end, COPY_BYTES)
        target.writelines(source[at : min(at + COPY_BYTES, piece.end)] for at in starts)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, neighbours joined: a thousand data chunks become one."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        elif span.end > span.start:
            joined.append(span)
    return tuple(joined)


class Cursor:
    """Reads a container from front to back; a read past the end is a cut-off file.

    One that takes more than MAX_STEPS reads is refused.
    """

    def __init__(self, data: Buffer, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end
        self._steps_left = MAX_STEPS

    @property
    def left(self) -> int:
        return self.end - self.position

    def skip(self, count: int) -> Span:
        """Step over `count` bytes."""
        start = self.position
        if count < 0 or count > self.left:
            raise truncated()
        self._steps_left -= 1
        if self._steps_left < 0:
            raise damaged("it has too many parts", "TOO_MANY_PARTS")
        self.position += count
        return Span(start, self.position)

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        span = self.skip(count)
        return self.data[span.start : span.end]

    def unpack(self, layout: str) -> tuple[int, ...]:
        """The next integers, laid out as `struct` says."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))


def truncated() -> CorruptFile:
    """The refusal of a file that ends too early."""
    return CorruptFile("The file is cut off or its parts are damaged.", reason="TRUNCATED")


def damaged(fact: str, reason: str = "BAD_STRUCTURE") -> CorruptFile:
    """The refusal of a file whose structure is wrong; `fact` is a clause such as "it has no data"."""
    return CorruptFile(f"The file is damaged: {fact}.", reason=reason)
