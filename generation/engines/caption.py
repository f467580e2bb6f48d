"""How is the prompt written under its picture, so that it can be read on any light?"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

LINES_MAX = 3


def draw_caption(image: Image.Image, text: str) -> None:
    """Write the words on a dark band at the bottom; what does not fit into three lines is cut."""
    width, height = image.size
    size = max(11, min(width, height) // 22)
    font = ImageFont.load_default(size)
    lines = wrapped(" ".join(text.split()), font, width - size * 2)
    band = int(size * 1.35) * len(lines) + size
    draw = ImageDraw.Draw(image, "RGBA")
    draw.rectangle((0, height - band, width, height), fill=(8, 8, 14, 176))
    for number, line in enumerate(lines):
        draw.text(
            (size, height - band + size * 0.5 + number * size * 1.35),
            line,
            font=font,
            fill=(245, 242, 234),
        )


def wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """The text in at most three lines of this many pixels; a word that is too long is cut."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < LINES_MAX:
        taken = _fitting(rest, font, width)
        rest_after = rest[len(taken) :].lstrip()
        if rest_after and len(lines) == LINES_MAX - 1:
            while taken and font.getlength(f"{taken}…") > width:
                taken = taken[:-1]
            taken = f"{taken.rstrip()}…"
        lines.append(taken.rstrip())
        rest = rest_after
    return lines or [""]


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """The most whole words that fit; at least a piece of the first."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    if low == len(text):
        return text
    cut = text.rfind(" ", 0, low + 1)
    return text[:cut] if cut > 0 else text[:low]
