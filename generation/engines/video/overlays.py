"""What is written over the pictures? Captions and cards, drawn once each and laid over while they last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from generation.engines.captions import wrapped
from generation.engines.video.order import Caption, Card

Size = tuple[int, int]
LINES_MAX = 4


@dataclass(frozen=True, slots=True)
class Overlay:
    """A drawn text with its place, seen from `start` to `end` in seconds."""

    start: float
    end: float
    picture: Image.Image
    place: tuple[int, int]


def caption_overlays(
    captions: Sequence[Caption], size: Size, *, style: str = "boxed", position: str = "bottom"
) -> list[Overlay]:
    """The sentences at the edge of the frame: white on a dark box, outlined, or plain."""
    letters = max(14, min(size) // 22)
    margin = letters * 2
    overlays = []
    for one in captions:
        drawn = _drawn(one.text, size, letters, style)
        top = margin if position == "top" else size[1] - drawn.height - margin
        overlays.append(Overlay(one.start, one.end, drawn, ((size[0] - drawn.width) // 2, top)))
    return overlays


def card_overlays(cards: Sequence[Card], size: Size) -> list[Overlay]:
    """A few words on a card in the middle of the frame."""
    letters = max(16, min(size) // 16)
    overlays = []
    for one in cards:
        drawn = _drawn(one.text, size, letters, "card")
        place = ((size[0] - drawn.width) // 2, (size[1] - drawn.height) // 2)
        overlays.append(Overlay(one.start, one.end, drawn, place))
    return overlays


def _drawn(text: str, size: Size, letters: int, style: str) -> Image.Image:
    font = ImageFont.load_default(letters)
    across = max(8, int(size[0] * 0.8 / (letters * 0.55)))
    lines = (wrapped(text, across) or [" "])[:LINES_MAX]
    padding, height = letters // 2, round(letters * 1.3)
    widths = [round(font.getlength(line)) for line in lines]
    room = (min(max(widths) + 2 * padding, size[0]), height * len(lines) + 2 * padding)
    picture = Image.new("RGBA", room, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    if style in ("boxed", "card"):
        colour = (12, 12, 18, 170) if style == "boxed" else (18, 22, 40, 225)
        draw.rounded_rectangle((0, 0, room[0] - 1, room[1] - 1), radius=padding, fill=colour)
    if style == "card":
        edge = max(2, letters // 16)
        frame = (0, 0, room[0] - 1, room[1] - 1)
        draw.rounded_rectangle(frame, radius=padding, outline=(236, 198, 110, 255), width=edge)
    stroke = max(1, letters // 12) if style == "outlined" else 0
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        place = ((room[0] - width) // 2, padding + number * height)
        draw.text(
            place,
            line,
            font=font,
            fill=(250, 248, 242, 255),
            stroke_width=stroke,
            stroke_fill=(0, 0, 0, 255),
        )
    return picture
