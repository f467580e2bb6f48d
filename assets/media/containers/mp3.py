"""Which parts of an MP3 carry the sound?

ISO 11172-3 and 13818-3, layer III. Kept are the frames (the first may hold the encoder's index);
ID3, APE and Lyrics tags with their covers and private blocks, and junk between frames, are not.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

from assets.media.anatomy import Buffer, SoundAnatomy, Span, damaged, truncated

CODECS = ("mp3", "mp3float")
ID3_HEAD_BYTES, ID3_FOOTER = 10, 0x10
ID3V1_BYTES = 128
APE_FOOTER_BYTES, APE_HAS_HEADER = 32, 1 << 31
LYRICS_END = b"LYRICS200"
MAX_JUNK_BYTES = 8192
INDEX_WITHIN_BYTES = 48
MAX_TAGS = 50
MIN_FRAMES = 2
# An encoder's index states how many frames follow; somewhat fewer are no reason to refuse a sound.
PROMISE_KEPT = 0.9

BIT_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BIT_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
LAYER_III = 1
# Bits that neither change the length of a frame nor tell streams apart.
IGNORED_BITS = 0x0001_01FF


@dataclass(frozen=True)
class Frame:
    """One frame's header: its length in bytes, its samples, and what stays the same in a stream."""

    length: int
    samples: int
    rate: int
    kind: tuple[int, int]


def read_mp3(data: Buffer) -> SoundAnatomy:
    """The anatomy of an MPEG 1, 2 or 2.5 layer III sound. Raises CorruptFile."""
    start, end = _behind_head_tags(data), _before_tail_tags(data)
    runs, gaps, seconds, count = _frames(data, start, end)
    if count < MIN_FRAMES:
        raise damaged("it holds no sound", "NO_DATA")
    if count < PROMISE_KEPT * _promised_frames(data, runs[0]) - MIN_FRAMES:
        raise truncated()
    dropped = [Span(0, start), *gaps, Span(end, len(data))]
    return SoundAnatomy(
        kept=tuple(runs),
        dropped=tuple(span for span in dropped if span.end > span.start),
        seconds=seconds,
        codecs=CODECS,
    )


def _promised_frames(data: Buffer, first: Span) -> int:
    """How many frames the encoder's index in the first frame states; 0 when there is none."""
    frame = _frame_at(data, first.start, first.end)
    head = data[first.start : first.start + (frame.length if frame else 0)]
    for mark, place, flagged in ((b"Xing", 8, True), (b"Info", 8, True), (b"VBRI", 14, False)):
        # The index stands behind the side information, whose length tells version and channels.
        at = head.find(mark, 4, INDEX_WITHIN_BYTES)
        if at >= 0 and len(head) >= at + place + 4 and (not flagged or head[at + 7] & 1):
            return int.from_bytes(head[at + place : at + place + 4], "big")
    return 0


def _behind_head_tags(data: Buffer) -> int:
    start, tags = 0, 0
    while data[start : start + 3] == b"ID3":
        tags = _counted(tags)
        head = data[start : start + ID3_HEAD_BYTES]
        if len(head) < ID3_HEAD_BYTES or any(byte & 0x80 for byte in head[6:]):
            raise damaged("its tag is broken", "BAD_TAG")
        length = 0
        for byte in head[6:]:
            length = length << 7 | byte
        start += ID3_HEAD_BYTES + length + (10 if head[5] & ID3_FOOTER else 0)
        if start > len(data):
            raise truncated()
    return start


def _before_tail_tags(data: Buffer) -> int:
    end, tags = len(data), 0
    while (length := _tail_tag_bytes(data, end)) > 0:
        tags = _counted(tags)
        end -= length
    return end


def _counted(tags: int) -> int:
    if tags >= MAX_TAGS:
        raise damaged("it has too many parts", "TOO_MANY_PARTS")
    return tags + 1


def _tail_tag_bytes(data: Buffer, end: int) -> int:
    """How long the tag is that ends at `end`; 0 when there is none."""
    if end >= ID3V1_BYTES and data[end - ID3V1_BYTES : end - ID3V1_BYTES + 3] == b"TAG":
        return ID3V1_BYTES
    footer = data[max(0, end - APE_FOOTER_BYTES) : end]
    if footer.startswith(b"APETAGEX"):
        length, _, flags = struct.unpack_from("<III", footer, 12)
        length += APE_FOOTER_BYTES if flags & APE_HAS_HEADER else 0
        return length if APE_FOOTER_BYTES <= length <= end else 0
    if data[max(0, end - len(LYRICS_END)) : end] == LYRICS_END:
        digits = data[max(0, end - 15) : end - 9]
        length = 15 + int(digits) if digits.isdigit() else 0
        return length if length <= end else 0
    return 0


def _frames(data: Buffer, start: int, end: int) -> tuple[list[Span], list[Span], float, int]:
    """Runs of frames, the gaps between them, seconds and number of frames."""
    runs: list[Span] = []
    gaps: list[Span] = []
    position, samples, count, junk = start, 0, 0, 0
    first = _first_frame(data, start, end)
    most_junk = max(MAX_JUNK_BYTES, (end - start) // 50)
    while position < end:
        run_start = position
        while frame := _frame_at(data, position, end):
            if frame.kind != first.kind or position + frame.length > end:
                break
            position += frame.length
            samples += frame.samples
            count += 1
        if position > run_start:
            runs.append(Span(run_start, position))
        # What lies further off than junk may is not looked at: it is refused anyway.
        near = min(end, position + most_junk - junk + 1)
        gap_end = _resume_at(data, position, near, end, first)
        if gap_end > position:
            gaps.append(Span(position, gap_end))
            junk += gap_end - position
        if junk > most_junk:
            raise damaged("there is other data between its parts")
        position = gap_end
    return runs, gaps, samples / first.rate, count


def _first_frame(data: Buffer, start: int, end: int) -> Frame:
    """The header of the first frame that another of its kind follows."""
    # Some writers leave the room of a tag they removed as zeros.
    while start < end and data[start] == 0:
        start += 1
    for position in range(start, min(start + MAX_JUNK_BYTES, end - 3)):
        frame = _frame_at(data, position, end)
        following = _frame_at(data, position + frame.length, end) if frame else None
        if frame and following and frame.kind == following.kind:
            return frame
    raise damaged("it holds no sound", "NO_DATA")


def _resume_at(data: Buffer, position: int, near: int, end: int, first: Frame) -> int:
    """Where the next frame of the stream begins, searched by its first byte; `near` when not before it."""
    while (position := data.find(b"\xff", position, near)) >= 0:
        frame = _frame_at(data, position, end)
        if frame and frame.kind == first.kind and position + frame.length <= end:
            return position
        position += 1
    return near


def _frame_at(data: Buffer, position: int, end: int) -> Frame | None:
    if position + 4 > end:
        return None
    header = int.from_bytes(data[position : position + 4], "big")
    if header >> 21 != 0x7FF:
        return None
    return _frame(header & ~IGNORED_BITS)


@lru_cache(maxsize=1024)
def _frame(header: int) -> Frame | None:
    version, layer = header >> 19 & 3, header >> 17 & 3
    bit_rate, sample_rate, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if version == 1 or layer != LAYER_III or bit_rate in (0, 15) or sample_rate == 3:
        return None
    rate = SAMPLE_RATES[version][sample_rate]
    kilobits = (BIT_RATES_1 if version == 3 else BIT_RATES_2)[bit_rate]
    samples = 1152 if version == 3 else 576
    return Frame(
        length=samples * 125 * kilobits // rate + padding,
        samples=samples,
        rate=rate,
        kind=(version, sample_rate),
    )
