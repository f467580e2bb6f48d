"""What does an MP4 hold? Its boxes, read without decoding (ISO 14496-12 and -14)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

TOP_BOXES_MAX = 200
MOOV_BYTES_MAX = 64_000_000
DEPTH_MAX = 8
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"})
_TOP = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"sidx", b"udta"}
)


class BrokenMp4(Exception):
    """These bytes are no MP4 of one picture track and at most some sound."""


@dataclass(frozen=True, slots=True)
class Mp4Facts:
    """What the boxes say: seconds, pixels, the codecs' names, and whether it plays while it loads."""

    duration: float
    width: int
    height: int
    video_codec: str
    audio_codec: str | None
    is_fast_start: bool


@dataclass(slots=True)
class _Track:
    handler: bytes = b""
    codec: str = ""
    width: int = 0
    height: int = 0


def read_mp4(file: BinaryIO) -> Mp4Facts:
    """The facts of an MP4; the file is read from its start.

    Raises BrokenMp4 for what is cut off, has something behind its last box, or shows no picture.
    """
    size = file.seek(0, 2)
    order: list[bytes] = []
    moov = b""
    for kind, start, end in _top_boxes(file, size):
        order.append(kind)
        if kind == b"moov":
            if end - start > MOOV_BYTES_MAX or moov:
                raise BrokenMp4("its table of contents is too large, or there are two")
            file.seek(start)
            moov = file.read(end - start)
    if not order or order[0] != b"ftyp" or not moov or b"mdat" not in order:
        raise BrokenMp4("it lacks what every MP4 begins with")
    seconds, tracks = _read_moov(moov)
    pictures = [one for one in tracks if one.handler == b"vide"]
    sounds = [one for one in tracks if one.handler == b"soun"]
    if len(pictures) != 1 or not pictures[0].codec or seconds <= 0:
        raise BrokenMp4("it has not exactly one picture track of some length")
    return Mp4Facts(
        duration=round(seconds, 3),
        width=pictures[0].width,
        height=pictures[0].height,
        video_codec=pictures[0].codec,
        audio_codec=sounds[0].codec if sounds else None,
        is_fast_start=order.index(b"moov") < order.index(b"mdat"),
    )


def _top_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    place = 0
    for _number in range(TOP_BOXES_MAX):
        if place == size:
            return
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            raise BrokenMp4("it is cut off")
        length, kind = struct.unpack(">I4s", head[:8])
        start = place + 8
        if length == 1:
            if len(head) < 16:
                raise BrokenMp4("it is cut off")
            length, start = struct.unpack(">Q", head[8:16])[0], place + 16
        elif length == 0:
            length = size - place
        if kind not in _TOP or length < start - place or place + length > size:
            raise BrokenMp4("it is cut off, or something else is behind it")
        yield kind, start, place + length
        place += length
    raise BrokenMp4("it has too many parts")


def _read_moov(body: bytes) -> tuple[float, list[_Track]]:
    seconds = 0.0
    tracks: list[_Track] = []
    for kind, start, end in _boxes(body, 0, len(body), 0):
        piece = body[start:end]
        if kind == b"mvhd":
            seconds = _length(piece)
        elif kind == b"trak":
            tracks.append(_Track())
        elif tracks:
            _read_track_box(tracks[-1], kind, piece)
    return seconds, tracks


def _read_track_box(track: _Track, kind: bytes, piece: bytes) -> None:
    if kind == b"tkhd" and len(piece) >= 84:
        width, height = struct.unpack(">II", piece[-8:])
        track.width, track.height = width >> 16, height >> 16
    elif kind == b"hdlr" and len(piece) >= 12:
        track.handler = piece[8:12]
    elif kind == b"stsd" and len(piece) >= 16:
        track.codec = piece[12:16].decode("latin-1")


def _boxes(body: bytes, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    """Every box inside, the containers before what they hold."""
    if depth > DEPTH_MAX:
        raise BrokenMp4("it is nested too deeply")
    while start + 8 <= end:
        length, kind = struct.unpack(">I4s", body[start : start + 8])
        if length < 8 or start + length > end:
            raise BrokenMp4("a part of it is longer than what holds it")
        yield kind, start + 8, start + length
        if kind in _CONTAINERS:
            yield from _boxes(body, start + 8, start + length, depth + 1)
        start += length


def _length(mvhd: bytes) -> float:
    """The seconds of a movie header; version 1 has wider numbers."""
    try:
        if mvhd[0] == 1:
            scale, length = struct.unpack(">IQ", mvhd[20:32])
        else:
            scale, length = struct.unpack(">II", mvhd[12:20])
    except (struct.error, IndexError) as problem:
        raise BrokenMp4("its header is cut off") from problem
    return length / scale if scale else 0.0
