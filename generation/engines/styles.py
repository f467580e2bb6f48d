"""How does a style look that no model knows? One filter each, so that styles can be told apart."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps


def styled(image: Image.Image, style: str, chance: random.Random) -> Image.Image:
    """The picture in a style of STYLES; as it is for any other word."""
    change = STYLES.get(style)
    return image if change is None else change(image, chance)


def _realistic(image: Image.Image, _chance: random.Random) -> Image.Image:
    return ImageEnhance.Contrast(image.filter(ImageFilter.GaussianBlur(0.6))).enhance(1.1)


def _pixar(image: Image.Image, _chance: random.Random) -> Image.Image:
    return ImageEnhance.Color(image.filter(ImageFilter.SMOOTH_MORE)).enhance(1.6)


def _anime(image: Image.Image, _chance: random.Random) -> Image.Image:
    edges = ImageOps.invert(image.filter(ImageFilter.FIND_EDGES).convert("L")).point(
        lambda v: 255 if v > 200 else 40
    )
    flat = ImageOps.posterize(ImageEnhance.Color(image).enhance(1.35), 4)
    return ImageChops.multiply(flat, Image.merge("RGB", (edges, edges, edges)))


def _flat(image: Image.Image, _chance: random.Random) -> Image.Image:
    return image.quantize(10, method=Image.Quantize.MEDIANCUT).convert("RGB")


def _watercolor(image: Image.Image, _chance: random.Random) -> Image.Image:
    soft = image.filter(ImageFilter.ModeFilter(9)).filter(ImageFilter.GaussianBlur(1.2))
    return Image.blend(
        ImageEnhance.Brightness(soft).enhance(1.15),
        Image.new("RGB", image.size, (250, 246, 236)),
        0.18,
    )


def _oil(image: Image.Image, _chance: random.Random) -> Image.Image:
    return ImageEnhance.Color(
        image.filter(ImageFilter.ModeFilter(7)).filter(ImageFilter.EDGE_ENHANCE)
    ).enhance(1.25)


def _sketch(image: Image.Image, _chance: random.Random) -> Image.Image:
    grey = image.convert("L")
    blurred = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(6))
    lines = ImageChops.add(ImageChops.screen(grey, blurred), Image.new("L", image.size, 10))
    return ImageOps.colorize(lines, (40, 38, 44), (250, 248, 240))


STYLES: Mapping[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "realistic": _realistic,
    "pixar": _pixar,
    "anime": _anime,
    "flat_design": _flat,
    "watercolor": _watercolor,
    "oil_painting": _oil,
    "sketch": _sketch,
}
"""The styles that are drawn differently here."""
