"""`python -m generation.engines.espeak PATH VOICE RATE PITCH`: speak standard input into a WAV.

A process of its own, because the library keeps its state in globals.
"""

from __future__ import annotations

import ctypes
import sys
import wave
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


def speak(text: str, path: Path, voice: str, rate: int, pitch: int) -> int:
    """Speak into a mono 16-bit WAV; returns the number of samples."""
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
    spoken = text.encode("utf-8") + b"\0"
    library.espeak_Synth(spoken, len(spoken), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    body = b"".join(pieces)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(body)
    return len(body) // 2


def main(arguments: list[str]) -> int:
    """0 when something was said."""
    path, voice, rate, pitch = arguments
    text = sys.stdin.buffer.read().decode("utf-8")
    return 0 if speak(text, Path(path), voice, int(rate), int(pitch)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
