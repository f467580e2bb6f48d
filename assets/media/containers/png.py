"""Which parts of a PNG carry the picture?

W3C PNG, third edition. Kept are the chunks that change what is seen, APNG's among them; texts,
EXIF, times, private chunks and what follows the end are not. Every checksum is checked.
"""

from __future__ import annotations

import zlib

from assets.errors import CorruptFile
from assets.media.anatomy import Buffer, Cursor, PictureAnatomy, Piece, Span, damaged, merged
from assets.media.containers.icc import MAX_BYTES, is_sound_profile
from assets.media.facts import MediaLimits
from assets.media.orientation import UPRIGHT, orientation_of

SIGNATURE_BYTES = 8
CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
SEEN = CRITICAL | {
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI",
    b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
MAX_CHUNKS = 100_000


def read_png(data: Buffer, _limits: MediaLimits) -> PictureAnatomy:
    """The anatomy of a PNG or animated PNG. Raises CorruptFile."""
    return _Walk(data).run()


class _Walk:
    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.cursor = Cursor(data, SIGNATURE_BYTES)
        self.kept: list[Span] = [Span(0, SIGNATURE_BYTES)]
        self.dropped: list[Span] = []
        self.icc: list[Span] = []
        self.size = (0, 0)
        self.frames_promised: int | None = None
        self.frames = 0
        self.has_data = False
        self.orientation = UPRIGHT

    def run(self) -> PictureAnatomy:
        for number in range(MAX_CHUNKS):
            name, span, body = self._chunk()
            if (number == 0) != (name == b"IHDR"):
                raise damaged("its header is not where it belongs")
            self._place(name, span, body)
            if name == b"IEND":
                return self._finished()
        raise damaged("it has too many parts", "TOO_MANY_PARTS")

    def _chunk(self) -> tuple[bytes, Span, Span]:
        start = self.cursor.position
        (length,) = self.cursor.unpack(">I")
        name = self.cursor.take(4)
        body = self.cursor.skip(length)
        (checksum,) = self.cursor.unpack(">I")
        if not name.isalpha():
            raise damaged("a part of it has no name")
        if zlib.crc32(self.data[start + 4 : body.end]) != checksum:
            raise CorruptFile("A checksum of the file is wrong.", reason="BAD_CHECKSUM")
        return name, Span(start, self.cursor.position), body

    def _place(self, name: bytes, span: Span, body: Span) -> None:
        if name == b"iCCP" and self._is_sound(body):
            self.icc.append(body)
            self.kept.append(span)
        elif name in SEEN:
            self._note(name, body)
            self.kept.append(span)
        elif name[:1].isupper():
            raise damaged("a part of it is unknown")
        else:
            if name == b"eXIf":
                self.orientation = orientation_of(self.data[body.start : body.end])
            self.dropped.append(span)

    def _note(self, name: bytes, body: Span) -> None:
        inner = Cursor(self.data, body.start, body.end)
        if name == b"IHDR":
            width, height = inner.unpack(">II")
            self.size = (width, height)
        elif name == b"acTL":
            self.frames_promised = inner.unpack(">II")[0]
        elif name == b"fcTL":
            self.frames += 1
        elif name == b"IDAT":
            self.has_data = True

    def _is_sound(self, body: Span) -> bool:
        content = self.data[body.start : body.end]
        name, _, packed = content.partition(b"\x00")
        if not 1 <= len(name) <= 79 or packed[:1] != b"\x00":
            return False
        unpacking = zlib.decompressobj()
        try:
            # One byte more than may be kept: a profile that would not stop is seen as too long.
            profile = unpacking.decompress(packed[1:], MAX_BYTES + 1)
        except zlib.error:
            return False
        return is_sound_profile(profile)

    def _finished(self) -> PictureAnatomy:
        if not self.has_data:
            raise damaged("it holds no picture", "NO_DATA")
        if self.frames_promised not in (None, self.frames):
            raise damaged("its frames are not as many as it says")
        if self.cursor.left:
            self.dropped.append(Span(self.cursor.position, self.cursor.end))
        kept: tuple[Piece, ...] = merged(self.kept)
        return PictureAnatomy(
            kept=kept,
            dropped=tuple(self.dropped),
            suspect=tuple(self.icc),
            width=self.size[0],
            height=self.size[1],
            frames=max(1, self.frames),
            orientation=self.orientation,
        )
