"""Which picture is seen when? Each has its share, and neighbours overlap while one becomes the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TRANSITION_SECONDS = 0.8
# A very short picture is still mostly itself.
TRANSITION_SHARE = 0.4
SHORTEST = 0.04


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant: the picture, how far its time has gone (0 to 1), and the next one when it is coming.

    `share` is how much of the next one there is, 0 to 1; `next_progress` how far that one's time has gone.
    """

    index: int
    progress: float
    share: float = 0.0
    next_progress: float = 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each picture's share begins, with the end of the last behind them; all in seconds."""

    bounds: tuple[float, ...]

    def at(self, seconds: float) -> Moment:
        """What is seen at this moment."""
        count = len(self.bounds) - 1
        index = next((one for one in range(count) if seconds < self.bounds[one + 1]), count - 1)
        for border in (index, index + 1):
            if 0 < border < count:
                half = self._half(border)
                begin = self.bounds[border] - half
                if begin <= seconds < self.bounds[border] + half:
                    share = (seconds - begin) / (2 * half)
                    return Moment(
                        border - 1,
                        self._progress(border - 1, seconds),
                        share,
                        self._progress(border, seconds),
                    )
        return Moment(index, self._progress(index, seconds))

    def _half(self, border: int) -> float:
        before = self.bounds[border] - self.bounds[border - 1]
        after = self.bounds[border + 1] - self.bounds[border]
        return min(TRANSITION_SECONDS, TRANSITION_SHARE * min(before, after)) / 2

    def _progress(self, index: int, seconds: float) -> float:
        """How far a picture is, from the first moment that it is seen at all to the last."""
        count = len(self.bounds) - 1
        start = self.bounds[index] - (self._half(index) if index > 0 else 0.0)
        end = self.bounds[index + 1] + (self._half(index + 1) if index + 1 < count else 0.0)
        return min(1.0, max(0.0, (seconds - start) / (end - start or 1.0)))


def timeline(wanted: Sequence[float | None], length: float) -> Timeline:
    """The shares of pictures that want so many seconds (None: an even one of the rest), fitted to `length`."""
    asked = sum(one for one in wanted if one is not None)
    free = sum(1 for one in wanted if one is None)
    rest = max(length - asked, 0.0) / free if free else 0.0
    shares = [max(rest if one is None else one, SHORTEST * length / len(wanted)) for one in wanted]
    scale = length / sum(shares)
    bounds = [0.0]
    for share in shares:
        bounds.append(bounds[-1] + share * scale)
    return Timeline((*bounds[:-1], length))
