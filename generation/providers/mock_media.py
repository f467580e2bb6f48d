"""What does the mock provider hand out? Small real pictures, sounds and texts, the same for the same order."""

from __future__ import annotations

import colorsys
import hashlib
import io
import math
import struct
import wave
import zlib
from array import array

SAMPLE_RATE = 16_000
MAX_SIDE = 1024
MAX_SECONDS = 10.0
# Steps of a scale in which nothing clashes.
SCALE = (0, 3, 5, 7, 10, 12)


def canned_picture(prompt: str, seed: int, width: int, height: int) -> bytes:
    """A PNG: bands of two colours that the prompt and the seed choose; at most MAX_SIDE a side."""
    width, height = min(width, MAX_SIDE), min(height, MAX_SIDE)
    drawn = _drawn(prompt, seed)
    palette = b"".join(_colour(drawn, position / 255) for position in range(256))
    ramp = bytes(range(256)) + bytes(range(255, -1, -1))
    slope, turns = 1 + drawn[2] % 3, width // len(ramp) + 2
    rows = b"".join(
        b"\0" + (ramp * turns)[start : start + width]
        for start in ((row * slope) % len(ramp) for row in range(height))
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def canned_sound(prompt: str, seed: int, seconds: float) -> bytes:
    """A WAV, mono, 16 bits: quarter-second tones of a scale; at most MAX_SECONDS long."""
    drawn = _drawn(prompt, seed)
    count = int(min(max(seconds, 0.25), MAX_SECONDS) * SAMPLE_RATE)
    tone = SAMPLE_RATE // 4
    samples = array("h", bytes(2 * count))
    for position in range(count):
        step = SCALE[drawn[(position // tone) % len(drawn)] % len(SCALE)]
        frequency = 220 * 2 ** (step / 12)
        fade = min(1.0, (tone - position % tone) / 800, (position % tone) / 200)
        samples[position] = int(
            9_000 * fade * math.sin(math.tau * frequency * position / SAMPLE_RATE)
        )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def canned_text(prompt: str, seed: int) -> str:
    """A text that says what it is and repeats what was asked."""
    return (
        f"This is a canned text of mock mode (seed {seed}), written for: {prompt.strip()}\n\n"
        "Nobody thought about it. Choose a real provider to get an answer."
    )


def _drawn(prompt: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{prompt}".encode()).digest()


def _colour(drawn: bytes, share: float) -> bytes:
    first, second = drawn[0] / 255, drawn[1] / 255
    rgb = colorsys.hls_to_rgb(first + (second - first) * share, 0.25 + 0.5 * share, 0.55)
    return bytes(round(part * 255) for part in rgb)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
