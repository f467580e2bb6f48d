"""How does one picture follow the other? The six templates, each a function from two pictures to a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

Size = tuple[int, int]
ZOOM = 1.18
"""How much nearer a moving picture comes; it is prepared larger by as much, so that it stays sharp."""

# Where a wandering picture looks from and to, as shares of the room that the zoom leaves.
_WAYS = (
    ((0.0, 0.5), (1.0, 0.5)), ((0.5, 1.0), (0.5, 0.0)), ((1.0, 0.0), (0.0, 1.0)), ((0.0, 1.0), (1.0, 0.0)),
)  # fmt: skip

Shown = Callable[[Image.Image, Size, int, float], Image.Image]
"""(prepared picture, frame size, its number, how far its time has gone) -> what is seen of it."""
Mixed = Callable[[Image.Image, Image.Image, float], Image.Image]
"""(picture, next one, share of the next) -> the frame between them."""


@dataclass(frozen=True, slots=True)
class Template:
    """How a picture is shown, and how it gives way. One that does not move is the same frame for long."""

    shown: Shown
    mixed: Mixed
    moves: bool


def _still(picture: Image.Image, _size: Size, _number: int, _progress: float) -> Image.Image:
    return picture


def _nearer(picture: Image.Image, size: Size, _number: int, progress: float) -> Image.Image:
    return _window(picture, size, 1.0 + (ZOOM - 1.0) * progress, (0.5, 0.5))


def _farther(picture: Image.Image, size: Size, _number: int, progress: float) -> Image.Image:
    return _window(picture, size, ZOOM - (ZOOM - 1.0) * progress, (0.5, 0.5))


def _wandering(picture: Image.Image, size: Size, number: int, progress: float) -> Image.Image:
    start, end = _WAYS[number % len(_WAYS)]
    across, down = (
        begin + (stop - begin) * progress for begin, stop in zip(start, end, strict=True)
    )
    depth = progress if number % 2 == 0 else 1.0 - progress
    return _window(picture, size, 1.08 + (ZOOM - 1.08) * depth, (across, down))


def _window(
    picture: Image.Image, size: Size, zoom: float, look: tuple[float, float]
) -> Image.Image:
    """The part of the picture that a zoom shows, looking at a place of the room that it leaves."""
    width, height = picture.width / zoom, picture.height / zoom
    left, top = (picture.width - width) * look[0], (picture.height - height) * look[1]
    # The box has fractions of pixels, so that slow movements do not tremble.
    return picture.resize(
        size, Image.Resampling.BILINEAR, box=(left, top, left + width, top + height)
    )


def _faded(picture: Image.Image, follower: Image.Image, share: float) -> Image.Image:
    return Image.blend(picture, follower, share)


def _pushed(direction: int) -> Mixed:
    def pushed(picture: Image.Image, follower: Image.Image, share: float) -> Image.Image:
        width = picture.width
        # Slow at both ends.
        offset = round(width * share * share * (3 - 2 * share))
        frame = Image.new("RGB", picture.size)
        frame.paste(picture, (-direction * offset, 0))
        frame.paste(follower, (direction * (width - offset), 0))
        return frame

    return pushed


TEMPLATES: Mapping[str, Template] = {
    "basic_fade": Template(_still, _faded, moves=False),
    "slide_left": Template(_still, _pushed(1), moves=False),
    "slide_right": Template(_still, _pushed(-1), moves=False),
    "zoom_in": Template(_nearer, _faded, moves=True),
    "zoom_out": Template(_farther, _faded, moves=True),
    "ken_burns": Template(_wandering, _faded, moves=True),
}
