"""How does each thing look against the light? One function per thing that a prompt may name."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping

from PIL import ImageDraw

from generation.engines.moods import Colour, Light

Draw = ImageDraw.ImageDraw
Size = tuple[int, int]
Paint = Callable[[Draw, Size, Light, random.Random], None]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def mountains(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """A range with snow on its peaks."""
    width, height = size
    for _ in range(4):
        x, peak = width * chance.uniform(0.05, 0.95), height * chance.uniform(0.18, 0.42)
        half, foot = width * chance.uniform(0.16, 0.28), height * 0.78
        draw.polygon(
            ((x - half, foot), (x, peak), (x + half, foot)),
            fill=mixed(light.horizon, light.dark, 0.5),
        )
        cap = (foot - peak) * 0.22
        side = half * 0.22
        notch = (x + side * 0.1, peak + cap * 0.6)
        draw.polygon(
            ((x - side, peak + cap), (x, peak), (x + side, peak + cap), notch),
            fill=mixed(light.horizon, (255, 255, 255), 0.7),
        )


def trees(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """Firs, the near ones larger and darker."""
    width, height = size
    for number in range(26):
        near = number / 26
        x, foot = width * chance.uniform(-0.03, 1.03), height * (0.76 + 0.16 * near)
        tall = height * chance.uniform(0.16, 0.26) * (0.6 + near * 0.8)
        colour = mixed(light.horizon, light.dark, 0.55 + 0.45 * near)
        draw.rectangle((x - tall * 0.03, foot - tall * 0.2, x + tall * 0.03, foot), fill=colour)
        for tier in range(3):
            top, low = foot - tall + tier * tall * 0.24, foot - tall * (0.5 - tier * 0.18)
            half = tall * (0.13 + tier * 0.06)
            draw.polygon(((x, top), (x - half, low), (x + half, low)), fill=colour)


def sea(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """Water up to the horizon, with crests."""
    width, height = size
    line = int(height * 0.68)
    for y in range(line, height):
        share = (y - line) / (height - line)
        draw.line(
            ((0, y), (width, y)),
            fill=mixed(mixed(light.horizon, light.top, 0.4), light.dark, share),
        )
    for _ in range(150):
        depth = (height - line) * chance.random() ** 2
        long = width * 0.01 + depth * chance.uniform(0.1, 0.5)
        x = width * chance.random()
        draw.line(((x, line + depth), (x + long, line + depth)), fill=(255, 255, 255, 54))


def city(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """A skyline with lit windows."""
    width, height = size
    x = -0.02 * width
    while x < width:
        wide, tall = width * chance.uniform(0.04, 0.09), height * chance.uniform(0.18, 0.52)
        foot = height * 0.9
        draw.rectangle(
            (x, foot - tall, x + wide, foot),
            fill=mixed(light.horizon, light.dark, chance.uniform(0.6, 0.9)),
        )
        pane = max(2.0, width / 220)
        for row in range(int(tall / (pane * 3))):
            for column in range(int(wide / (pane * 2.2))):
                if chance.random() < 0.3:
                    left, top = (
                        x + pane * (0.8 + column * 2.2),
                        foot - tall + pane * (1.2 + row * 3),
                    )
                    draw.rectangle(
                        (left, top, left + pane, top + pane * 1.4), fill=(255, 222, 140, 200)
                    )
        x += wide * chance.uniform(0.9, 1.2)


def castle(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """Walls, towers, battlements and a gate."""
    width, height = size
    x, foot, unit = width * chance.uniform(0.35, 0.65), height * 0.84, min(size) * 0.06
    wall = mixed(light.horizon, light.dark, 0.82)
    draw.rectangle((x - unit * 4, foot - unit * 3, x + unit * 4, foot), fill=wall)
    for place, tall in ((-4, 5.2), (4, 4.6), (-1.6, 6.4), (1.7, 7.4)):
        left = x + place * unit
        draw.rectangle((left - unit * 0.7, foot - tall * unit, left + unit * 0.7, foot), fill=wall)
        draw.polygon(
            (
                (left - unit * 0.95, foot - tall * unit),
                (left, foot - (tall + 1.6) * unit),
                (left + unit * 0.95, foot - tall * unit),
            ),
            fill=mixed(wall, (160, 40, 50), 0.35),
        )
        draw.rectangle(
            (
                left - unit * 0.14,
                foot - (tall - 1) * unit,
                left + unit * 0.14,
                foot - (tall - 1.6) * unit,
            ),
            fill=(255, 220, 140),
        )
    for step in range(9):
        left = x - unit * 4 + step * unit
        draw.rectangle((left, foot - unit * 3.4, left + unit * 0.5, foot - unit * 3), fill=wall)
    draw.pieslice(
        (x - unit * 0.8, foot - unit * 1.9, x + unit * 0.8, foot - unit * 0.3),
        180,
        360,
        fill=light.dark,
    )
    draw.rectangle((x - unit * 0.8, foot - unit * 1.1, x + unit * 0.8, foot), fill=light.dark)


def cave(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """The view out of a cave's mouth."""
    width, height = size
    ring: list[tuple[float, float]] = []
    for step in range(48):
        angle = step / 48 * math.tau
        reach = 0.36 + chance.uniform(-0.035, 0.035)
        ring.append(
            (width * (0.5 + math.cos(angle) * reach), height * (0.52 + math.sin(angle) * reach))
        )
    frame: list[tuple[float, float]] = [
        (0, 0),
        (width, 0),
        (width, height),
        (0, height),
        (0, 0),
        ring[0],
    ]
    draw.polygon([*frame, *reversed(ring)], fill=light.dark)


