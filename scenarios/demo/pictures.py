"""How are the demo story's pictures drawn? From gradients, silhouettes and seeded chance, with no download."""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 540

Colour = tuple[int, int, int]

# Sky at the top, sky at the horizon, the dark of the silhouettes.
PALETTES: dict[str, tuple[Colour, Colour, Colour]] = {
    "shore": ((38, 42, 74), (206, 124, 96), (18, 20, 34)),
    "boathouse": ((46, 38, 40), (148, 104, 66), (20, 16, 18)),
    "table": ((28, 24, 34), (176, 128, 72), (22, 16, 18)),
    "yard": ((52, 62, 96), (150, 138, 150), (22, 26, 40)),
    "gull": ((64, 84, 122), (196, 178, 164), (24, 28, 44)),
    "cottage": ((30, 28, 44), (122, 86, 78), (18, 16, 26)),
    "stairs": ((24, 26, 44), (86, 92, 128), (14, 14, 26)),
    "lamp_room": ((22, 28, 52), (98, 124, 148), (12, 16, 28)),
    "storm": ((14, 18, 34), (66, 80, 104), (8, 10, 20)),
    "ledge": ((20, 26, 46), (104, 104, 122), (12, 14, 26)),
    "dawn": ((84, 96, 156), (255, 206, 140), (36, 32, 54)),
    "wreck": ((8, 10, 20), (44, 52, 72), (4, 5, 10)),
}
LIT = {"dawn"}
RAINY = {"lamp_room", "storm", "wreck", "ledge"}


def drawn_picture(scenery: str, seed: int) -> bytes:
    """A WebP of 960 x 540 for one of the named sceneries; the same seed gives the same picture."""
    chance = random.Random(seed)  # noqa: S311 - scenery, not secrets
    top, horizon, dark = PALETTES[scenery]
    picture = _sky(top, horizon)
    _stars_or_sun(picture, scenery, chance)
    picture = _clouds(picture, chance, horizon)
    draw = ImageDraw.Draw(picture, "RGBA")
    _sea(draw, horizon, dark, chance)
    _rock(draw, dark, chance)
    _lighthouse(draw, dark, lit=scenery in LIT)
    _foreground(draw, scenery, dark, chance)
    if scenery in RAINY:
        _rain(draw, chance)
    return _encoded(_vignette(picture))


def _sky(top: Colour, horizon: Colour) -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        share = min(1.0, (y / (HEIGHT * 0.68)) ** 1.4)
        column.putpixel((0, y), _mixed(top, horizon, share))
    return column.resize((WIDTH, HEIGHT))


def _stars_or_sun(picture: Image.Image, scenery: str, chance: random.Random) -> None:
    draw = ImageDraw.Draw(picture, "RGBA")
    if scenery in LIT:
        for radius in range(150, 40, -10):
            draw.ellipse(_circle(690, 352, radius), fill=(255, 236, 190, 16))
        draw.ellipse(_circle(690, 352, 42), fill=(255, 244, 214, 255))
        return
    for _ in range(70):
        x, y = chance.randrange(WIDTH), chance.randrange(int(HEIGHT * 0.45))
        draw.ellipse(
            _circle(x, y, chance.choice((0.6, 0.9, 1.4))),
            fill=(255, 250, 232, chance.randrange(40, 170)),
        )


def _clouds(picture: Image.Image, chance: random.Random, horizon: Colour) -> Image.Image:
    layer = Image.new("RGBA", picture.size, (*horizon, 0))
    draw = ImageDraw.Draw(layer)
    for _ in range(9):
        x, y = chance.randrange(-100, WIDTH), chance.randrange(20, int(HEIGHT * 0.5))
        for _ in range(14):
            dx, dy, radius = chance.gauss(0, 90), chance.gauss(0, 12), chance.uniform(14, 46)
            draw.ellipse(
                (x + dx - radius * 2, y + dy - radius, x + dx + radius * 2, y + dy + radius),
                fill=(*_mixed(horizon, (255, 255, 255), 0.15), 26),
            )
    merged = Image.alpha_composite(
        picture.convert("RGBA"), layer.filter(ImageFilter.GaussianBlur(14))
    )
    return merged.convert("RGB")


def _sea(draw: ImageDraw.ImageDraw, horizon: Colour, dark: Colour, chance: random.Random) -> None:
    line = int(HEIGHT * 0.68)
    for y in range(line, HEIGHT):
        share = (y - line) / (HEIGHT - line)
        draw.line(((0, y), (WIDTH, y)), fill=_mixed(_mixed(horizon, dark, 0.45), dark, share))
    for _ in range(160):
        depth = (HEIGHT - line) * chance.random() ** 2
        crest = line + depth
        width = 6 + depth * chance.uniform(0.1, 0.5)
        x = chance.randrange(WIDTH)
        draw.line(
            ((x, crest), (x + width, crest)),
            fill=(*_mixed(horizon, (255, 255, 255), 0.3), 60),
            width=1,
        )


def _rock(draw: ImageDraw.ImageDraw, dark: Colour, chance: random.Random) -> None:
    points: list[tuple[float, float]] = [(40, HEIGHT)]
    for step in range(40):
        share = step / 39
        height = math.sin(share * math.pi) ** 0.7 * 190
        points.append((60 + share * 520, HEIGHT - 20 - height - chance.uniform(0, 16)))
    points.append((620, HEIGHT))
    draw.polygon(points, fill=dark)


