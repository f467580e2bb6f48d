"""The boxes of an MP4: read, and whatever is cut, hidden or nested refused."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.media.containers.mp4 import BrokenMp4, read_mp4


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, codec: bytes, width: int = 0, height: int = 0) -> bytes:
    header = b"\0" * 76 + struct.pack(">II", width << 16, height << 16)
    described = box(b"stsd", b"\0" * 4 + struct.pack(">II", 1, 16) + codec + b"\0" * 8)
    media = box(b"hdlr", b"\0" * 8 + handler + b"\0" * 12) + box(b"minf", box(b"stbl", described))
    return box(b"trak", box(b"tkhd", header) + box(b"mdia", media))


def movie(*tracks: bytes, seconds: float = 2.5) -> bytes:
    times = struct.pack(">II", 1000, int(seconds * 1000))
    header = box(b"mvhd", b"\0" * 12 + times + b"\0" * 80)
    return box(b"moov", header + b"".join(tracks))


FTYP, MDAT = box(b"ftyp", b"isom\0\0\0\0"), box(b"mdat", b"x" * 40)
PICTURE, SOUND = track(b"vide", b"avc1", 640, 360), track(b"soun", b"mp4a")
WHOLE = FTYP + movie(PICTURE, SOUND) + MDAT


def test_the_facts_are_read() -> None:
    facts = read_mp4(io.BytesIO(WHOLE))
    late = read_mp4(io.BytesIO(FTYP + MDAT + movie(PICTURE)))

    assert (facts.duration, facts.width, facts.height) == (2.5, 640, 360)
    assert (facts.video_codec, facts.audio_codec, facts.is_fast_start) == ("avc1", "mp4a", True)
    assert (late.audio_codec, late.is_fast_start) == (None, False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        WHOLE[:-1],
        WHOLE + b"<script>",
        WHOLE + box(b"evil"),
        movie(PICTURE) + MDAT,
        FTYP + MDAT,
        FTYP + movie(PICTURE),
        FTYP + movie(SOUND) + MDAT,
        FTYP + movie(PICTURE, PICTURE) + MDAT,
        FTYP + movie(PICTURE, seconds=0) + MDAT,
        FTYP + movie(PICTURE) * 2 + MDAT,
        FTYP + box(b"moov", b"\xff" * 20) + MDAT,
        FTYP + box(b"free") * 300 + movie(PICTURE) + MDAT,
        FTYP
        + box(b"moov", box(b"trak", box(b"mdia", box(b"trak", box(b"mdia", b"\0" * 7)))))
        + MDAT,
        FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**63) + movie(PICTURE),
        FTYP + struct.pack(">I4s", 4, b"mdat") + movie(PICTURE),
    ],
)
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenMp4):
        read_mp4(io.BytesIO(content))


@given(st.binary(max_size=300), st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
def test_any_bytes_are_read_or_refused(noise: bytes, start: int, end: int) -> None:
    for content in (noise, FTYP + noise, WHOLE[:start] + noise + WHOLE[end:]):
        try:
            facts = read_mp4(io.BytesIO(content))
        except BrokenMp4:
            continue
        assert facts.duration > 0