def house(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """A cottage with a lit window and smoke."""
    width, height = size
    x, foot, unit = width * chance.uniform(0.2, 0.8), height * 0.86, min(size) * 0.07
    wall = mixed(light.horizon, light.dark, 0.8)
    draw.rectangle((x - unit * 1.6, foot - unit * 1.8, x + unit * 1.6, foot), fill=wall)
    draw.polygon(
        (
            (x - unit * 2, foot - unit * 1.8),
            (x, foot - unit * 3.3),
            (x + unit * 2, foot - unit * 1.8),
        ),
        fill=light.dark,
    )
    draw.rectangle(
        (x + unit * 0.7, foot - unit * 3.3, x + unit * 1.1, foot - unit * 2.3), fill=light.dark
    )
    draw.rectangle(
        (x + unit * 0.35, foot - unit * 1.3, x + unit * 1.05, foot - unit * 0.7),
        fill=(255, 214, 120),
    )
    draw.rectangle((x - unit * 1, foot - unit * 1.2, x - unit * 0.35, foot), fill=light.dark)
    for puff in range(6):
        radius = unit * (0.14 + puff * 0.06)
        middle, above = x + unit * 0.9 + puff * unit * 0.22, foot - unit * (3.5 + puff * 0.42)
        draw.ellipse(
            (middle - radius, above - radius, middle + radius, above + radius),
            fill=(230, 230, 236, 70),
        )


def lighthouse(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """A banded tower on a rock, its beam over the water."""
    width, height = size
    x, foot, unit = width * chance.uniform(0.2, 0.45), height * 0.8, min(size) * 0.05
    top = foot - unit * 7
    for spread in range(9, 0, -1):
        draw.polygon(
            (
                (x, top),
                (width * 1.1, top - unit * spread * 0.8),
                (width * 1.1, top + unit * spread * 0.5),
            ),
            fill=(255, 240, 190, 12),
        )
    draw.polygon(
        (
            (x - unit * 5, foot + unit * 2),
            (x - unit * 2, foot - unit * 0.4),
            (x + unit * 2, foot - unit * 0.4),
            (x + unit * 6, foot + unit * 2),
        ),
        fill=light.dark,
    )
    draw.polygon(
        ((x - unit, foot), (x + unit, foot), (x + unit * 0.6, top), (x - unit * 0.6, top)),
        fill=mixed(light.dark, (255, 255, 255), 0.72),
    )
    for band in range(3):
        y = top + unit * (1.2 + band * 2)
        draw.polygon(
            (
                (x - unit * 0.7, y),
                (x + unit * 0.7, y),
                (x + unit * 0.78, y + unit),
                (x - unit * 0.78, y + unit),
            ),
            fill=(178, 52, 50),
        )
    draw.rectangle((x - unit * 0.5, top - unit, x + unit * 0.5, top), fill=(255, 236, 170))
    draw.polygon(
        ((x - unit * 0.7, top - unit), (x, top - unit * 1.8), (x + unit * 0.7, top - unit)),
        fill=light.dark,
    )


def ship(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """A ship with two masts and pale sails."""
    width, height = size
    x, line, unit = width * chance.uniform(0.45, 0.8), height * 0.72, min(size) * 0.06
    hull = mixed(light.dark, (90, 60, 40), 0.3)
    draw.polygon(
        (
            (x - unit * 2.6, line - unit * 0.6),
            (x + unit * 2.8, line - unit * 0.8),
            (x + unit * 2, line + unit * 0.5),
            (x - unit * 2, line + unit * 0.5),
        ),
        fill=hull,
    )
    for mast in (-1.0, 0.9):
        left = x + mast * unit
        draw.line(
            ((left, line - unit * 0.6), (left, line - unit * 4)),
            fill=hull,
            width=max(2, int(unit * 0.12)),
        )
        draw.polygon(
            (
                (left + unit * 0.1, line - unit * 3.9),
                (left + unit * 1.5, line - unit * 1.2),
                (left + unit * 0.1, line - unit * 1),
            ),
            fill=mixed(light.horizon, (255, 255, 255), 0.6),
        )


def person(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """Somebody who looks into the picture, in a cloak."""
    width, height = size
    x, foot, tall = width * chance.uniform(0.3, 0.7), height * 0.93, height * 0.3
    draw.polygon(
        (
            (x - tall * 0.2, foot),
            (x - tall * 0.08, foot - tall * 0.8),
            (x + tall * 0.08, foot - tall * 0.8),
            (x + tall * 0.2, foot),
        ),
        fill=light.dark,
    )
    radius = tall * 0.1
    draw.ellipse((x - radius, foot - tall, x + radius, foot - tall + radius * 2), fill=light.dark)


def birds(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """A few birds, far away."""
    width, height = size
    for _ in range(7):
        x, y, wing = (
            width * chance.random(),
            height * chance.uniform(0.1, 0.4),
            width * chance.uniform(0.008, 0.02),
        )
        draw.line(
            ((x - wing, y - wing * 0.5), (x, y), (x + wing, y - wing * 0.5)),
            fill=light.dark,
            width=max(1, width // 380),
        )


def rain(draw: Draw, size: Size, light: Light, chance: random.Random) -> None:
    """Slanting lines."""
    width, height = size
    pale = (*mixed(light.horizon, (255, 255, 255), 0.5), 70)
    for _ in range(width // 2):
        x, y, long = (
            width * chance.random(),
            height * chance.random(),
            height * chance.uniform(0.02, 0.05),
        )
        draw.line(((x, y), (x - long * 0.3, y + long)), fill=pale)


def snow(draw: Draw, size: Size, _light: Light, chance: random.Random) -> None:
    """Flakes, near and far."""
    width, height = size
    for _ in range(width // 2):
        x, y, radius = (
            width * chance.random(),
            height * chance.random(),
            chance.uniform(0.6, 2.4) * max(1.0, height / 600),
        )
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius),
            fill=(255, 255, 255, chance.randrange(90, 220)),
        )


DRAWN: Mapping[str, Paint] = {
    "mountains": mountains, "sea": sea, "city": city, "trees": trees, "castle": castle, "house": house,
    "lighthouse": lighthouse, "ship": ship, "person": person, "birds": birds, "rain": rain, "snow": snow,
    "cave": cave,
}  # fmt: skip
"""The things by name, as generation.engines.moods finds them."""
