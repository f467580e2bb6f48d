"""Which parts of a JPEG carry the picture?

ITU-T T.81 annex B. Kept are tables, frame, scans, the JFIF and Adobe headers (which say how colours
are coded) and a sound ICC profile; EXIF, XMP, comments, previews and what follows the end are not.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

from assets.errors import TooManyPixels, UnsupportedMedia
from assets.media.anatomy import Buffer, Cursor, PictureAnatomy, Piece, Span, damaged
from assets.media.containers.icc import is_sound_profile
from assets.media.facts import MediaLimits
from assets.media.orientation import UPRIGHT, orientation_of

START, END = 0xD8, 0xD9
FRAME, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF})
TABLES = frozenset({0xC4, 0xDB, 0xDD})
SCAN = 0xDA
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
ICC_PREFIX = b"ICC_PROFILE\x00"
MAX_SCANS = 100
JFIF_BYTES, ADOBE_BYTES = 14, 12

# In coded data FF is followed by 00 (a plain FF), a restart marker, or more FF.
NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)


def read_jpeg(data: Buffer, limits: MediaLimits) -> PictureAnatomy:
    """The anatomy of a baseline or progressive JPEG of 8 bits.

    Raises CorruptFile, TooManyPixels (scans that take too long) and UnsupportedMedia (codings that
    browsers do not show).
    """
    return _Walk(data, limits).run()


class _Walk:
    def __init__(self, data: Buffer, limits: MediaLimits) -> None:
        self.data = data
        self.limits = limits
        self.cursor = Cursor(data, 2)
        self.kept: list[Piece] = [Span(0, 2)]
        self.dropped: list[Span] = []
        self.icc: list[Span] = []
        self.size = (0, 0)
        self.scans = 0
        self.orientation = UPRIGHT

    def run(self) -> PictureAnatomy:
        while (marker := self._marker()) != END:
            self._segment(marker)
        if not self.scans:
            raise damaged("it holds no picture", "NO_DATA")
        self.kept.append(Span(self.cursor.position - 2, self.cursor.position))
        self._judge_profile()
        if self.cursor.left:
            # More pictures of a camera, maps of depth, motion clips: none is part of this picture.
            self.dropped.append(Span(self.cursor.position, self.cursor.end))
        return PictureAnatomy(
            kept=tuple(self.kept),
            dropped=tuple(self.dropped),
            suspect=tuple(self.icc),
            width=self.size[0],
            height=self.size[1],
            orientation=self.orientation,
            lossless=False,
        )

    def _marker(self) -> int:
        start = self.cursor.position
        if self.cursor.take(1) != b"\xff":
            raise damaged("there is other data between its parts")
        while (marker := self.cursor.take(1)[0]) == 0xFF:
            pass
        if self.cursor.position - start > 2:
            self.dropped.append(Span(start, self.cursor.position - 2))
        return marker

    def _segment(self, marker: int) -> None:
        if marker in OTHER_FRAMES:
            raise UnsupportedMedia("This JPG coding is not in use.", reason="JPEG_CODING")
        if marker < 0xC0 or START <= marker <= END:
            raise damaged("a part of it is unknown")
        start = self.cursor.position - 2
        (length,) = self.cursor.unpack(">H")
        body = self.cursor.skip(length - 2)
        span = Span(start, body.end)
        if marker in (FRAME, EXTENDED, PROGRESSIVE):
            self._frame(body)
            self.kept.append(span)
        elif marker == SCAN:
            self._scan(span)
        elif marker in TABLES:
            self.kept.append(span)
        else:
            self._application(marker, span, body)

    def _frame(self, body: Span) -> None:
        if self.size != (0, 0):
            raise damaged("it has two frames")
        precision, height, width, components = Cursor(self.data, body.start, body.end).unpack(
            ">BHHB"
        )
        if precision != 8 or components not in (1, 3, 4):
            raise UnsupportedMedia("This JPG coding is not in use.", reason="JPEG_CODING")
        if not width or not height:
            raise damaged("it has no size")
        self.size = (width, height)

    def _scan(self, head: Span) -> None:
        self.scans += 1
        width, height = self.size
        if not width:
            raise damaged("its data comes before its size")
        pixels = (self.scans - 1) * width * height
        if self.scans > MAX_SCANS or pixels > self.limits.scan_pixels:
            raise TooManyPixels(
                f"This JPG is coded in {self.scans} passes or more.",
                reason="JPEG_SCANS",
                allowed=f"Allowed are {MAX_SCANS} passes and {self.limits.scan_pixels} pixels in all.",
                limit=self.limits.scan_pixels,
            )
        found = NEXT_MARKER.search(self.data, head.end)
        if found is None:
            raise damaged("it ends too early", "TRUNCATED")
        self.cursor.position = found.start()
        self.kept.append(Span(head.start, found.start()))

    def _application(self, marker: int, span: Span, body: Span) -> None:
        content = self.data[body.start : body.end]
        if marker == APP0 and content.startswith(b"JFIF\x00") and len(content) >= JFIF_BYTES:
            # Version, density and a preview of 0 x 0 pixels.
            plain = struct.pack(">BBH", 0xFF, APP0, 16) + content[:12] + b"\x00\x00"
            self._keep_as(plain, span)
        elif marker == APP14 and content.startswith(b"Adobe") and len(content) >= ADOBE_BYTES:
            self._keep_as(struct.pack(">BBH", 0xFF, APP14, 14) + content[:ADOBE_BYTES], span)
        elif marker == APP2 and content.startswith(ICC_PREFIX):
            self.icc.append(span)
            self.kept.append(span)
        else:
            if marker == APP1 and content.startswith(b"Exif\x00"):
                self.orientation = orientation_of(content)
            self.dropped.append(span)

    def _keep_as(self, plain: bytes, span: Span) -> None:
        same = self.data[span.start : span.end] == plain
        self.kept.append(span if same else plain)

    def _judge_profile(self) -> None:
        """Keep the colour profile only when its numbered parts make up a whole one."""
        heads = [self.data[span.start + 16 : span.start + 18] for span in self.icc]
        complete = heads == [bytes((n, len(heads))) for n in range(1, len(heads) + 1)]
        if not self.icc or (complete and is_sound_profile(self._profile(self.icc))):
            return
        unsound = set(self.icc)
        self.kept = [piece for piece in self.kept if piece not in unsound]
        self.dropped.extend(self.icc)
        self.icc = []

    def _profile(self, spans: Iterable[Span]) -> bytes:
        return b"".join(self.data[span.start + 18 : span.end] for span in spans)
