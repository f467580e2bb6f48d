"""Has this caller asked too often? Counted by user or address, in Redis or else in the process."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from django.conf import settings
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from storycore.errors import RateLimited

logger = logging.getLogger("storycore.limits")


def check_rate(name: str, key: str) -> None:
    """Count one call of the limit `name` (a key of settings.RATE_LIMITS) for `key`.

    A dead Redis never refuses anybody: this process then counts alone. Raises RateLimited.
    """
    _apply(name, key, MovingWindowRateLimiter.hit)


def require_rate(name: str, key: str) -> None:
    """Refuse like `check_rate` when the limit is reached, but count nothing.

    Raises RateLimited.
    """
    _apply(name, key, MovingWindowRateLimiter.test)


def _apply(name: str, key: str, ask: Callable[..., bool]) -> None:
    rate = settings.RATE_LIMITS.get(name, "")
    if not rate:
        return
    item = _item(rate)
    for storage in (_shared(settings.REDIS_URL), _local()):
        if storage is None:
            continue
        limiter = MovingWindowRateLimiter(storage)
        try:
            if not ask(limiter, item, name, key):
                raise _refusal(limiter, item, name, key)
        except StorageError:
            logger.warning("Rate limits can't reach Redis; this process counts alone.")
        else:
            return


def _refusal(
    limiter: MovingWindowRateLimiter, item: RateLimitItem, name: str, key: str
) -> RateLimited:
    reset = limiter.get_window_stats(item, name, key).reset_time
    wait = max(1, math.ceil(reset - time.time()))
    return RateLimited(
        f"Too many calls; try again in {wait} seconds.", retry_after=wait, limit=item.amount
    )


def forget_rates() -> None:
    """Begin counting anew in this process."""
    _local().reset()


@lru_cache(maxsize=32)
def _item(rate: str) -> RateLimitItem:
    return parse(rate)


@lru_cache(maxsize=1)
def _local() -> MemoryStorage:
    return MemoryStorage()


@lru_cache(maxsize=2)
def _shared(url: str) -> Storage | None:
    if not url:
        return None
    storage = storage_from_string(
        url, wrap_exceptions=True, socket_timeout=0.5, socket_connect_timeout=0.5
    )
    return cast("Storage", storage)
