"""How is a picture drawn without a model? A scene composed from the prompt's words, with the prompt as caption.

An honest stand-in: it shows what was asked for in words and mood, and its record says what it is.
"""

from __future__ import annotations

import math
import random
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

from generation.engines.caption import draw_caption
from generation.engines.moods import LIGHTS, Colour, Light, light_of, things_of
from generation.engines.painting import mixed
from generation.engines.silhouettes import DRAWN
from generation.engines.styles import STYLES, styled

DEFAULT_SIZE = (768, 512)


def make_picture(
    prompt: str,
    folder: Path,
    *,
    size: tuple[int, int] | None,
    seed: int | None,
    style: str | None,
    has_caption: bool = True,
) -> tuple[Path, dict[str, object]]:
    """Draw a PNG into the folder; the same words, size, seed and style give the same picture.

    Returns its path and what is worth knowing of it. `size` is width and height in pixels; a style that
    is not known here changes nothing. The prompt is written below it unless `has_caption` is false.
    """
    seed = zlib.crc32(prompt.encode()) & 0x7FFF_FFFF if seed is None else seed
    chance = random.Random(f"{seed}:{prompt}")  # noqa: S311 - scenery, not secrets
    width, height = size or DEFAULT_SIZE
    name = light_of(prompt, chance.randrange(6))
    things = things_of(prompt) or (chance.choice(("mountains", "trees", "sea", "city")),)
    image = _scenery((width, height), LIGHTS[name], things, chance)
    image = styled(image, style or "", chance)
    if has_caption:
        draw_caption(image, prompt)
    path = folder / "picture.png"
    image.save(path, "PNG", compress_level=1)
    details: dict[str, object] = {
        "standIn": True,
        "light": name,
        "things": list(things),
        "seed": seed,
    }
    if style in STYLES:
        details["style"] = style
    return path, details


def _scenery(
    size: tuple[int, int], light: Light, things: tuple[str, ...], chance: random.Random
) -> Image.Image:
    image = _sky(size, light)
    draw = ImageDraw.Draw(image, "RGBA")
    if "stars" in things:
        _stars(draw, size, chance)
    _sun_or_moon(draw, size, light, chance, moon="moon" in things or "stars" in things)
    _hills(draw, size, light, chance)
    for name in things:
        if name in DRAWN:
            DRAWN[name](draw, size, light, chance)
    _ground(draw, size, light, chance)
    return image


def _sky(size: tuple[int, int], light: Light) -> Image.Image:
    width, height = size
    column = Image.new("RGB", (1, height))
    for y in range(height):
        column.putpixel(
            (0, y), mixed(light.top, light.horizon, min(1.0, (y / (height * 0.7)) ** 1.3))
        )
    return column.resize((width, height))


def _stars(draw: ImageDraw.ImageDraw, size: tuple[int, int], chance: random.Random) -> None:
    width, height = size
    for _ in range(width * height // 5_000):
        x, y = chance.uniform(0, width), chance.uniform(0, height * 0.55)
        radius = chance.choice((0.5, 0.8, 1.3)) * max(1.0, height / 700)
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, fill=(255, 250, 235, chance.randrange(60, 220)))


def _sun_or_moon(
    draw: ImageDraw.ImageDraw,
    size: tuple[int, int],
    light: Light,
    chance: random.Random,
    *,
    moon: bool,
) -> None:
    width, height = size
    x, y = width * chance.uniform(0.15, 0.85), height * chance.uniform(0.14, 0.42)
    radius = min(size) * chance.uniform(0.05, 0.09)
    colour: Colour = (238, 240, 250) if moon else mixed(light.horizon, (255, 250, 225), 0.75)
    for ring in range(7, 0, -1):
        spread = radius * (1 + ring * 0.45)
        draw.ellipse((x - spread, y - spread, x + spread, y + spread), fill=(*colour, 14))
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, 255))


def _hills(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], light: Light, chance: random.Random
) -> None:
    """Three ranges, each nearer and darker: this is what gives the picture its depth."""
    width, height = size
    for layer in range(3):
        base = height * (0.62 + 0.09 * layer)
        swing = height * chance.uniform(0.03, 0.08)
        phase, pace = chance.uniform(0, 6), chance.uniform(1.2, 3.4)
        points: list[tuple[float, float]] = [(0, height)]
        for step in range(41):
            share = step / 40
            wave = math.sin(phase + share * pace * 3) + 0.4 * math.sin(phase * 2 + share * pace * 9)
            points.append((share * width, base - swing * wave))
        points.append((width, height))
        draw.polygon(points, fill=mixed(light.horizon, light.dark, 0.3 + 0.22 * layer))


def _ground(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], light: Light, chance: random.Random
) -> None:
    width, height = size
    line = height * 0.9
    draw.rectangle((0, line, width, height), fill=light.dark)
    for _ in range(width // 5):
        x, tall = chance.uniform(0, width), chance.uniform(0.01, 0.04) * height
        lean = chance.uniform(-0.5, 0.5) * tall
        draw.line(
            ((x, line + 2), (x + lean, line - tall)), fill=light.dark, width=max(1, width // 500)
        )
