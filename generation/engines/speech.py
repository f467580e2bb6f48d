"""How is text spoken without a service? By espeak-ng in a process of its own: clear, and robotic.

The library keeps global state and is not safe in threads, so each order runs `python -m
generation.engines.espeak` with a time limit.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

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
WORDS_PER_MINUTE = 160


def make_speech(
    text: str, folder: Path, *, language: str | None, voice: str | None, speed: float | None
) -> tuple[Path, dict[str, object]]:
    """Speak a text into a WAV of the folder; returns its path and what is worth knowing of it.

    `speed` 1 is 160 words a minute. Raises WrongInput for an unknown language with the list of known ones;
    an unknown voice speaks as alloy.
    """
    tag = (language or "en").strip().lower().replace("_", "-")
    known = LANGUAGES.get(tag) or LANGUAGES.get(tag.partition("-")[0])
    if known is None:
        raise WrongInput(f"the local voice speaks {', '.join(LANGUAGES)}, not {tag[:20]!r}")
    variant, pitch = VOICES.get(voice or "", VOICES["alloy"])
    path = folder / "speech.wav"
    rate = round(WORDS_PER_MINUTE * (speed or 1.0))
    command = [
        sys.executable,
        "-m",
        "generation.engines.espeak",
        str(path),
        f"{known}+{variant}",
        str(rate),
        str(pitch),
    ]
    try:
        subprocess.run(  # noqa: S603 - our own module with values from tables and numbers
            command, input=text.encode(), check=True, capture_output=True, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired as problem:
        raise Busy(f"the local voice took longer than {SECONDS_MAX} seconds") from problem
    except subprocess.CalledProcessError as problem:
        raise WrongInput("the local voice found nothing to say in this text") from problem
    details: dict[str, object] = {
        "standIn": True,
        "voice": voice if voice in VOICES else "alloy",
        "language": tag,
    }
    return path, details
