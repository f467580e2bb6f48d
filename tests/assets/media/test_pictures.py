"""Is a stored picture the sent one, upright, in RGB, and rid of what it told of its maker?"""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageSequence, ImageStat

from assets.errors import CorruptFile, MediaRefused, TooManyPixels
from assets.media.facts import DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from tests.assets import crafting as make

SECRETS = (b"SERIAL-12345", b"Camera Maker", b"Exif", b"xmpmeta", b"made at home", b"8BIM")
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def stored(data: bytes, name: str = "", limits: MediaLimits | None = None) -> bytes:
    with inspect(
        io.BytesIO(data), DeclaredFile(name, None, "image"), limits or MediaLimits()
    ) as checked:
        return checked.path.read_bytes()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference over all channels of all pixels; 0 only when all are equal."""
    assert one.size == other.size
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return sum(ImageStat.Stat(apart).mean)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(name: str, orientation: int) -> None:
    sent = make.saved(make.picture(size=(64, 32)), name, exif=make.exif(orientation), quality=95)
    expected = {
        1: lambda p: p,
        2: lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda p: p.rotate(180),
        4: lambda p: p.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda p: p.rotate(90, expand=True).transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        6: lambda p: p.rotate(270, expand=True),
        7: lambda p: p.rotate(270, expand=True).transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        8: lambda p: p.rotate(90, expand=True),
    }[orientation](opened(sent))

    result = opened(stored(sent))

    assert result.format == name
    assert difference(result, expected) <= (0 if name == "PNG" else 6)
    assert result.getexif().get(0x0112) is None


@pytest.mark.parametrize(
    "sent",
    [
        make.jpeg(exif=make.exif(6), xmp=XMP, comment=b"made at home"),
        make.jpeg_with(make.jpeg_segment(0xED, b"Photoshop 3.0\x008BIM made at home"), make.jpeg()),
        make.png(exif=make.exif(3)),
        make.png_with(make.png_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + XMP)),
        make.png_with(make.png_chunk(b"tEXt", b"Author\x00made at home")),
        make.webp(exif=make.exif(6), xmp=XMP),
        make.saved(make.picture("P"), "GIF", comment=b"made at home"),
    ],
    ids=["jpeg", "photoshop", "png-exif", "png-xmp", "png-text", "webp", "gif"],
)
def test_nothing_is_kept_that_tells_of_place_or_maker(sent: bytes) -> None:
    assert any(secret in sent for secret in SECRETS)

    result = stored(sent)

    assert [secret for secret in SECRETS if secret in result] == []


@pytest.mark.parametrize(
    "sent",
    [make.jpeg(xmp=XMP), make.png_with(make.png_chunk(b"tEXt", b"a\x00b")), make.webp(xmp=XMP)],
    ids=["jpeg", "png", "webp"],
)
def test_removing_metadata_changes_no_pixel(sent: bytes) -> None:
    result = stored(sent)

    assert result != sent
    assert difference(opened(result), opened(sent)) == 0


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_colour_profile_stays(name: str, orientation: int) -> None:
    sent = make.saved(
        make.picture(), name, icc_profile=make.SRGB_PROFILE, exif=make.exif(orientation)
    )

    assert opened(stored(sent)).info["icc_profile"] == make.SRGB_PROFILE


@pytest.mark.parametrize("sent", [make.jpeg, make.webp])
def test_a_broken_profile_goes(sent: object) -> None:
    result = stored(sent(icc_profile=b"x" * 300))  # type: ignore[operator]

    assert "icc_profile" not in opened(result).info
    assert b"x" * 40 not in result


def test_four_inks_become_rgb_and_their_profile_goes() -> None:
    sent = make.saved(make.picture("CMYK"), "JPEG", icc_profile=make.SRGB_PROFILE)

    result = opened(stored(sent))

    assert result.mode == "RGB"
    assert "icc_profile" not in result.info
    assert difference(result, opened(sent).convert("RGB")) <= 20


def test_a_preview_inside_a_jpeg_header_goes() -> None:
    plain = make.jpeg()
    with_preview = (
        plain[:2]
        + make.jpeg_segment(0xE0, plain[6:18] + b"\x02\x02" + b"secretpixels")
        + plain[20:]
    )

    result = stored(with_preview)

    assert b"secretpixels" not in result
    assert result == plain


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_frames_times_and_loops(name: str) -> None:
    sent = make.animated(name, 4)
    before, after = opened(sent), opened(stored(sent))

    assert after.n_frames == before.n_frames == 4  # type: ignore[attr-defined]
    assert after.info.get("loop") == before.info.get("loop") == 0
    for one, other in zip(
        ImageSequence.Iterator(before), ImageSequence.Iterator(after), strict=True
    ):
        one.load()
        other.load()
        assert one.info.get("duration") == other.info.get("duration") == 100
        assert difference(one, other) == 0


def test_an_animation_is_turned_frame_by_frame() -> None:
    images = [make.picture(size=(24, 16)), make.picture(size=(24, 16)).rotate(180)]
    sent = make.saved(
        images[0], "WEBP", save_all=True, append_images=images[1:], duration=[80, 200], lossless=True,
        exif=make.exif(6),
    )  # fmt: skip

    result = opened(stored(sent))

    frames = []
    for frame in ImageSequence.Iterator(result):
        frame.load()
        frames.append((frame.size, frame.info["duration"], frame.convert("RGB").copy()))
    assert [frame[:2] for frame in frames] == [((16, 24), 80), ((16, 24), 200)]
    assert difference(frames[0][2], images[0].rotate(270, expand=True)) == 0


def test_turning_a_photo_keeps_its_tables() -> None:
    sent = make.jpeg((64, 48), quality=71, exif=make.exif(3), subsampling=1)

    before, after = opened(sent), opened(stored(sent))

    assert after.quantization == before.quantization  # type: ignore[attr-defined]


def test_limits_are_what_the_caller_says() -> None:
    limits = MediaLimits(pixels=48 * 32)

    assert stored(make.png((48, 32)), limits=limits)
    with pytest.raises(TooManyPixels) as refusal:
        stored(make.png((49, 32)), limits=limits)
    assert refusal.value.details["limit"] == 48 * 32
    assert refusal.value.message == (
        "The picture has 49 x 32 pixels. Allowed are 1536 pixels and 16383 on a side."
    )


def test_a_picture_that_lacks_pixels_is_refused() -> None:
    whole = make.jpeg((64, 64), quality=100)
    without_half = whole[:-20].rstrip(b"\xff") + b"\xff\xd9"
    with pytest.raises(MediaRefused) as refusal:
        stored(make.png()[:-30] + make.png()[-12:])
    assert isinstance(refusal.value, CorruptFile)
    # libjpeg fills what is missing with grey: such a file is taken, as every browser takes it.
    assert opened(stored(without_half)).size == (64, 64)
