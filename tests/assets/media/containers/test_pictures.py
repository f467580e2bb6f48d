"""Are JPEG, PNG, GIF and WebP taken apart right where files are strange or broken?"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from assets.errors import CorruptFile
from assets.media.anatomy import PictureAnatomy, write_kept
from assets.media.containers import PICTURE_READERS
from assets.media.facts import MediaLimits
from assets.media.formats import GIF, JPEG, PNG, WEBP, Format
from tests.assets import crafting as make
from tests.assets.hostile_pictures import animated_webp, webp_canvas


def read(found: Format, data: bytes) -> PictureAnatomy:
    return PICTURE_READERS[found](data, MediaLimits())


def cleaned(found: Format, data: bytes) -> bytes:
    target = io.BytesIO()
    write_kept(data, read(found, data).kept, target)
    return target.getvalue()


def scan_before_size() -> bytes:
    whole = make.jpeg()
    frame = whole.index(b"\xff\xc0")
    return whole[:frame] + whole[frame + 19 :]


def webp_with_wrong_start(codec: bytes) -> bytes:
    return make.riff(b"WEBP", (codec, b"\x00" * 3 + b"\x9d\x01\x2b" + bytes(20)))


def webp_with_unknown_frame_part() -> bytes:
    return animated_webp(2).replace(b"VP8 ", b"VPX ", 1)


@pytest.mark.parametrize(
    ("found", "data", "fact"),
    [
        (JPEG, make.jpeg()[:20] + b"\xff\x01" + make.jpeg()[20:], "a part of it is unknown"),
        (JPEG, scan_before_size(), "its data comes before its size"),
        (PNG, make.png_with(make.png_chunk(b"tEXt", b"") * 100_000), "it has too many parts"),
        (PNG, make.png_with(make.png_chunk(b"t1Xt", b"")), "a part of it has no name"),
        (WEBP, webp_with_wrong_start(b"VP8 "), "the coding of a frame is unknown"),
        (WEBP, webp_with_wrong_start(b"VP8L"), "the coding of a frame is unknown"),
        (WEBP, webp_with_unknown_frame_part(), "a part of a frame is unknown"),
    ],
)
def test_what_cannot_be_is_named(found: Format, data: bytes, fact: str) -> None:
    with pytest.raises(CorruptFile) as refusal:
        read(found, data)

    assert refusal.value.message.startswith(f"The file is damaged: {fact}.")


@pytest.mark.parametrize(
    ("found", "whole"),
    [(JPEG, make.jpeg()), (PNG, make.png()), (GIF, make.gif()), (WEBP, make.webp())],
    ids=lambda value: getattr(value, "name", ""),
)
def test_trailing_data_is_cut_and_a_second_reading_finds_nothing_to_do(
    found: Format, whole: bytes
) -> None:
    sent = whole + b"something else"

    assert read(found, sent).needs_cleaning is True
    assert cleaned(found, sent) == whole
    assert read(found, whole).needs_cleaning is False


@pytest.mark.parametrize(
    "chunk",
    [
        b"",
        b"\x00\x00" + zlib.compress(make.SRGB_PROFILE),
        b"n" * 80 + b"\x00\x00" + zlib.compress(make.SRGB_PROFILE),
        b"name\x00\x01" + zlib.compress(make.SRGB_PROFILE),
        b"name\x00\x00not deflate",
        b"name\x00\x00" + zlib.compress(make.SRGB_PROFILE[:-4]),
        b"name\x00\x00" + zlib.compress(make.SRGB_PROFILE.replace(b"acsp", b"asca")),
    ],
    ids=["empty", "no-name", "long-name", "packing", "deflate", "length", "signature"],
)
def test_a_png_profile_that_is_not_whole_goes(chunk: bytes) -> None:
    assert cleaned(PNG, make.png_with(make.png_chunk(b"iCCP", chunk))) == make.png()


def test_a_whole_png_profile_stays() -> None:
    chunk = make.png_chunk(b"iCCP", b"name\x00\x00" + zlib.compress(make.SRGB_PROFILE))

    assert read(PNG, make.png_with(chunk)).needs_cleaning is False


@pytest.mark.parametrize("order", [(2, 1), (1, 1), (1, 3)])
def test_parts_of_a_jpeg_profile_out_of_order_go(order: tuple[int, int]) -> None:
    half = len(make.SRGB_PROFILE) // 2
    parts = (make.SRGB_PROFILE[:half], make.SRGB_PROFILE[half:])
    segments = b"".join(
        make.jpeg_segment(0xE2, b"ICC_PROFILE\x00" + bytes((number, 2)) + part)
        for number, part in zip(order, parts, strict=True)
    )
    plain = make.jpeg()

    assert cleaned(JPEG, plain[:20] + segments + plain[20:]) == plain


def test_parts_of_a_jpeg_profile_in_order_stay() -> None:
    half = len(make.SRGB_PROFILE) // 2
    first = make.jpeg_segment(0xE2, b"ICC_PROFILE\x00\x01\x02" + make.SRGB_PROFILE[:half])
    second = make.jpeg_segment(0xE2, b"ICC_PROFILE\x00\x02\x02" + make.SRGB_PROFILE[half:])
    plain = make.jpeg()
    sent = plain[:20] + first + second + plain[20:]

    assert read(JPEG, sent).needs_cleaning is False
    assert Image.open(io.BytesIO(sent)).info["icc_profile"] == make.SRGB_PROFILE


def test_a_webp_without_its_last_pad_byte_gets_it() -> None:
    odd = make.webp(quality=81)
    (name, picture), *_ = make.riff_chunks(odd)
    picture += b"\x00" * (len(picture) % 2)
    body = b"WEBP" + name + struct.pack("<I", len(picture) - 1) + picture[:-1]
    sent = b"RIFF" + struct.pack("<I", len(body)) + body
    assert len(sent) % 2

    kept = cleaned(WEBP, sent)

    assert len(kept) % 2 == 0
    assert int.from_bytes(kept[4:8], "little") == len(kept) - 8


def test_flags_of_a_webp_promise_only_what_is_there() -> None:
    sent = make.webp(exif=make.exif(1), xmp=b"<x/>", icc_profile=b"broken")

    kept = cleaned(WEBP, sent)

    assert sent[20] & 0x2C == 0x2C
    assert kept[20] & 0x2C == 0


def test_transparency_chunks_of_a_webp_stay() -> None:
    sent = make.saved(make.picture("RGBA"), "WEBP", quality=60)
    assert b"ALPH" in sent

    assert read(WEBP, sent).needs_cleaning is False
    frames = [make.picture("RGBA"), make.picture("RGBA").rotate(180)]
    animated = make.saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=60)
    assert read(WEBP, animated).frames == 2


@pytest.mark.parametrize(
    ("reader", "size"),
    [(lambda: webp_canvas(48, 32), (48, 32)), (lambda: webp_canvas(90, 10), (90, 32))],
)
def test_the_size_of_a_webp_is_the_largest_that_is_stated(
    reader: Callable[[], bytes], size: tuple[int, int]
) -> None:
    anatomy = read(WEBP, reader())

    assert (anatomy.width, anatomy.height) == size
