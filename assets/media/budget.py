"""How many pixels may be unpacked at once in this process?"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# About 8 bytes each at the worst: eight uploads at once must not take eight times the memory.
PIXELS_AT_ONCE = 8_000_000

# mallopt's parameter in malloc.h, and from what size on a block is given back when it is freed.
M_MMAP_THRESHOLD = -3
LARGE_BLOCK_BYTES = 1 << 20


class PixelBudget:
    """Lets decoders in while their pixels fit; a larger picture waits until it is alone."""

    def __init__(self, pixels: int) -> None:
        self._pixels = pixels
        self._taken = 0
        self._turn = threading.Lock()
        self._changed = threading.Condition()

    @contextmanager
    def reserve(self, pixels: int) -> Iterator[None]:
        """Hold room for `pixels` while the block runs, waiting for it first."""
        give_large_blocks_back()
        # One waits at a time, so small pictures cannot starve a large one.
        with self._turn, self._changed:
            self._changed.wait_for(lambda: self._has_room(pixels))
            self._taken += pixels
        try:
            yield
        finally:
            with self._changed:
                self._taken -= pixels
                self._changed.notify_all()

    def _has_room(self, pixels: int) -> bool:
        return self._taken == 0 or self._taken + pixels <= self._pixels


@cache
def give_large_blocks_back() -> None:
    """Have glibc return each large block when it is freed, not keep it in the thread's own arena.

    Left alone it raises its threshold up to 32 MB as pictures are freed: eight threads that decode
    one picture after another then hold on to 500 MB. Other C libraries do not need this.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


DECODING = PixelBudget(PIXELS_AT_ONCE)