def _lighthouse(draw: ImageDraw.ImageDraw, dark: Colour, *, lit: bool) -> None:
    base, top, x = 345, 118, 300
    if lit:
        for spread in range(26, 2, -3):
            beam = (
                (x, top - 8),
                (WIDTH + 80, top - 60 - spread * 5),
                (WIDTH + 80, top + 30 + spread * 5),
            )
            draw.polygon(beam, fill=(255, 238, 184, 13))
    draw.polygon(
        ((x - 34, base), (x + 34, base), (x + 20, top), (x - 20, top)),
        fill=_mixed(dark, (255, 255, 255), 0.1),
    )
    for band in range(3):
        y = top + 40 + band * 66
        draw.polygon(
            (
                (x - 25 - band * 4, y),
                (x + 25 + band * 4, y),
                (x + 27 + band * 4, y + 26),
                (x - 27 - band * 4, y + 26),
            ),
            fill=_mixed(dark, (190, 60, 50), 0.35),
        )
    draw.rectangle((x - 27, top - 6, x + 27, top), fill=dark)
    glass = (255, 226, 150, 255) if lit else (*_mixed(dark, (120, 140, 170), 0.3), 255)
    draw.rectangle((x - 15, top - 32, x + 15, top - 6), fill=glass)
    draw.polygon(((x - 20, top - 32), (x + 20, top - 32), (x, top - 54)), fill=dark)


def _foreground(
    draw: ImageDraw.ImageDraw, scenery: str, dark: Colour, chance: random.Random
) -> None:
    if scenery in {"boathouse", "table", "cottage"}:
        _interior(draw, dark, warm=scenery != "cottage")
    elif scenery == "stairs":
        for step in range(9):
            draw.rectangle(
                (560 + step * 44, 500 - step * 44, WIDTH, 544 - step * 44),
                fill=_mixed(dark, (140, 150, 180), 0.05 + step * 0.03),
            )
    elif scenery in {"gull", "yard", "shore"}:
        for _ in range(1 if scenery == "gull" else 4):
            size = 74 if scenery == "gull" else chance.uniform(10, 22)
            _bird(draw, chance.uniform(600, 860), chance.uniform(120, 260), size, dark)
    elif scenery in {"wreck", "storm", "lamp_room"}:
        _ship(draw, 760, 372, dark, tilted=scenery == "wreck")
    elif scenery == "ledge":
        draw.ellipse(_circle(742, 396, 17), fill=dark)
        draw.polygon(((715, 470), (769, 470), (756, 408), (728, 408)), fill=dark)
        draw.polygon(((640, HEIGHT), (690, 470), (840, 462), (WIDTH, HEIGHT)), fill=dark)


def _interior(draw: ImageDraw.ImageDraw, dark: Colour, *, warm: bool) -> None:
    frame = (*dark, 255)
    draw.rectangle((0, 0, WIDTH, 70), fill=frame)
    draw.rectangle((0, 430, WIDTH, HEIGHT), fill=frame)
    for x in (0, 620, WIDTH - 60):
        draw.rectangle((x, 0, x + 60, HEIGHT), fill=frame)
    glow = (255, 196, 110) if warm else (150, 160, 190)
    for radius in range(170, 10, -12):
        draw.ellipse(_circle(790, 330, radius), fill=(*glow, 9))
    draw.rectangle((720, 372, 860, 384), fill=_mixed(dark, glow, 0.25))
    draw.rectangle((772, 330, 808, 372), fill=_mixed(dark, glow, 0.55))


def _bird(draw: ImageDraw.ImageDraw, x: float, y: float, size: float, dark: Colour) -> None:
    white = _mixed(dark, (255, 255, 255), 0.82)
    for side in (-1, 1):
        wing = (
            (x, y),
            (x + side * size * 0.6, y - size * 0.42),
            (x + side * size * 1.25, y - size * 0.1),
        )
        draw.polygon((*wing, (x + side * size * 0.55, y - size * 0.2)), fill=white)
    draw.ellipse((x - size * 0.2, y - size * 0.12, x + size * 0.34, y + size * 0.12), fill=white)
    draw.ellipse(_circle(x + size * 0.27, y - size * 0.03, max(1.0, size * 0.03)), fill=dark)


def _ship(draw: ImageDraw.ImageDraw, x: float, y: float, dark: Colour, *, tilted: bool) -> None:
    lean = 34 if tilted else 0
    draw.polygon(
        ((x - 70, y + lean), (x + 70, y - lean), (x + 50, y + 30 - lean), (x - 52, y + 30 + lean)),
        fill=dark,
    )
    for mast in (-30, 14):
        draw.line(((x + mast, y), (x + mast + lean, y - 96)), fill=dark, width=4)
        draw.polygon(
            ((x + mast + 4, y - 8), (x + mast + lean, y - 92), (x + mast + 40, y - 18)),
            fill=_mixed(dark, (200, 200, 210), 0.25),
        )
    if not tilted:
        draw.ellipse(_circle(x + 58, y - 10, 4), fill=(255, 224, 150))


def _rain(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _ in range(420):
        x, y, length = chance.randrange(WIDTH), chance.randrange(HEIGHT), chance.uniform(10, 26)
        draw.line(((x, y), (x - length * 0.35, y + length)), fill=(200, 214, 236, 46), width=1)


def _vignette(picture: Image.Image) -> Image.Image:
    small = Image.new("L", (96, 54))
    for x in range(96):
        for y in range(54):
            distance = math.hypot((x - 47.5) / 48, (y - 26.5) / 27)
            small.putpixel((x, y), int(255 * max(0.0, 1 - max(0.0, distance - 0.45) * 0.62)))
    mask = small.resize(picture.size, Image.Resampling.BICUBIC)
    return Image.composite(picture, Image.new("RGB", picture.size, (4, 5, 10)), mask)


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _circle(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return (x - radius, y - radius, x + radius, y + radius)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)
