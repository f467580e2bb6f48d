"""Short real videos for the tests of the renderer, rendered once, and ways to look into them."""

from __future__ import annotations

import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from generation.engines.ffmpeg import input_of, run
from generation.engines.video.order import Caption, Card, Rendered, RenderOrder, Still
from generation.engines.video.rendering import render

SECONDS = 2.0
TONE = 440.0


def a_tone(
    path: Path, seconds: float = SECONDS, frequency: float = TONE, level: int = 9_000
) -> Path:
    """A narration that is one tone."""
    rate = 22_050
    times = np.arange(int(rate * seconds)) / rate
    samples = (np.sin(2 * np.pi * frequency * times) * level).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def a_picture(path: Path, size: tuple[int, int] = (640, 360), shade: int = 0) -> Path:
    """A picture with a round disc in its middle and a pattern that shows every movement."""
    picture = Image.new("RGB", size, (40 + shade, 90, 140 - shade))
    draw = ImageDraw.Draw(picture)
    for x in range(0, size[0], 40):
        draw.line((x, 0, x, size[1]), fill=(200, 180 - shade, 60), width=3)
    radius = min(size) // 4
    x, y = size[0] // 2, size[1] // 2
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(250, 250, 250))
    picture.save(path)
    return path


def frames_of(video: Path, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """All frames as an array of number, height, width, RGB; scaled to `size`."""
    raw = run(
        [*input_of(video), "-map", "0:v", "-vf", f"scale={size[0]}:{size[1]}", "-f", "rawvideo",
         "-pix_fmt", "rgb24", "pipe:1"],
        seconds=60,
    )  # fmt: skip
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)


def sound_of(video: Path) -> npt.NDArray[np.float64]:
    """The left channel at 48 kHz, from -1 to 1."""
    raw = run(
        [*input_of(video), "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "pipe:1"],
        seconds=60,
    )
    return np.frombuffer(raw, "<i2").astype(np.float64) / 32_768


def pitch_of(samples: npt.NDArray[np.float64], rate: int = 48_000) -> float:
    """The loudest frequency of the middle half, in Hz."""
    piece = samples[len(samples) // 4 : -len(samples) // 4]
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece))))
    return float(np.argmax(spectrum) * rate / len(piece))


@dataclass
class Studio:
    """Renders in a folder of its own, each order once."""

    folder: Path
    done: dict[str, Rendered] = field(default_factory=dict)

    def order(self, **wanted: Any) -> RenderOrder:
        """Two pictures and a tone at 720p24, as fast as it goes."""
        usual = {
            "narration": self.folder / "tone.wav",
            "stills": (Still(self.folder / "one.png"), Still(self.folder / "two.png")),
            "resolution": "720p",
            "fps": 24,
            "preset": "ultrafast",
        }
        return RenderOrder(**{**usual, **wanted})

    def render(self, name: str, **wanted: Any) -> Rendered:
        """The video of this name."""
        if name not in self.done:
            folder = self.folder / name
            folder.mkdir()
            self.done[name] = render(self.order(**wanted), folder)
        return self.done[name]


@pytest.fixture(scope="session")
def studio_folder(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """The studio of this run with its two pictures and its tone."""
    folder = tmp_path_factory.mktemp("videos")
    a_tone(folder / "tone.wav")
    a_picture(folder / "one.png")
    a_picture(folder / "two.png", shade=90)
    return Studio(folder)


CAPTIONS = (Caption(0.0, 1.0, "A <b>light</b> & a --> boat"), Caption(1.0, 2.0, "At sea"))
CARDS = (Card(0.2, 0.8, "Open the door"),)
