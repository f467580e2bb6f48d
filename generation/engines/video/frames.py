"""Which frames follow each other? Drawn in two threads ahead of the encoder, each only once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from PIL import Image

from generation.engines.video.order import RenderOrder
from generation.engines.video.overlays import Overlay
from generation.engines.video.stills import fitted
from generation.engines.video.templates import TEMPLATES, ZOOM
from generation.engines.video.timing import Moment, Timeline

# Pillow leaves the interpreter's lock while it scales, so two threads draw at once.
THREADS = 2
AHEAD = 6

_Key = tuple[object, ...]


class Frames:
    """The frames of one video as bytes of RGB, in order."""

    def __init__(self, order: RenderOrder, timeline: Timeline, overlays: Sequence[Overlay]) -> None:
        self.order = order
        self.timeline = timeline
        self.overlays = overlays
        self.template = TEMPLATES[order.template]
        width, height = order.size
        # A moving picture is prepared as large as its nearest view needs it.
        scale = ZOOM if self.template.moves else 1.0
        self.prepared_size = (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
        self._prepared = lru_cache(maxsize=3)(self._prepare)

    def first(self) -> Image.Image:
        """The first picture as it is seen, without anything written on it."""
        return fitted(self.order.stills[0].path, self.order.size)

    def check(self) -> None:
        """Open every picture once. Raises WrongInput for what is none."""
        small = (16, 16)
        for path in {one.path for one in self.order.stills}:
            fitted(path, small)

    def all(self, count: int) -> Iterator[bytes]:
        """So many frames. Raises WrongInput."""
        with ThreadPoolExecutor(THREADS, thread_name_prefix="frames") as pool:
            waiting: deque[Future[bytes]] = deque()
            last_key: _Key | None = None
            last: Future[bytes] | None = None
            for number in range(count):
                seconds = (number + 0.5) / self.order.fps
                moment, over = self.timeline.at(seconds), self._over(seconds)
                key = self._key(moment, over)
                if key is None or key != last_key or last is None:
                    last = pool.submit(self._drawn, moment, over)
                last_key = key
                waiting.append(last)
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _key(self, moment: Moment, over: tuple[int, ...]) -> _Key | None:
        """What a frame that stays is known by; None for one that is like no other."""
        if self.template.moves or moment.share > 0.0:
            return None
        return (moment.index, over)

    def _over(self, seconds: float) -> tuple[int, ...]:
        return tuple(
            number for number, one in enumerate(self.overlays) if one.start <= seconds < one.end
        )

    def _drawn(self, moment: Moment, over: tuple[int, ...]) -> bytes:
        frame = self._shown(moment.index, moment.progress)
        if moment.share > 0.0:
            follower = self._shown(moment.index + 1, moment.next_progress)
            frame = self.template.mixed(frame, follower, moment.share)
        if over:
            frame = frame.copy()
            for number in over:
                one = self.overlays[number]
                frame.paste(one.picture, one.place, one.picture)
        return frame.tobytes()

    def _shown(self, index: int, progress: float) -> Image.Image:
        picture = self._prepared(self.order.stills[index].path)
        return self.template.shown(picture, self.order.size, index, progress)

    def _prepare(self, path: Path) -> Image.Image:
        return fitted(path, self.prepared_size)
