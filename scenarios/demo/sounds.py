"""How are the demo story's sounds made? Filtered noise, bells and chords, computed sample by sample."""

from __future__ import annotations

import array
import io
import math
import random
import sys
import wave
from collections.abc import Callable

RATE = 22_050
SECONDS = 6

Samples = list[float]


def made_sound(kind: str, seed: int) -> bytes:
    """A mono 16-bit WAV of six seconds for one of the named sounds; the same seed gives the same sound."""
    chance = random.Random(seed)  # noqa: S311 - scenery, not secrets
    return _encoded(_faded(SOUNDS[kind](chance)))


def _noise(chance: random.Random, softness: float) -> Samples:
    """White noise through a one-pole low-pass; `softness` 0..1 takes the edge off."""
    level, out = 0.0, []
    for _ in range(RATE * SECONDS):
        level += (chance.uniform(-1, 1) - level) * (1 - softness)
        out.append(level)
    peak = max(map(abs, out))
    return [sample / peak for sample in out]


def _swelling(samples: Samples, period_seconds: float, depth: float) -> Samples:
    step = 2 * math.pi / (period_seconds * RATE)
    return [
        sample * (1 - depth * (0.5 + 0.5 * math.cos(index * step)))
        for index, sample in enumerate(samples)
    ]


def _waves(chance: random.Random) -> Samples:
    return _swelling(_noise(chance, 0.93), 3.0, 0.85)


def _wind(chance: random.Random) -> Samples:
    return _swelling(_noise(chance, 0.975), 2.0, 0.6)


def _rain(chance: random.Random) -> Samples:
    drops = [
        chance.uniform(-1, 1) if chance.random() < 0.02 else 0.0 for _ in range(RATE * SECONDS)
    ]
    return _mixed(_noise(chance, 0.45), drops, 0.3)


def _storm(chance: random.Random) -> Samples:
    thunder = _struck([55.0, 82.4], [0.4, 3.2], 1.6, chance)
    return _mixed(_mixed(_wind(chance), _rain(chance), 0.35), thunder, 0.4)


def _bell(chance: random.Random) -> Samples:
    return _struck([523.3, 659.3, 1046.5, 1396.9], [0.2, 3.0], 1.1, chance)


def _clock(chance: random.Random) -> Samples:
    ticks = [0.25 + tick * 0.5 for tick in range(11)]
    return _struck([1800.0, 2600.0], ticks, 0.02, chance)


def _steps(chance: random.Random) -> Samples:
    falls = [0.2 + step * 0.62 + chance.uniform(-0.03, 0.03) for step in range(9)]
    return _struck([92.0, 140.0], falls, 0.07, chance)


def _creak(chance: random.Random) -> Samples:
    groans = _struck([146.0, 151.0, 220.0], [0.5, 2.1, 4.0], 0.5, chance)
    return _mixed(_waves(chance), groans, 0.5)


def _gull(chance: random.Random) -> Samples:
    out = [sample * 0.35 for sample in _waves(chance)]
    for start in (0.5, 1.1, 1.7, 3.8, 4.3):
        phase = 0.0
        for index in range(int(0.38 * RATE)):
            share = index / (0.38 * RATE)
            phase += 2 * math.pi * (1500 - 650 * share + 60 * math.sin(share * 60)) / RATE
            out[int(start * RATE) + index] += math.sin(phase) * math.sin(math.pi * share) * 0.5
    return out


def _harmony(chance: random.Random) -> Samples:
    chords = (
        [261.6, 329.6, 392.0],
        [220.0, 261.6, 329.6],
        [174.6, 261.6, 349.2],
        [261.6, 392.0, 523.3],
    )
    out = [0.0] * (RATE * SECONDS)
    for index, chord in enumerate(chords):
        ring = _struck(chord, [index * 1.4], 1.5, chance)
        out = [a + b for a, b in zip(out, ring, strict=True)]
    return out


def _struck(
    tones: list[float], times: list[float], decay_seconds: float, chance: random.Random
) -> Samples:
    """Tones struck at the given seconds, each dying away by `decay_seconds`."""
    out = [0.0] * (RATE * SECONDS)
    for time in times:
        start = int(max(0.0, time) * RATE)
        strength = chance.uniform(0.85, 1.0)
        length = min(len(out) - start, int(decay_seconds * 5 * RATE))
        for index in range(length):
            second = index / RATE
            tone = sum(math.sin(2 * math.pi * pitch * second) for pitch in tones)
            out[start + index] += strength * tone / len(tones) * math.exp(-second / decay_seconds)
    return out


def _mixed(one: Samples, other: Samples, share: float) -> Samples:
    return [a * (1 - share) + b * share for a, b in zip(one, other, strict=True)]


def _faded(samples: Samples) -> Samples:
    """No clicks at the ends, and a level that leaves room."""
    peak = max(map(abs, samples)) or 1.0
    ramp = RATE // 20
    last = len(samples) - 1
    return [
        sample / peak * 0.7 * min(1.0, index / ramp, (last - index) / ramp)
        for index, sample in enumerate(samples)
    ]


def _encoded(samples: Samples) -> bytes:
    words = array.array("h", (int(sample * 32_767) for sample in samples))
    if sys.byteorder == "big":
        words.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(words.tobytes())
    return out.getvalue()


SOUNDS: dict[str, Callable[[random.Random], Samples]] = {
    "waves": _waves,
    "wind": _wind,
    "rain": _rain,
    "storm": _storm,
    "bell": _bell,
    "clock": _clock,
    "steps": _steps,
    "creak": _creak,
    "gull": _gull,
    "harmony": _harmony,
}
"""The sounds by name."""
