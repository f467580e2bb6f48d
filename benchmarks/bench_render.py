"""How long does this machine render? `python -m benchmarks.bench_render`.

A minute of narration over six pictures at 1080p30 with music: basic_fade in less than one and a half times its
own length with less than 1 GB of memory; the moving templates beside it for orientation.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

from generation.engines.picture import make_picture
from generation.engines.sounds import make_music
from generation.engines.video.order import RenderOrder, Still
from generation.engines.video.rendering import render

SECONDS = 60.0
PICTURES = 6
ALLOWED_RATIO = 1.5
ALLOWED_MB = 1_000


def a_voice(path: Path) -> Path:
    """A tone of SECONDS that comes and goes as speech does."""
    times = np.arange(int(22_050 * SECONDS)) / 22_050
    samples = np.sin(2 * np.pi * 180 * times) * (np.sin(times * 2.1) > -0.4) * 9_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def main() -> int:
    """Measure, print, and 1 when a mark is missed."""
    with tempfile.TemporaryDirectory(prefix="storycore-bench-") as name:
        folder = Path(name)
        voice = a_voice(folder / "voice.wav")
        music, _ = make_music("soft", folder, seconds=40.0, seed=1, style="soft")
        stills = []
        for number in range(PICTURES):
            (folder / str(number)).mkdir()
            picture, _ = make_picture(
                f"a castle by the sea, view {number}", folder / str(number), size=(1280, 720), seed=number,
                style=None,
            )  # fmt: skip
            stills.append(Still(picture, title=f"View {number}"))
        ratios = {
            template: rendered(
                folder, RenderOrder(voice, tuple(stills), template=template, music=music)
            )
            for template in ("basic_fade", "slide_left", "ken_burns")
        }
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    ffmpeg = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_024
    print(f"memory: {own:.0f} MB here, {ffmpeg:.0f} MB in ffmpeg; allowed {ALLOWED_MB} MB together")
    return int(ratios["basic_fade"] > ALLOWED_RATIO or own + ffmpeg > ALLOWED_MB)


def rendered(folder: Path, order: RenderOrder) -> float:
    """Render once; returns the time as a share of the video's length."""
    target = folder / order.template
    target.mkdir()
    began = time.perf_counter()
    made = render(order, target)
    seconds = time.perf_counter() - began
    print(
        f"{order.template}: {seconds:.1f} s for {made.seconds:.1f} s, {seconds / made.seconds:.2f} of it"
    )
    return seconds / made.seconds


if __name__ == "__main__":
    sys.exit(main())
