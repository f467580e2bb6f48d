"""How does each thing look against the light? One function per thing that a prompt may name."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from generation.engines.buildings import castle, city, house, lighthouse, ship
from generation.engines.moods import Light
from generation.engines.painting import Draw, Paint, Size, mixed


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
