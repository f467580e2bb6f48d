"""How do music and effects sound without a service? Synthesised from the prompt's mood words, seeded."""

from __future__ import annotations

import wave
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from generation.engines.audio import as_asked
from generation.engines.moods import EFFECT_WORDS, MUSIC_WORDS, first_of

RATE = 44_100
PEAK = 0.82
MUSIC_SECONDS = 20.0
EFFECT_SECONDS = 4.0

Samples = npt.NDArray[np.float64]
Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Mood:
    """How a mood is played: beats a minute, the scale in half-tones, chord roots, the level of the drums."""

    tempo: int
    scale: tuple[int, ...]
    roots: tuple[int, ...]
    drums: float
    brightness: float


MAJOR, MINOR = (0, 2, 4, 7, 9), (0, 3, 5, 7, 10)
MOODS: Mapping[str, Mood] = {
    "soft": Mood(72, MAJOR, (0, 5, 9, 7), 0.0, 0.35),
    "upbeat": Mood(124, MAJOR, (0, 7, 9, 5), 0.8, 0.9),
    "cinematic": Mood(84, MINOR, (0, 8, 3, 10), 0.55, 0.6),
    "corporate": Mood(108, MAJOR, (0, 5, 7, 5), 0.35, 0.7),
    "ambient": Mood(54, MINOR, (0, 5, 0, 3), 0.0, 0.25),
}
"""The moods by name, as projects name their background music."""


def make_music(
    prompt: str,
    folder: Path,
    *,
    seconds: float | None,
    seed: int | None,
    style: str | None,
    file_format: str | None = None,
) -> tuple[Path, dict[str, object]]:
    """Play `seconds` of music in the mood of the words into a stereo WAV of the folder.

    A `style` that is a mood wins over the words. The same words and seed give the same music. A long one
    becomes an MP3 unless a WAV is asked for. Raises Busy when that takes too long.
    """
    name = (style if style in MOODS else first_of(prompt, MUSIC_WORDS)) or "soft"
    length = seconds or MUSIC_SECONDS
    chance = _chance(prompt, seed)
    stereo = _played(MOODS[name], length, chance)
    path = folder / "music.wav"
    write_wav(path, faded(stereo, 1.5))
    made = as_asked(path, file_format)
    return made, {"standIn": True, "mood": name, "seconds": length}


def make_effect(
    prompt: str,
    folder: Path,
    *,
    seconds: float | None,
    seed: int | None,
    file_format: str | None = None,
) -> tuple[Path, dict[str, object]]:
    """Make the sound that the words name into a stereo WAV of the folder; without one, a soft tone.

    A long one becomes an MP3 unless a WAV is asked for. Raises Busy when that takes too long.
    """
    name = first_of(prompt, EFFECT_WORDS) or "click"
    length = seconds or EFFECT_SECONDS
    chance = _chance(prompt, seed)
    mono = EFFECTS[name](length, chance)
    spread = np.stack([mono, np.roll(mono, 37)])
    path = folder / "effect.wav"
    write_wav(path, faded(spread, min(0.4, length / 4)))
    made = as_asked(path, file_format)
    return made, {"standIn": True, "effect": name, "seconds": length}


