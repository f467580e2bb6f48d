"""What do a picture's colours look like on a plain screen?"""

from __future__ import annotations

import io

from PIL import Image, ImageCms

SRGB = ImageCms.createProfile("sRGB")
OPAQUE_FROM = 128
PALETTE_COLOURS = 8


def to_srgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB (RGBA where it is transparent), its ICC profile applied when it has one.

    A profile that cannot be used is passed over.
    """
    profile = picture.info.get("icc_profile")
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        coloured = picture.convert("RGBA")
        converted = _applied(coloured.convert("RGB"), profile)
        converted.putalpha(coloured.getchannel("A"))
        return converted
    if picture.mode.startswith("I"):
        # 16-bit grey: Pillow would clip it to the darkest 256 of its 65,536 values.
        return picture.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.mode in ("CMYK", "L"):
        return _applied(picture, profile)
    return _applied(picture.convert("RGB"), profile)


def _applied(picture: Image.Image, profile: bytes | None) -> Image.Image:
    plain = picture.convert("RGB")
    if not profile:
        return plain
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return plain
    return converted or plain


def dominant_color(small: Image.Image) -> str | None:
    """The most frequent colour of a small RGB or RGBA picture as "#rrggbb".

    Transparent pixels do not count; None when nothing else is there.
    """
    coloured = small.convert("RGBA")
    pixels = coloured.tobytes()
    seen = b"".join(
        pixels[at : at + 3] for at in range(0, len(pixels), 4) if pixels[at + 3] >= OPAQUE_FROM
    )
    if not seen:
        return None
    row = Image.frombytes("RGB", (len(seen) // 3, 1), seen)
    reduced = row.quantize(PALETTE_COLOURS, method=Image.Quantize.MEDIANCUT)
    counts = reduced.histogram()
    colours = reduced.getpalette() or []
    at = counts.index(max(counts)) * 3
    return "#" + bytes(colours[at : at + 3]).hex()
