"""How does what people built look against the light? Houses and ships, each a function."""

from __future__ import annotations

import random

from generation.engines.moods import Light
from generation.engines.painting import Draw, Size, mixed


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
