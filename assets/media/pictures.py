"""Can a picture be decoded to its end, and what does it look like upright?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageSequence, JpegImagePlugin

from assets.errors import CorruptFile, TooManyFrames, TooManyPixels
from assets.media.anatomy import PictureAnatomy
from assets.media.colours import to_srgb
from assets.media.facts import MediaLimits
from assets.media.formats import JPEG, PNG, WEBP, Format

# EXIF's orientation and what turns the picture upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PHOTO_QUALITY = 92

# What Pillow's decoders let out of damaged files.
DECODER_FAILURES = (
    OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, AttributeError,
    OverflowError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True)
class DecodedPicture:
    """A picture that was decoded whole. `first` is its first frame, upright, as it is stored."""

    first: Image.Image
    path: Path
    frames: int


def require_size(anatomy: PictureAnatomy, limits: MediaLimits) -> None:
    """Refuse a picture by what its container states, before anything is unpacked.

    Raises TooManyPixels, TooManyFrames, CorruptFile (no size).
    """
    width, height, frames = anatomy.width, anatomy.height, anatomy.frames
    if not width or not height:
        raise CorruptFile("The file is damaged: it has no size.", reason="BAD_STRUCTURE")
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise TooManyPixels(
            f"The picture has {width} x {height} pixels.",
            reason="PIXELS",
            allowed=f"Allowed are {limits.pixels} pixels and {limits.side} on a side.",
            limit=limits.pixels,
        )
    if frames > limits.frames:
        raise TooManyFrames(
            f"The animation has {frames} frames.",
            reason="FRAMES",
            allowed=f"Allowed are {limits.frames} frames.",
            limit=limits.frames,
        )
    if frames > 1 and frames * width * height > limits.canvas_pixels:
        raise TooManyFrames(
            f"The animation has {frames} frames of {width} x {height} pixels.",
            reason="CANVAS_PIXELS",
            allowed=f"Allowed are {limits.canvas_pixels} pixels over all frames.",
            limit=limits.canvas_pixels,
        )


def decode_picture(
    path: Path, found: Format, anatomy: PictureAnatomy, folder: Path
) -> DecodedPicture:
    """Decode every frame of the cleaned file at `path`; turn it upright and into RGB if need be.

    Where that changes pixels, a new file is written into `folder`. Raises CorruptFile.
    """
    sent = _decoded(path, found)
    turn = TURNS.get(anatomy.orientation)
    if turn is None and sent.first.mode != "CMYK":
        return sent
    changed = folder / f"upright{found.extension}"
    with _decoding():
        if turn is not None and sent.frames > 1:
            _save_turned_frames(path, turn, found, changed, lossless=anatomy.lossless)
        else:
            _save_upright(sent.first, turn, found, changed, lossless=anatomy.lossless)
    del sent
    # What is described is what is stored: our own work is decoded as well.
    return _decoded(changed, found)


def _decoded(path: Path, found: Format) -> DecodedPicture:
    with _decoding(), Image.open(path, formats=[found.decoder]) as picture:
        picture.load()
        frames = getattr(picture, "n_frames", 1)
        if frames == 1:
            return DecodedPicture(picture, path, frames)
        first = picture.copy()
        for frame in ImageSequence.Iterator(picture):
            frame.load()
        return DecodedPicture(first, path, frames)


@contextmanager
def _decoding() -> Iterator[None]:
    """What decoders let out of damaged files, as one refusal."""
    try:
        yield
    except DECODER_FAILURES as error:
        raise CorruptFile("The picture cannot be decoded.", reason="UNDECODABLE") from error


def _save_upright(
    picture: Image.Image,
    turn: Image.Transpose | None,
    found: Format,
    path: Path,
    *,
    lossless: bool,
) -> None:
    profile = picture.info.get("icc_profile")
    upright = picture
    options: dict[str, object] = {}
    if picture.mode == "CMYK":
        # The profile describes inks; the RGB picture that comes out needs none.
        upright, profile = to_srgb(picture), None
        options = {"quality": PHOTO_QUALITY}
    elif found is JPEG and isinstance(picture, JpegImagePlugin.JpegImageFile):
        # The very tables of the sent file: turning costs next to no quality.
        options = {"qtables": picture.quantization}
        sampling = JpegImagePlugin.get_sampling(picture)
        options |= {"subsampling": sampling} if sampling >= 0 else {}
    elif found is WEBP:
        options = {"lossless": lossless, "quality": PHOTO_QUALITY}
    elif found is PNG and "transparency" in picture.info:
        options = {"transparency": picture.info["transparency"]}
    if turn is not None:
        upright = upright.transpose(turn)
    upright.save(path, format=found.decoder, icc_profile=profile, **options)


def _save_turned_frames(
    path: Path, turn: Image.Transpose, found: Format, changed: Path, *, lossless: bool
) -> None:
    with Image.open(path, formats=[found.decoder]) as picture:
        durations = []
        for frame in ImageSequence.Iterator(picture):
            frame.load()
            durations.append(int(frame.info.get("duration", 0)))
        frames = ImageSequence.Iterator(picture)
        turned = (frame.transpose(turn) for frame in frames)
        next(turned).save(
            changed,
            format=found.decoder,
            save_all=True,
            append_images=turned,
            duration=durations,
            loop=picture.info.get("loop", 0),
            lossless=lossless,
            quality=PHOTO_QUALITY,
            icc_profile=picture.info.get("icc_profile"),
        )
