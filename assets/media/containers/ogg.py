"""Which parts of an Ogg file carry the sound, and how is it written without its comments?

RFC 3533, RFC 7845 (Opus) and the Vorbis I specification. Accepted are Vorbis and Opus, also several
after each other (chained); several at once (a video's sound and picture) are not.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

import mutagen
from mutagen.ogg import OggPage

from assets.errors import CorruptFile, UnsupportedMedia
from assets.media.anatomy import Buffer, SoundAnatomy, Span, damaged

PAGE_HEAD = struct.Struct("<4sBBqIIIB")
FIRST, LAST = 0x02, 0x04
# Each byte with its bits in the other order.
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
MAX_PAGES = 120_000
MAX_LINKS = 64
MAX_VENDOR_BYTES = 64
OPUS_RATE = 48_000


@dataclass(frozen=True)
class Codec:
    """An Ogg mapping: how its first and comment packets begin, how many headers it has."""

    name: str
    first: bytes
    comment: bytes
    headers: int
    ending: bytes
    decoders: tuple[str, ...]

    @property
    def no_comments(self) -> bytes:
        """A comment packet with no vendor and no comment."""
        return self.comment + bytes(8) + self.ending


VORBIS = Codec("Vorbis", b"\x01vorbis", b"\x03vorbis", 3, b"\x01", ("vorbis", "libvorbis"))
OPUS = Codec("Opus", b"OpusHead", b"OpusTags", 2, b"", ("opus", "libopus"))


@dataclass(frozen=True)
class Page:
    """One page as its header and table of lengths describe it."""

    flags: int
    granule: int
    serial: int
    lengths: bytes
    body: Span


def read_ogg(data: Buffer) -> SoundAnatomy:
    """The anatomy of an Ogg Vorbis or Opus. Raises CorruptFile, UnsupportedMedia (other streams).

    Comments are not cut out here: `has_comments` and `write_without_comments` do that.
    """
    position, seconds, link = 0, 0.0, _Link()
    headers: list[Span] = []
    for _ in range(MAX_PAGES):
        if data[position : position + 4] != b"OggS":
            break
        page = _page(data, position)
        _require_checksum(data, position, page)
        position = page.body.end
        if page.granule == 0:
            headers.append(page.body)
        if page.flags & FIRST:
            seconds += link.seconds
            link = link.next(data, page)
        link.add(page)
    else:
        raise damaged("it has too many parts", "TOO_MANY_PARTS")
    if not link.packets_end:
        raise damaged("it holds no sound", "NO_DATA")
    trailing = (Span(position, len(data)),) if position < len(data) else ()
    return SoundAnatomy(
        kept=(Span(0, position),),
        dropped=trailing,
        suspect=tuple(headers),
        seconds=seconds + link.seconds,
        codecs=VORBIS.decoders + OPUS.decoders,
    )


class _Link:
    """One stream of a chain while its pages go by."""

    def __init__(self, serial: int = -1, rate: int = 1, number: int = 0) -> None:
        self.serial = serial
        self.rate = rate
        self.number = number
        self.granule = 0
        self.packets_end = False
        self.ended = True

    @property
    def seconds(self) -> float:
        return self.granule / self.rate

    def next(self, data: Buffer, page: Page) -> _Link:
        if not self.ended and not self.packets_end:
            raise UnsupportedMedia("This OGG holds several streams at once.", reason="OGG_STREAMS")
        if self.number >= MAX_LINKS:
            raise damaged("it has too many parts", "TOO_MANY_PARTS")
        rate = _rate(data[page.body.start : page.body.end])
        following = _Link(page.serial, rate, self.number + 1)
        following.ended = False
        return following

    def add(self, page: Page) -> None:
        if page.serial != self.serial:
            raise UnsupportedMedia("This OGG holds several streams at once.", reason="OGG_STREAMS")
        # Header pages stand at 0, pages on which no packet ends at -1.
        if page.granule > 0:
            self.granule = max(self.granule, page.granule)
            self.packets_end = True
        self.ended = self.ended or bool(page.flags & LAST)


def has_comments(data: Buffer) -> bool:
    """True when a stream carries comments, a long vendor text or bytes behind its comments."""
    position = 0
    while data[position : position + 4] == b"OggS":
        page = _page(data, position)
        if page.flags & FIRST:
            codec = _codec(data[page.body.start : page.body.end])
            if not _is_bare(data, page.body.end, codec):
                return True
        position = page.body.end
    return False


def write_without_comments(source: BinaryIO, end: int, target: BinaryIO) -> None:
    """Write the streams up to `end` with empty comment packets; the sound is not touched.

    Raises CorruptFile when the headers are not as they should be.
    """
    try:
        _write_bare(source, end, target)
    except (ValueError, EOFError, mutagen.MutagenError) as error:
        raise damaged("its headers are not where they belong") from error


def _write_bare(source: BinaryIO, end: int, target: BinaryIO) -> None:
    source.seek(0)
    sequence = 0
    while source.tell() < end:
        page = OggPage(source)
        if page.first:
            pages = _bare_headers(source, page)
            sequence = len(pages)
        else:
            page.sequence = sequence
            sequence += 1
            pages = [page]
        target.writelines(written.write() for written in pages)


def _page(data: Buffer, position: int) -> Page:
    head_end = position + PAGE_HEAD.size
    if head_end > len(data):
        raise damaged("it ends too early", "TRUNCATED")
    _, version, flags, granule, serial, _, _, count = PAGE_HEAD.unpack(data[position:head_end])
    lengths = data[head_end : head_end + count]
    body = Span(head_end + count, head_end + count + sum(lengths))
    if version != 0:
        raise damaged("a part of it is unknown")
    if body.end > len(data):
        raise damaged("it ends too early", "TRUNCATED")
    return Page(flags, granule, serial, lengths, body)


def _require_checksum(data: Buffer, position: int, page: Page) -> None:
    """Ogg's CRC reads each byte from its other end: mirrored in and out, zlib's fast one serves."""
    stated = data[position + 22 : position + 26]
    content = data[position : position + 22] + bytes(4) + data[position + 26 : page.body.end]
    mirrored = ~zlib.crc32(content.translate(MIRRORED), 0xFFFFFFFF) & 0xFFFFFFFF
    if mirrored.to_bytes(4, "big").translate(MIRRORED) != stated:
        raise CorruptFile("A checksum of the file is wrong.", reason="BAD_CHECKSUM")


def _codec(first_packet: bytes) -> Codec:
    for codec in (VORBIS, OPUS):
        if first_packet.startswith(codec.first) and len(first_packet) >= 19:
            return codec
    raise UnsupportedMedia(
        "This OGG holds no Vorbis or Opus sound.",
        reason="OGG_CODING",
        allowed="Allowed are Vorbis and Opus.",
    )


def _rate(first_packet: bytes) -> int:
    if _codec(first_packet) is OPUS:
        return OPUS_RATE
    rate = int.from_bytes(first_packet[12:16], "little")
    if not 1_000 <= rate <= 384_000:
        raise damaged("its format cannot be")
    return rate


def _is_bare(data: Buffer, position: int, codec: Codec) -> bool:
    """True when the comment packet at this page has a short vendor and nothing else."""
    if data[position : position + 4] != b"OggS":
        raise damaged("it ends too early", "TRUNCATED")
    page = _page(data, position)
    packet = data[page.body.start : page.body.end]
    if not packet.startswith(codec.comment):
        raise damaged("its headers are not where they belong")
    at = len(codec.comment)
    vendor = int.from_bytes(packet[at : at + 4], "little")
    length = next((i for i, n in enumerate(page.lengths) if n < 255), len(page.lengths))
    packet_bytes = sum(page.lengths[: length + 1])
    bare_bytes = len(codec.no_comments) + vendor
    return vendor <= MAX_VENDOR_BYTES and packet_bytes == bare_bytes


def _bare_headers(source: BinaryIO, first: OggPage) -> list[OggPage]:
    codec = _codec(first.packets[0])
    pages, complete = [first], 1
    while complete < codec.headers:
        page = OggPage(source)
        pages.append(page)
        complete += len(page.packets) - (0 if page.complete else 1)
    packets = OggPage.to_packets(pages)
    if len(packets) != codec.headers or not pages[-1].complete:
        raise damaged("its headers are not where they belong")
    packets[1] = codec.no_comments
    bare = [first, *OggPage.from_packets(packets[1:], sequence=1)]
    for page in bare:
        page.serial = first.serial
        page.position = 0
    return bare
