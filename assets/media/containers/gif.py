"""Which parts of a GIF carry the picture?

CompuServe GIF89a. Kept are colour tables, frames, their timing and the loop count; comments, plain
texts, other application blocks and what follows the end are not.
"""

from __future__ import annotations

from assets.media.anatomy import Buffer, Cursor, PictureAnatomy, Piece, Span, damaged, merged
from assets.media.facts import MediaLimits

HEADER_BYTES = 6
EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
MAX_CODE_BITS = 11


def read_gif(data: Buffer, _limits: MediaLimits) -> PictureAnatomy:
    """The anatomy of a GIF, still or animated. Raises CorruptFile.

    Width and height hold every frame: decoders grow the canvas for frames that stick out of it.
    """
    return _Walk(data).run()


class _Walk:
    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.cursor = Cursor(data, HEADER_BYTES)
        self.kept: list[Span] = []
        self.dropped: list[Span] = []
        self.frames = 0
        self.width, self.height, flags, _, _ = self.cursor.unpack("<HHBBB")
        self._skip_colours(flags)
        self.kept.append(Span(0, self.cursor.position))

    def run(self) -> PictureAnatomy:
        while True:
            start = self.cursor.position
            (kind,) = self.cursor.unpack("B")
            if kind == TRAILER:
                self.kept.append(Span(start, self.cursor.position))
                return self._finished()
            if kind == IMAGE:
                self._image()
                self.kept.append(Span(start, self.cursor.position))
            elif kind == EXTENSION:
                self._extension(start)
            else:
                raise damaged("a part of it is unknown")

    def _image(self) -> None:
        left, top, width, height, flags = self.cursor.unpack("<HHHHB")
        self._skip_colours(flags)
        (bits,) = self.cursor.unpack("B")
        if not 1 <= bits <= MAX_CODE_BITS:
            raise damaged("the coding of a frame is unknown")
        if not self._skip_blocks():
            raise damaged("a frame is empty", "NO_DATA")
        self.frames += 1
        self.width = max(self.width, left + width)
        self.height = max(self.height, top + height)

    def _extension(self, start: int) -> None:
        (label,) = self.cursor.unpack("B")
        body = self.cursor.position
        length = self._skip_blocks()
        end = self.cursor.position
        control = label == GRAPHIC_CONTROL and length == 4
        # One block of 11 bytes that names the application, one of 3 with the count.
        loop = (
            label == APPLICATION
            and end - body == 17
            and self.data[body + 1 : body + 12] in LOOPS
            and self.data[body + 12 : body + 14] == b"\x03\x01"
        )
        (self.kept if control or loop else self.dropped).append(Span(start, end))

    def _skip_colours(self, flags: int) -> None:
        if flags & 0x80:
            self.cursor.skip(3 << ((flags & 0x07) + 1))

    def _skip_blocks(self) -> int:
        total = 0
        while size := self.cursor.take(1)[0]:
            self.cursor.skip(size)
            total += size
        return total

    def _finished(self) -> PictureAnatomy:
        if not self.frames:
            raise damaged("it holds no picture", "NO_DATA")
        if self.cursor.left:
            self.dropped.append(Span(self.cursor.position, self.cursor.end))
        kept: tuple[Piece, ...] = merged(self.kept)
        return PictureAnatomy(
            kept=kept,
            dropped=tuple(self.dropped),
            width=self.width,
            height=self.height,
            frames=self.frames,
        )
