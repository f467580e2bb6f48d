"""What is a video made of, and what comes of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generation.providers.failures import WrongInput

RESOLUTIONS: Mapping[str, tuple[int, int]] = {
    "720p": (1280, 720), "1080p": (1920, 1080), "1440p": (2560, 1440), "2160p": (3840, 2160),
}  # fmt: skip
"""Pixels across and down of a wide video; an upright one has them the other way round."""

FRAME_RATES = (24, 30, 60)
TEMPLATES = ("basic_fade", "slide_left", "slide_right", "zoom_in", "zoom_out", "ken_burns")
SOUND_RANGE = (0.5, 2.0)
LOUDNESS = -23.0
"""What broadcasters agreed on (EBU R128), in LUFS."""
LOUDNESS_RANGE = (-40.0, -8.0)
STILLS_MAX = 60


class Cancelled(Exception):
    """Nobody wants the video any more."""


@dataclass(frozen=True, slots=True)
class Still:
    """One picture: for so many seconds (None: an even share of what is left), a chapter when it has a title."""

    path: Path
    seconds: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """A sentence, from `start` to `end` in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A few words on a card over the picture, from `start` to `end` in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class RenderOrder:
    """One video. It is as long as its narration is at `speed`; `pitch` changes the voice and not the length.

    `music` is repeated below the whole of it; `loudness` in LUFS is that of both together. Raises WrongInput
    naming the field.
    """

    narration: Path
    stills: tuple[Still, ...]
    resolution: str = "1080p"
    fps: int = 30
    portrait: bool = False
    template: str = "basic_fade"
    music: Path | None = None
    captions: tuple[Caption, ...] = ()
    burn_captions: bool = False
    caption_style: str = "boxed"
    caption_position: str = "bottom"
    cards: tuple[Card, ...] = ()
    speed: float = 1.0
    pitch: float = 1.0
    loudness: float = LOUDNESS
    title: str = ""
    preset: str = "veryfast"

    def __post_init__(self) -> None:
        low, high = SOUND_RANGE
        wrong = {
            "stills": not 0 < len(self.stills) <= STILLS_MAX,
            "resolution": self.resolution not in RESOLUTIONS,
            "fps": self.fps not in FRAME_RATES,
            "template": self.template not in TEMPLATES,
            "speed": not low <= self.speed <= high,
            "pitch": not low <= self.pitch <= high,
            "loudness": not LOUDNESS_RANGE[0] <= self.loudness <= LOUDNESS_RANGE[1],
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise WrongInput(f"the video's {name} cannot be rendered")

    @property
    def size(self) -> tuple[int, int]:
        """Pixels across and down."""
        width, height = RESOLUTIONS[self.resolution]
        return (height, width) if self.portrait else (width, height)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The finished files. `seconds` is read from the video itself; captions are files when there are any."""

    video: Path
    thumbnail: Path
    seconds: float
    width: int
    height: int
    fps: int
    srt: Path | None = None
    vtt: Path | None = None
    details: Mapping[str, object] = field(default_factory=dict)
