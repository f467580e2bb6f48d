"""What small pictures stand for a large one?"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from PIL import Image, ImageFilter

from assets.media.colours import dominant_color, to_srgb
from assets.media.facts import Thumbnail

BOXES = (320, 960)
QUALITY = 80
SAMPLE_SIDE = 64
PLACEHOLDER_SIDE = 24
PLACEHOLDER_QUALITY = 40


@dataclass(frozen=True)
class Previews:
    """Everything that is derived from a picture to show it before it has loaded."""

    thumbnails: tuple[Thumbnail, ...]
    dominant_color: str | None
    placeholder: str


def previews_of(first: Image.Image) -> Previews:
    """Thumbnails, main colour and blurred placeholder of a picture's upright first frame.

    Thumbnails are WebP in sRGB without metadata and never larger than the picture: one that fits
    into 320 pixels gets a single one.
    """
    largest = to_srgb(_fitted(_scalable(first), max(BOXES)))
    thumbnails = tuple(
        _thumbnail(largest, box)
        for previous, box in zip((0, *BOXES), BOXES, strict=False)
        if max(first.size) > previous
    )
    sample = largest.resize(_within(largest.size, SAMPLE_SIDE), Image.Resampling.BOX)
    return Previews(thumbnails, dominant_color(sample), _placeholder(sample))


def _scalable(picture: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged."""
    if picture.mode in ("P", "PA", "1") or "transparency" in picture.info:
        profile = picture.info.get("icc_profile")
        transparent = "transparency" in picture.info or picture.mode == "PA"
        scalable = picture.convert("RGBA" if transparent else "RGB")
        scalable.info = {"icc_profile": profile} if profile else {}
        return scalable
    return picture


def _fitted(picture: Image.Image, box: int) -> Image.Image:
    size = _within(picture.size, box)
    if size == picture.size:
        return picture
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if "icc_profile" in picture.info:
        small.info["icc_profile"] = picture.info["icc_profile"]
    return small


def _within(size: tuple[int, int], box: int) -> tuple[int, int]:
    longest = max(size)
    if longest <= box:
        return size
    width, height = (max(1, round(side * box / longest)) for side in size)
    return width, height


def _thumbnail(largest: Image.Image, box: int) -> Thumbnail:
    small = _fitted(largest, box)
    return Thumbnail(box, small.width, small.height, _webp(small, QUALITY))


def _placeholder(sample: Image.Image) -> str:
    tiny = sample.resize(_within(sample.size, PLACEHOLDER_SIDE), Image.Resampling.BOX)
    blurred = tiny.filter(ImageFilter.GaussianBlur(1))
    packed = base64.b64encode(_webp(blurred, PLACEHOLDER_QUALITY)).decode("ascii")
    return f"data:image/webp;base64,{packed}"


def _webp(picture: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    # No profile, no EXIF: the pixels are sRGB already.
    picture.save(target, format="WEBP", quality=quality, method=4, icc_profile=None, exif=b"")
    return target.getvalue()
