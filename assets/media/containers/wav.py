"""Which parts of a WAV carry the sound?

Kept are format, sample count and data; lists of texts, broadcast and other chunks and what follows
the end are not.
"""

from __future__ import annotations

import struct

from assets.errors import UnsupportedMedia
from assets.media.anatomy import Buffer, Cursor, Piece, SoundAnatomy, Span, damaged

RIFF_BYTES = 12
# Written by programs that stream and never learn the length.
UNKNOWN_LENGTHS = frozenset({0, 0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF - 36})
PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
SUBFORMAT_TAIL = bytes.fromhex("0000 0000 1000 8000 00aa 0038 9b71")
BITS = {PCM: (8, 16, 24, 32), FLOAT: (32, 64), ALAW: (8,), MULAW: (8,)}
CODECS = (
    "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw",
)  # fmt: skip
MAX_CHANNELS = 8
RATES = range(1_000, 384_001)


def read_wav(data: Buffer) -> SoundAnatomy:
    """The anatomy of a WAV of plain samples. Raises CorruptFile, UnsupportedMedia (other codings)."""
    return _Walk(data).run()


class _Walk:
    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.cursor = Cursor(data, RIFF_BYTES)
        self.pieces: dict[bytes, tuple[Piece, int]] = {}
        self.dropped: list[Span] = []
        self.bytes_per_second = 0

    def run(self) -> SoundAnatomy:
        size = int.from_bytes(self.data[4:8], "little")
        stated_end = len(self.data) if size in UNKNOWN_LENGTHS else RIFF_BYTES - 4 + size
        while self.cursor.left >= 8 and not self._is_past(stated_end):
            self._chunk()
        if self.cursor.left:
            self.dropped.append(Span(self.cursor.position, self.cursor.end))
        if b"fmt " not in self.pieces or b"data" not in self.pieces:
            raise damaged("it holds no sound", "NO_DATA")
        length = self.pieces[b"data"][1]
        return SoundAnatomy(
            kept=self._kept(),
            dropped=tuple(self.dropped),
            seconds=length / self.bytes_per_second,
            codecs=CODECS,
        )

    def _is_past(self, stated_end: int) -> bool:
        # The stated end counts only once the sound was found: some writers never fix it.
        return b"data" in self.pieces and self.cursor.position >= stated_end

    def _chunk(self) -> None:
        start = self.cursor.position
        name = self.cursor.take(4)
        (length,) = self.cursor.unpack("<I")
        if name == b"data" and length in UNKNOWN_LENGTHS - {0}:
            length = self.cursor.left
        body = self.cursor.skip(length)
        self.cursor.skip(min(length % 2, self.cursor.left))
        if name not in (b"fmt ", b"fact", b"data"):
            self.dropped.append(Span(start, self.cursor.position))
            return
        if name in self.pieces:
            raise damaged("a part of it is there twice")
        if name == b"fmt ":
            self._format(body)
        elif name == b"data":
            self._samples(body)
        self.pieces[name] = (body, length)

    def _format(self, body: Span) -> None:
        inner = Cursor(self.data, body.start, body.end)
        tag, channels, rate, _, block, bits = inner.unpack("<HHIIHH")
        if tag == EXTENSIBLE:
            inner.skip(8)
            (tag,) = inner.unpack("<H")
            if inner.take(14) != SUBFORMAT_TAIL:
                tag = 0
        if bits not in BITS.get(tag, ()):
            raise UnsupportedMedia(
                "This WAV coding is not in use.",
                reason="WAV_CODING",
                allowed="Allowed are plain samples (PCM of 8 to 32 bits, float, A-law, mu-law).",
            )
        if not 1 <= channels <= MAX_CHANNELS or rate not in RATES or block != channels * bits // 8:
            raise damaged("its format cannot be")
        self.bytes_per_second = rate * block

    def _samples(self, body: Span) -> None:
        if not self.bytes_per_second:
            raise damaged("its data comes before its format")
        if body.end == body.start:
            raise damaged("it holds no sound", "NO_DATA")

    def _kept(self) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        for name in (b"fmt ", b"fact", b"data"):
            if name in self.pieces:
                body, length = self.pieces[name]
                pieces += [name + struct.pack("<I", length), body]
                if length % 2:
                    pieces.append(b"\x00")
        size = sum(p.end - p.start if isinstance(p, Span) else len(p) for p in pieces)
        head = b"RIFF" + struct.pack("<I", 4 + size) + b"WAVE"
        return self._unchanged([head, *pieces])

    def _unchanged(self, pieces: list[Piece]) -> tuple[Piece, ...]:
        """The pieces, as one span when they are just what the file already is."""
        at = 0
        for piece in pieces:
            length = piece.end - piece.start if isinstance(piece, Span) else len(piece)
            same = (
                piece.start == at
                if isinstance(piece, Span)
                else self.data[at : at + length] == piece
            )
            if not same:
                return tuple(pieces)
            at += length
        return (Span(0, at),)
