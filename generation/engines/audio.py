"""How long is a sound, and how does it get another pitch, tempo or format?"""

from __future__ import annotations

import wave
from pathlib import Path

from generation.engines.ffmpeg import input_of, run
from generation.providers.failures import WrongInput

RATE = 48_000
_PROBE_RATE = 8_000
SECONDS_MAX = 120
FORMATS = ("wav", "mp3")
# Beyond this a WAV would be needlessly large to store and to send; uploads end at 10 MB.
WAV_BYTES_MAX = 6_000_000
MP3_BYTES_MAX = 9_000_000
KILOBITS = (128, 64, 48, 32, 24)


def seconds_of(path: Path) -> float:
    """The length of a sound as it decodes, whatever its header says. Raises WrongInput, Busy."""
    samples = run(
        [
            *input_of(path),
            "-map",
            "0:a:0",
            "-ac",
            "1",
            "-ar",
            str(_PROBE_RATE),
            "-f",
            "u8",
            "pipe:1",
        ],
        seconds=SECONDS_MAX,
    )
    if not samples:
        raise WrongInput("the sound is empty")
    return len(samples) / _PROBE_RATE


def change_pitch(path: Path, target: Path, pitch: float) -> None:
    """Write the sound with `pitch` times its frequencies and the same length, as WAV or MP3 by the ending.

    Raises WrongInput, Busy.
    """
    convert(path, target, f"rubberband=pitch={pitch:.4f}:pitchq=quality")


def as_asked(wav: Path, file_format: str | None) -> Path:
    """The WAV, or an MP3 beside it when that is asked for, or when nothing is and the WAV is large.

    Raises Busy.
    """
    if file_format == "wav" or (file_format is None and wav.stat().st_size <= WAV_BYTES_MAX):
        return wav
    target = wav.with_suffix(".mp3")
    convert(wav, target, kilobits=_kilobits(wav))
    return target


def _kilobits(wav: Path) -> int:
    """The best rate with which the whole of it is small enough; one voice needs half."""
    with wave.open(str(wav), "rb") as file:
        seconds = file.getnframes() / file.getframerate()
        rates = KILOBITS if file.getnchannels() > 1 else KILOBITS[1:]
    return next((one for one in rates if one * 125 * seconds <= MP3_BYTES_MAX), rates[-1])


def convert(path: Path, target: Path, filters: str = "anull", *, kilobits: int = 128) -> None:
    """Write the sound in the format of the target's ending. Raises WrongInput, Busy."""
    codec = ["-codec:a", "libmp3lame", "-b:a", f"{kilobits}k"] if target.suffix == ".mp3" else []
    run(
        [*input_of(path), "-map", "0:a:0", "-filter:a", filters, "-map_metadata", "-1",
         "-fflags", "+bitexact", "-flags:a", "+bitexact", *codec, "-y", str(target)],
        seconds=SECONDS_MAX,
    )  # fmt: skip
