"""Do the small pictures show the large one?"""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from assets.media.thumbnails import previews_of
from tests.assets import crafting as make


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("size", "thumbnails"),
    [
        ((1600, 800), [(320, 160), (960, 480)]),
        ((800, 1600), [(160, 320), (480, 960)]),
        ((500, 400), [(320, 256), (500, 400)]),
        ((320, 320), [(320, 320)]),
        ((3000, 1), [(320, 1), (960, 1)]),
        ((1, 1), [(1, 1)]),
    ],
)
def test_thumbnails_fit_and_never_grow(
    size: tuple[int, int], thumbnails: list[tuple[int, int]]
) -> None:
    previews = previews_of(make.picture(size=size))

    assert [(t.width, t.height) for t in previews.thumbnails] == thumbnails
    assert [opened(t.data).size for t in previews.thumbnails] == thumbnails
    assert {opened(t.data).format for t in previews.thumbnails} == {"WEBP"}


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "1", "P", "CMYK", "I;16"])
def test_every_mode_has_previews(mode: str) -> None:
    previews = previews_of(make.picture(mode, (700, 500)))

    small = opened(previews.thumbnails[0].data)
    assert small.size == (320, 229)
    assert small.mode == ("RGBA" if mode in ("RGBA", "LA") else "RGB")
    assert previews.dominant_color is not None


def test_transparency_stays() -> None:
    previews = previews_of(make.picture("RGBA", (640, 640)))

    thumbnail = opened(previews.thumbnails[0].data).convert("RGBA")
    assert thumbnail.getpixel((300, 300))[3] == 255  # type: ignore[index]
    assert 120 <= thumbnail.getpixel((20, 20))[3] <= 136  # type: ignore[index]


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((255, 0, 0), "#ff0000"), ((18, 52, 86), "#123456"), ((255, 255, 255), "#ffffff")],
)
def test_the_dominant_colour_is_the_most_frequent(
    colour: tuple[int, int, int], expected: str
) -> None:
    picture = Image.new("RGB", (100, 100), colour)
    picture.paste((0, 200, 0), (0, 0, 20, 20))

    assert previews_of(picture).dominant_color == expected


def test_invisible_pixels_have_no_colour() -> None:
    picture = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    assert previews_of(picture).dominant_color is None

    picture.paste((0, 0, 255, 255), (0, 0, 10, 10))
    assert previews_of(picture).dominant_color == "#0000ff"


def test_a_profile_is_applied_and_not_carried() -> None:
    plain, swapped = make.picture(size=(400, 400)), make.picture(size=(400, 400))
    plain.info["icc_profile"] = make.SRGB_PROFILE
    swapped.info["icc_profile"] = green_and_blue_swapped()

    thumbnail = opened(previews_of(swapped).thumbnails[0].data)

    assert "icc_profile" not in thumbnail.info
    assert previews_of(plain).dominant_color == "#1428c8"
    assert previews_of(swapped).dominant_color == "#14c828"


def green_and_blue_swapped() -> bytes:
    """sRGB whose green and blue primaries stand in each other's place."""
    return (
        make.SRGB_PROFILE.replace(b"gXYZ", b"tXYZ")
        .replace(b"bXYZ", b"gXYZ")
        .replace(b"tXYZ", b"bXYZ")
    )


def test_the_placeholder_is_a_tiny_picture_in_its_address() -> None:
    head, packed = previews_of(make.picture(size=(1600, 900))).placeholder.split(",")

    tiny = opened(base64.b64decode(packed))
    assert head == "data:image/webp;base64"
    assert tiny.size == (24, 14)
    assert len(packed) < 600
