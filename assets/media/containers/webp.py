"""Which parts of a WebP carry the picture?

RFC 9649. Kept are the coded pictures, transparency, animation and a sound ICC profile; EXIF, XMP,
unknown chunks and what follows the end are not.
"""

from __future__ import annotations

import struct

from assets.media.anatomy import Buffer, Cursor, PictureAnatomy, Piece, Span, damaged
from assets.media.containers.icc import is_sound_profile
from assets.media.facts import MediaLimits
from assets.media.orientation import UPRIGHT, orientation_of

RIFF_BYTES = 12
HAS_ICC, HAS_EXIF, HAS_XMP = 0x20, 0x08, 0x04
LOSSY, LOSSLESS = b"VP8 ", b"VP8L"
FRAME_HEAD_BYTES = 16
IN_FRAME = frozenset({LOSSY, LOSSLESS, b"ALPH"})
LOSSY_START = b"\x9d\x01\x2a"


def read_webp(data: Buffer, _limits: MediaLimits) -> PictureAnatomy:
    """The anatomy of a WebP, simple or extended, still or animated. Raises CorruptFile."""
    return _Walk(data).run()


class _Walk:
    def __init__(self, data: Buffer) -> None:
        self.data = data
        size = int.from_bytes(data[4:8], "little")
        self.end = RIFF_BYTES - 4 + size
        self.cursor = Cursor(data, RIFF_BYTES, min(self.end, len(data)))
        if self.end > len(data):
            raise damaged("it ends too early", "TRUNCATED")
        self.kept: list[Span] = []
        self.dropped: list[Span] = []
        self.icc: list[Span] = []
        self.header: Span | None = None
        self.width = self.height = self.frames = self.stills = 0
        self.lossless = False
        self.orientation = UPRIGHT

    def run(self) -> PictureAnatomy:
        while self.cursor.left:
            name, span, body = self._chunk(self.cursor)
            self._place(name, span, body)
        if not self.frames and self.stills != 1:
            raise damaged("it holds no picture", "NO_DATA")
        if self.end < len(self.data):
            self.dropped.append(Span(self.end, len(self.data)))
        return PictureAnatomy(
            kept=self._kept(),
            dropped=tuple(self.dropped),
            suspect=tuple(self.icc),
            width=self.width,
            height=self.height,
            frames=max(1, self.frames),
            orientation=self.orientation,
            lossless=self.lossless,
        )

    def _chunk(self, cursor: Cursor) -> tuple[bytes, Span, Span]:
        start = cursor.position
        name = cursor.take(4)
        (length,) = cursor.unpack("<I")
        body = cursor.skip(length)
        # The pad byte of the last chunk is missing in files of some writers.
        cursor.skip(min(length % 2, cursor.left))
        return name, Span(start, cursor.position), body

    def _place(self, name: bytes, span: Span, body: Span) -> None:
        if name in (LOSSY, LOSSLESS):
            self.stills += 1
            self._grow(*self._size(name, body))
            self.kept.append(span)
        elif name == b"VP8X":
            self._extended(span, body)
        elif name == b"ANMF":
            self._frame(body)
            self.kept.append(span)
        elif name in (b"ALPH", b"ANIM"):
            self.kept.append(span)
        elif name == b"ICCP" and is_sound_profile(self.data[body.start : body.end]):
            self.icc.append(body)
            self.kept.append(span)
        else:
            if name == b"EXIF":
                self.orientation = orientation_of(self.data[body.start : body.end])
            self.dropped.append(span)

    def _extended(self, span: Span, body: Span) -> None:
        if self.header or span.start != RIFF_BYTES or body.end - body.start != 10:
            raise damaged("its header is not where it belongs")
        self.header = span
        at = body.start + 4
        self._grow(1 + self._three(at), 1 + self._three(at + 3))
        self.kept.append(span)

    def _frame(self, body: Span) -> None:
        inner = Cursor(self.data, body.start, body.end)
        head = inner.skip(FRAME_HEAD_BYTES).start
        right = 2 * self._three(head) + 1 + self._three(head + 6)
        bottom = 2 * self._three(head + 3) + 1 + self._three(head + 9)
        if right > self.width or bottom > self.height:
            raise damaged("a frame is larger than the picture")
        self.frames += 1
        while inner.left:
            name, _, part = self._chunk(inner)
            if name not in IN_FRAME:
                raise damaged("a part of a frame is unknown")
            if name != b"ALPH":
                self._grow(*self._size(name, part))

    def _size(self, name: bytes, body: Span) -> tuple[int, int]:
        """Width and height as the coded picture itself states them."""
        inner = Cursor(self.data, body.start, body.end)
        if name == LOSSLESS:
            mark, bits = inner.unpack("<BI")
            if mark != 0x2F:
                raise damaged("the coding of a frame is unknown")
            self.lossless = True
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        inner.skip(3)
        if inner.take(3) != LOSSY_START:
            raise damaged("the coding of a frame is unknown")
        width, height = inner.unpack("<HH")
        return width & 0x3FFF, height & 0x3FFF

    def _grow(self, width: int, height: int) -> None:
        self.width = max(self.width, width)
        self.height = max(self.height, height)

    def _three(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 3], "little")

    def _kept(self) -> tuple[Piece, ...]:
        """The kept chunks behind a head that states their length and nothing that is gone."""
        pieces: list[Piece] = [self._plain_header(s) if s == self.header else s for s in self.kept]
        length = 4 + sum(span.end - span.start for span in self.kept)
        # A chunk at the very end that lacks its pad byte would make the length odd.
        if length % 2:
            pieces.append(b"\x00")
            length += 1
        head = b"RIFF" + struct.pack("<I", length) + b"WEBP"
        same = self.data[:RIFF_BYTES] == head
        return (Span(0, RIFF_BYTES) if same else head, *pieces)

    def _plain_header(self, span: Span) -> Piece:
        chunk = bytearray(self.data[span.start : span.end])
        keeps_icc = HAS_ICC if self.icc else 0
        chunk[8] = (chunk[8] & ~(HAS_ICC | HAS_EXIF | HAS_XMP)) | keeps_icc
        same = bytes(chunk) == self.data[span.start : span.end]
        return span if same else bytes(chunk)