def write_wav(path: Path, stereo: Samples) -> None:
    """Two channels from -1 to 1 as a 16-bit WAV of 44.1 kHz, brought to one level."""
    loudest = float(np.max(np.abs(stereo))) or 1.0
    words = np.round(stereo.T * (PEAK / loudest) * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(words.tobytes())


def faded(stereo: Samples, seconds: float) -> Samples:
    """No click at the start, and a slow end."""
    length = stereo.shape[1]
    rise, fall = min(RATE // 50, length // 4), min(int(RATE * seconds), length // 2)
    shape = np.ones(length)
    shape[:rise] = np.linspace(0, 1, rise)
    shape[length - fall :] = np.linspace(1, 0, fall) ** 1.5
    return stereo * shape


def _chance(prompt: str, seed: int | None) -> Chance:
    return np.random.default_rng([zlib.crc32(prompt.encode()), 0 if seed is None else seed + 1])


def _played(mood: Mood, seconds: float, chance: Chance) -> Samples:
    """Pads on the chords, a bass on the bars, a melody on the beats, drums where the mood has them."""
    length = int(seconds * RATE)
    beat = 60 / mood.tempo
    left, right = np.zeros(length), np.zeros(length)
    key = 48 + int(chance.integers(0, 7))
    for bar in range(int(seconds / (beat * 4)) + 1):
        start, root = bar * beat * 4, key + mood.roots[bar % len(mood.roots)]
        for step in (0, mood.scale[1] + (1 if mood.scale is MAJOR else 0) + 1, 7):
            _add(left, start, _tone(root + step, beat * 4.6, 0.22, mood.brightness, attack=0.5))
            _add(
                right,
                start,
                _tone(root + step + 0.04, beat * 4.6, 0.22, mood.brightness, attack=0.5),
            )
        _add(left, start, _tone(root - 12, beat * 2, 0.5, 0.2, attack=0.02))
        _add(right, start, _tone(root - 12, beat * 2, 0.5, 0.2, attack=0.02))
        for part in range(8):
            if chance.random() < 0.25 + mood.brightness * 0.35:
                note = root + 12 + int(chance.choice(mood.scale))
                tone = _tone(note, beat * 1.4, 0.3, mood.brightness, attack=0.01)
                pan = chance.uniform(0.3, 0.7)
                _add(left, start + part * beat / 2, tone * (1 - pan))
                _add(right, start + part * beat / 2, tone * pan)
    if mood.drums:
        drums = _drums(length, beat, mood.drums, chance)
        left, right = left + drums, right + drums
    return np.stack([_echoed(left, 0.31), _echoed(right, 0.37)])


def _tone(
    note: float, seconds: float, level: float, brightness: float, *, attack: float
) -> Samples:
    time = np.arange(int(seconds * RATE)) / RATE
    pitch = 440 * 2 ** ((note - 69) / 12)
    wave_form = np.sin(2 * np.pi * pitch * time)
    for partial in (2, 3, 4):
        wave_form += (brightness / partial) ** 1.4 * np.sin(2 * np.pi * pitch * partial * time)
    shape = np.minimum(1, time / attack) * np.exp(-time * 2.2 / seconds)
    release = np.minimum(1, (seconds - time) / 0.08)
    return level * wave_form * shape * np.clip(release, 0, 1)


def _drums(length: int, beat: float, level: float, chance: Chance) -> Samples:
    track = np.zeros(length)
    for number in range(int(length / RATE / beat) + 1):
        if number % 2 == 0:
            time = np.arange(int(0.25 * RATE)) / RATE
            _add(
                track,
                number * beat,
                level
                * np.sin(2 * np.pi * (50 + 60 * np.exp(-time * 30)) * time)
                * np.exp(-time * 16),
            )
        else:
            _add(
                track,
                number * beat,
                level
                * 0.4
                * chance.normal(0, 1, int(0.14 * RATE))
                * np.exp(-np.arange(int(0.14 * RATE)) / RATE * 30),
            )
        _add(track, (number + 0.5) * beat, level * 0.12 * chance.normal(0, 1, int(0.04 * RATE)))
    return track


def _add(track: Samples, second: float, sound: Samples) -> None:
    start = int(second * RATE)
    room = track.shape[0] - start
    if room > 0:
        track[start : start + len(sound)] += sound[:room]


def _echoed(track: Samples, seconds: float) -> Samples:
    out = track.copy()
    for number in range(1, 4):
        shift = int(seconds * number * RATE)
        if shift < len(track):
            out[shift:] += track[: len(track) - shift] * 0.34**number
    return out


def _noise(seconds: float, chance: Chance, softness: int) -> Samples:
    """White noise, smoothed over `softness` samples."""
    white = chance.normal(0, 1, int(seconds * RATE) + softness)
    total = np.cumsum(white)
    soft: Samples = (total[softness:] - total[:-softness]) / softness
    return soft / (float(np.max(np.abs(soft))) or 1.0)


def _swell(samples: Samples, period_seconds: float, depth: float) -> Samples:
    time = np.arange(len(samples)) / RATE
    return samples * (1 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * time / period_seconds)))


def _struck(
    seconds: float, pitches: tuple[float, ...], times: list[float], decay: float
) -> Samples:
    out = np.zeros(int(seconds * RATE))
    time = np.arange(int(min(seconds, decay * 6) * RATE)) / RATE
    hit = np.mean([np.sin(2 * np.pi * pitch * time) for pitch in pitches], axis=0) * np.exp(
        -time / decay
    )
    for moment in times:
        _add(out, moment, hit)
    return out


def _every(seconds: float, gap: float, chance: Chance, jitter: float = 0.0) -> list[float]:
    return [
        max(0.0, n * gap + chance.uniform(-jitter, jitter)) for n in range(int(seconds / gap) + 1)
    ]


def _storm(seconds: float, chance: Chance) -> Samples:
    thunder = _noise(seconds, chance, 400) * np.exp(
        -((np.arange(int(seconds * RATE)) / RATE) % 2.7) * 1.6
    )
    return _noise(seconds, chance, 5) * 0.35 + thunder


def _fire(seconds: float, chance: Chance) -> Samples:
    crackle = np.where(
        chance.random(int(seconds * RATE)) < 0.0006, chance.normal(0, 1.4, int(seconds * RATE)), 0
    )
    return _noise(seconds, chance, 90) * 0.4 + np.convolve(
        crackle, np.exp(-np.arange(220) / 40), "same"
    )


def _explosion(seconds: float, chance: Chance) -> Samples:
    fall = np.exp(-np.arange(int(seconds * RATE)) / RATE * 2.4)
    return (_noise(seconds, chance, 120) + _noise(seconds, chance, 8) * 0.4) * fall


def _door(seconds: float, chance: Chance) -> Samples:
    knocks = _struck(seconds, (92.0, 171.0, 260.0), [0.1, 0.45, 0.8], 0.06)
    return knocks + _swell(_noise(seconds, chance, 30), 1.3, 0.95) * 0.12


EFFECTS: Mapping[str, Callable[[float, Chance], Samples]] = {
    "wind": lambda seconds, chance: _swell(_noise(seconds, chance, 60), 2.1, 0.6),
    "rain": lambda seconds, chance: _noise(seconds, chance, 3),
    "waves": lambda seconds, chance: _swell(_noise(seconds, chance, 16), 3.4, 0.85),
    "storm": _storm,
    "fire": _fire,
    "explosion": _explosion,
    "door": _door,
    "bell": lambda seconds, chance: _struck(
        seconds, (523.3, 660.0, 1046.5, 1397.0), _every(seconds, 2.6, chance), 1.1
    ),
    "clock": lambda seconds, chance: _struck(
        seconds, (1800.0, 2650.0), _every(seconds, 0.5, chance), 0.02
    ),
    "steps": lambda seconds, chance: _struck(
        seconds, (86.0, 141.0), _every(seconds, 0.58, chance, 0.03), 0.07
    ),
    "click": lambda seconds, _chance: _struck(seconds, (880.0, 1320.0), [0.05], 0.09),
}
"""The effects by name, as generation.engines.moods finds them."""
