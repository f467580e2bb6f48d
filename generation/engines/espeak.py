"""`python -m generation.engines.espeak PATH VOICE RATE PITCH`: speak a JSON list of sentences into a WAV.

Writes when each of them begins and ends, in seconds, as JSON. A process of its own, because the library
keeps its state in globals.
"""

from __future__ import annotations

import ctypes
import json
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import espeakng_loader

# From espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2
_RATE, _PITCH = 1, 3
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


PAUSE_SECONDS = 0.28
"""Between two sentences, besides what the voice leaves by itself."""


def speak(
    sentences: Sequence[str], path: Path, voice: str, rate: int, pitch: int
) -> list[tuple[float, float]]:
    """Speak into a mono 16-bit WAV; returns the beginning and end of each sentence in seconds."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    folder = str(Path(espeakng_loader.get_data_path()).parent)
    sample_rate: int = library.espeak_Initialize(_SYNCHRONOUS, 500, folder.encode(), 0)
    if sample_rate <= 0:
        sys.exit("espeak-ng does not start")
    pieces: list[bytes] = []

    @_CALLBACK
    def receive(samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        return 0

    library.espeak_SetSynthCallback(receive)
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        sys.exit(f"espeak-ng has no voice {voice}")
    library.espeak_SetParameter(_RATE, rate, 0)
    library.espeak_SetParameter(_PITCH, pitch, 0)
    return _write(library, sentences, path, pieces, sample_rate)


def _write(
    library: ctypes.CDLL,
    sentences: Sequence[str],
    path: Path,
    pieces: list[bytes],
    sample_rate: int,
) -> list[tuple[float, float]]:
    """Speak one sentence after the other; the library puts what it speaks into `pieces`."""
    times: list[tuple[float, float]] = []
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        samples = 0
        pause = b"\0\0" * round(sample_rate * PAUSE_SECONDS)
        for sentence in sentences:
            pieces.clear()
            spoken = sentence.encode("utf-8") + b"\0"
            library.espeak_Synth(
                spoken, len(spoken), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None
            )
            library.espeak_Synchronize()
            body = b"".join(pieces)
            if times and body:
                file.writeframes(pause)
                samples += len(pause) // 2
            file.writeframes(body)
            begin, samples = samples, samples + len(body) // 2
            times.append((begin / sample_rate, samples / sample_rate))
    return times


def main(arguments: list[str]) -> int:
    """0 when something was said."""
    path, voice, rate, pitch = arguments
    sentences = json.loads(sys.stdin.buffer.read())
    times = speak(sentences, Path(path), voice, int(rate), int(pitch))
    json.dump(times, sys.stdout)
    return 0 if times and times[-1][1] > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
