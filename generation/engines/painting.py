"""What do the drawing functions share? Their form, and a colour between two."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import ImageDraw

from generation.engines.moods import Colour, Light

Draw = ImageDraw.ImageDraw
Size = tuple[int, int]
Paint = Callable[[Draw, Size, Light, random.Random], None]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)
