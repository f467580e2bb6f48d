"""How is text spoken without a service? By espeak-ng in a process of its own: clear, and robotic.

The library keeps global state and is not safe in threads, so each order runs `python -m
generation.engines.espeak` with a time limit.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from generation.engines.audio import FORMATS, as_asked, change_pitch
from generation.engines.captions import sentences_of
from generation.providers.failures import Busy, WrongInput

LANGUAGES: Mapping[str, str] = {
    "en": "en-us", "en-us": "en-us", "en-gb": "en", "fr": "fr", "es": "es", "de": "de", "it": "it",
    "pt": "pt", "pt-br": "pt-br", "nl": "nl", "pl": "pl", "sv": "sv", "da": "da", "fi": "fi", "nb": "nb",
    "cs": "cs", "el": "el", "hu": "hu", "ro": "ro", "ru": "ru", "uk": "uk", "tr": "tr", "ar": "ar", "hi": "hi",
    "ja": "ja", "ko": "ko", "zh": "cmn", "ca": "ca", "la": "la", "eo": "eo",
}  # fmt: skip
"""Language tags and what espeak-ng calls them."""

VOICES: Mapping[str, tuple[str, int]] = {
    "alloy": ("m1", 50), "echo": ("m3", 40), "fable": ("m5", 60), "onyx": ("m7", 28), "nova": ("f2", 62),
    "shimmer": ("f4", 74),
}  # fmt: skip
"""The voices by the names that clients know: a variant of espeak-ng and a pitch from 0 to 99."""

SECONDS_MAX = 60
# A long text takes longer; espeak-ng speaks some 20,000 letters a second.
LETTERS_A_SECOND = 1_000
WORDS_PER_MINUTE = 160


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is spoken; None is as usual. `pitch` multiplies the frequencies and leaves the length."""

    language: str | None = None
    voice: str | None = None
    speed: float | None = None
    pitch: float | None = None
    file_format: str | None = None


def make_speech(text: str, folder: Path, manner: Manner) -> tuple[Path, dict[str, object]]:
    """Speak a text into a WAV or MP3 of the folder; returns its path and what is worth knowing of it.

    A speed of 1 is 160 words a minute. `sentences` among the details says when each is heard. A long WAV
    becomes an MP3 unless a WAV is asked for.
    Raises WrongInput for an unknown language with the list of known ones, and for an unknown format; an
    unknown voice speaks as alloy. Raises Busy when it takes too long.
    """
    tag, known = _language(manner.language)
    if manner.file_format not in (None, *FORMATS):
        raise WrongInput(
            f"the local voice writes {', '.join(FORMATS)}, not {str(manner.file_format)[:20]!r}"
        )
    variant, own_pitch = VOICES.get(manner.voice or "", VOICES["alloy"])
    sentences = sentences_of(text)
    path = folder / "speech.wav"
    rate = round(WORDS_PER_MINUTE * (manner.speed or 1.0))
    times = _spoken(sentences, path, f"{known}+{variant}", rate, own_pitch)
    if manner.pitch is not None and manner.pitch != 1.0:
        change_pitch(path, folder / "pitched.wav", manner.pitch)
        path = folder / "pitched.wav"
    path = as_asked(path, manner.file_format)
    details: dict[str, object] = {
        "standIn": True,
        "voice": manner.voice if manner.voice in VOICES else "alloy",
        "language": tag,
        "sentences": [
            {"text": sentence, "start": round(begin, 3), "end": round(end, 3)}
            for sentence, (begin, end) in zip(sentences, times, strict=True)
        ],
    }
    return path, details


def _language(language: str | None) -> tuple[str, str]:
    tag = (language or "en").strip().lower().replace("_", "-")
    known = LANGUAGES.get(tag) or LANGUAGES.get(tag.partition("-")[0])
    if known is None:
        raise WrongInput(f"the local voice speaks {', '.join(LANGUAGES)}, not {tag[:20]!r}")
    return tag, known


def _spoken(
    sentences: list[str], path: Path, voice: str, rate: int, pitch: int
) -> list[tuple[float, float]]:
    command = [
        sys.executable, "-m", "generation.engines.espeak", str(path), voice, str(rate), str(pitch),
    ]  # fmt: skip
    seconds = SECONDS_MAX + sum(map(len, sentences)) / LETTERS_A_SECOND
    try:
        done = subprocess.run(  # noqa: S603 - our own module with values from tables and numbers
            command, input=orjson.dumps(sentences), check=True, capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired as problem:
        raise Busy(f"the local voice took longer than {seconds:.0f} seconds") from problem
    except subprocess.CalledProcessError as problem:
        raise WrongInput("the local voice found nothing to say in this text") from problem
    times: list[tuple[float, float]] = orjson.loads(done.stdout)
    return times
