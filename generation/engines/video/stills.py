"""How does a picture of any shape fill the frame? Whole and undistorted, over a blurred copy of itself."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter, ImageOps, UnidentifiedImageError

from generation.providers.failures import WrongInput

Size = tuple[int, int]
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# A backdrop is blurred, so it is made small and drawn large.
_BACKDROP_SIDE = 160


def fitted(path: Path, size: Size) -> Image.Image:
    """The picture as a frame of this size, in RGB. Raises WrongInput for what is no picture."""
    try:
        with Image.open(path, formats=_FORMATS) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as problem:
        raise WrongInput("a picture of the video cannot be read") from problem
    inside = ImageOps.contain(picture, size, Image.Resampling.LANCZOS)
    if inside.size == size:
        return inside
    frame = _backdrop(picture, size)
    frame.paste(inside, ((size[0] - inside.width) // 2, (size[1] - inside.height) // 2))
    return frame


def _backdrop(picture: Image.Image, size: Size) -> Image.Image:
    scale = _BACKDROP_SIDE / max(size)
    small = ImageOps.fit(picture, (max(8, round(size[0] * scale)), max(8, round(size[1] * scale))))
    blurred = small.filter(ImageFilter.GaussianBlur(4))
    return ImageEnhance.Brightness(blurred.resize(size, Image.Resampling.BICUBIC)).enhance(0.5)
