"""What does a sound's outline look like?"""

from __future__ import annotations

import math
from array import array
from typing import IO

SAMPLE_RATE = 8_000
SAMPLE_BYTES = 2
FULL_SCALE = 32_768
PEAKS = 256


class Waveform:
    """Folds a stream of 16-bit mono samples into at most 256 peaks from 0 to 1."""

    def __init__(self, seconds: float) -> None:
        self.samples = 0
        self._bucket_samples = max(1, math.ceil(seconds * SAMPLE_RATE / PEAKS))
        self._heights: list[int] = []

    def read(self, stream: IO[bytes]) -> None:
        """Take in the stream to its end, one bucket at a time."""
        while chunk := stream.read(self._bucket_samples * SAMPLE_BYTES):
            samples = array("h")
            samples.frombytes(chunk[: len(chunk) // SAMPLE_BYTES * SAMPLE_BYTES])
            if samples:
                self.samples += len(samples)
                self._heights.append(max(abs(max(samples)), abs(min(samples))))

    def peaks(self) -> tuple[float, ...]:
        """The peaks in order; more was heard than promised when two fall into one."""
        per_peak = max(1, math.ceil(len(self._heights) / PEAKS))
        return tuple(
            round(min(1.0, max(self._heights[start : start + per_peak]) / FULL_SCALE), 3)
            for start in range(0, len(self._heights), per_peak)
        )
