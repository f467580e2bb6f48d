"""Which picture stands for a video?"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from generation.engines.ffmpeg import input_of, run

WIDTH = 1_280
SECONDS_MAX = 60


def write_thumbnail(frame: Image.Image, target: Path) -> Path:
    """The frame as a JPEG of at most WIDTH pixels across."""
    height = round(frame.height * min(1.0, WIDTH / frame.width))
    small = frame.resize((min(WIDTH, frame.width), height), Image.Resampling.LANCZOS)
    small.save(target, "JPEG", quality=88, optimize=True)
    return target


def take_thumbnail(video: Path, target: Path) -> Path:
    """A frame near the beginning of a finished video as a JPEG. Raises WrongInput, Busy."""
    run(
        [*input_of(video), "-vf", f"thumbnail=48,scale='min({WIDTH},iw)':-2", "-frames:v", "1",
         "-f", "image2", "-update", "1", "-q:v", "3", "-y", str(target)],
        seconds=SECONDS_MAX,
    )  # fmt: skip
    return target
