"""Are MP3, WAV and Ogg taken apart right where files are strange or broken?"""

from __future__ import annotations

import io
import struct

import pytest

from assets.errors import CorruptFile, MediaRefused, UnsupportedMedia
from assets.media.anatomy import SoundAnatomy, write_kept
from assets.media.containers import SOUND_READERS
from assets.media.containers.ogg import has_comments, write_without_comments
from assets.media.formats import MP3, OGG, WAV, Format
from tests.assets import crafting as make
from tests.assets.hostile_sounds import ogg_page, ogg_pages, ogg_with_comments, opus_head


def read(found: Format, data: bytes) -> SoundAnatomy:
    return SOUND_READERS[found](data)


def cleaned(found: Format, data: bytes) -> bytes:
    target = io.BytesIO()
    write_kept(data, read(found, data).kept, target)
    return target.getvalue()


def ape_tag(size: int, flags: int = 0) -> bytes:
    return b"APETAGEX" + struct.pack("<IIII", 2000, size, 0, flags) + bytes(8)


@pytest.mark.parametrize(
    "tail",
    [
        b"TAG" + bytes(125),
        ape_tag(32),
        ape_tag(32, 1 << 31) + ape_tag(32, 1 << 31),
        b"LYRICSBEGIN" + b"la la" + b"000016LYRICS200",
        b"LYRICSBEGIN" + b"000011LYRICS200" + ape_tag(32) + b"TAG" + bytes(125),
        ape_tag(8),
        ape_tag(1 << 30),
        b"xxxxxxLYRICS200",
        b"999999LYRICS200",
    ],
    ids=["id3v1", "ape", "ape-header", "lyrics", "all", "ape-short", "ape-long", "lyrics-text", "lyrics-long"],
)  # fmt: skip
def test_tags_behind_an_mp3_are_cut(tail: bytes) -> None:
    assert cleaned(MP3, make.mp3() + tail) == make.mp3()


def test_a_tag_with_a_footer_is_skipped_whole() -> None:
    tag = bytearray(make.id3((b"TIT2", b"\x00x")))
    tag[5] |= 0x10

    assert cleaned(MP3, bytes(tag) + b"3DI" + bytes(7) + make.mp3()) == make.mp3()


@pytest.mark.parametrize("found", [MP3, WAV, OGG], ids=lambda found: found.name)
def test_a_plain_sound_needs_no_cleaning(found: Format) -> None:
    whole = {MP3: make.mp3(), WAV: make.wav(), OGG: ogg_with_comments()}[found]

    assert read(found, whole).needs_cleaning is False
    assert read(found, whole).seconds == pytest.approx(0.5 if found is WAV else 1.0, abs=0.06)


def test_a_sample_count_stays() -> None:
    chunks = (
        (b"fmt ", make.wav_format()),
        (b"fact", struct.pack("<I", 4000)),
        (b"data", make.samples()),
    )
    sent = make.riff(b"WAVE", *chunks)

    assert read(WAV, sent).needs_cleaning is False
    assert cleaned(WAV, sent + bytes(3)) == sent


def test_an_extension_of_the_format_that_is_not_known_is_refused() -> None:
    form = make.wav_format(tag=0xFFFE) + struct.pack("<HHI", 22, 16, 4) + b"\x01\x00" + bytes(14)

    with pytest.raises(UnsupportedMedia) as refusal:
        read(WAV, make.riff(b"WAVE", (b"fmt ", form), (b"data", make.samples())))

    assert refusal.value.reason == "WAV_CODING"


def vorbis_head(rate: int) -> bytes:
    return b"\x01vorbis" + struct.pack("<IBIiiiB", 0, 1, rate, 0, 0, 0, 0xB8) + b"\x01"


def chain(links: int) -> bytes:
    link = ogg_page(opus_head()) + ogg_page(b"OpusTags" + bytes(8), first=False)
    return (link + ogg_page(b"x" * 40, first=False, granule=960)) * links


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (chain(65), "TOO_MANY_PARTS"),
        (ogg_page(vorbis_head(0)), "BAD_STRUCTURE"),
        (ogg_page(vorbis_head(4_000_000)), "BAD_STRUCTURE"),
        (ogg_page(opus_head())[:20], "TRUNCATED"),
        (ogg_page(b"OpusHead"), "OGG_CODING"),
    ],
    ids=["long-chain", "no-rate", "wild-rate", "half-a-page", "short-header"],
)
def test_oggs_that_cannot_be(data: bytes, reason: str) -> None:
    with pytest.raises(MediaRefused) as refusal:
        read(OGG, data)

    assert refusal.value.reason == reason


def test_a_chain_of_allowed_length_is_read_whole() -> None:
    assert read(OGG, chain(64)).seconds == pytest.approx(64 * 0.02)


def test_comments_are_seen_wherever_they_are() -> None:
    bare = ogg_with_comments()

    assert has_comments(bare) is False
    assert has_comments(ogg_with_comments(b"A=b")) is True
    assert has_comments(bare + ogg_with_comments(b"A=b")) is True
    assert has_comments(chain(1)) is False


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ogg_page(opus_head()), "TRUNCATED"),
        (ogg_page(opus_head()) + ogg_page(b"not tags", first=False), "BAD_STRUCTURE"),
    ],
    ids=["missing", "other"],
)
def test_a_stream_without_comments_where_they_belong_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CorruptFile) as refusal:
        has_comments(data)

    assert refusal.value.reason == reason


def test_sound_on_a_header_page_is_refused() -> None:
    both = ogg_page(opus_head()) + two_packets_on_a_page()

    with pytest.raises(CorruptFile) as refusal:
        write_without_comments(io.BytesIO(both), len(both), io.BytesIO())

    assert refusal.value.reason == "BAD_STRUCTURE"


def two_packets_on_a_page() -> bytes:
    packets = [b"OpusTags" + bytes(8), b"sound"]
    page = ogg_page(b"".join(packets), first=False, sequence=1)
    lengths = bytes(len(packet) for packet in packets)
    return page[:26] + b"\x02" + lengths + b"".join(packets)


def test_the_streams_keep_their_numbers_and_the_pages_follow_each_other() -> None:
    sent = ogg_with_comments(b"LYRICS=" + b"la" * 40_000)
    target = io.BytesIO()

    write_without_comments(io.BytesIO(sent), len(sent), target)

    pages = ogg_pages(target.getvalue())
    numbers = [struct.unpack_from("<II", page, 14) for page in pages]
    serial = struct.unpack_from("<I", sent, 14)[0]
    assert numbers == [(serial, number) for number in range(len(pages))]
    assert read(OGG, target.getvalue()).seconds == read(OGG, sent).seconds


@pytest.mark.parametrize(
    "second",
    [
        b"",
        ogg_page(b"OpusTags" + bytes(8), first=False, sequence=9),
        ogg_page(b"OpusTags" + bytes(8), first=False, serial=8, sequence=1),
    ],
    ids=["missing", "out-of-order", "of-another-stream"],
)
def test_header_pages_that_do_not_belong_together_are_refused(second: bytes) -> None:
    whole = ogg_page(opus_head()) + second

    with pytest.raises(CorruptFile) as refusal:
        write_without_comments(io.BytesIO(whole), len(whole), io.BytesIO())

    assert refusal.value.reason == "BAD_STRUCTURE"
