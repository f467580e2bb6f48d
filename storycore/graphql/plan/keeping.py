"""Where are shared answers kept? In this process, and in Redis for the other ones, within bounds.

Redis only saves work: what it holds is judged like any other answer, and without it each process fills its own.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache

import orjson
from bson.errors import InvalidBSON
from django.conf import settings
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError

from storycore.graphql.operations import Operation
from storycore.graphql.sharing import Kept

logger = logging.getLogger("storycore.graphql")

LOOKED_UP = Counter(
    "storycore_graphql_shared_answers_total",
    "Reads that a kept answer could serve, by outcome: hit, stale or miss.",
    ("outcome",),
)
# One answer takes at most this part of the room: a huge story must not push out all others.
_LARGEST_PART = 8
_QUIET_SECONDS = 5.0
_TIMEOUT_SECONDS = 0.25


class Keeper:
    """Kept answers by key; the least used go first. Safe to share between threads."""

    def __init__(self, max_bytes: int, seconds: float, redis_url: str) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._answers: OrderedDict[str, tuple[float, Kept]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._redis: Redis | None = None
        if redis_url:
            self._redis = Redis.from_url(
                redis_url,
                socket_timeout=_TIMEOUT_SECONDS,
                socket_connect_timeout=_TIMEOUT_SECONDS,
            )
        self._silent_until = 0.0
        self._window_end = 0.0
        self._sent_bytes = 0

    def candidates(self, key: str) -> Iterator[Kept]:
        """What is kept under the key: here, then in Redis."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
        if found is not None and found[0] > time.monotonic():
            yield found[1]
        remote = self._remote(key)
        if remote is not None:
            self._put_here(key, remote)
            yield remote

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer, unless it is too large."""
        if len(kept.data) > self._max_bytes // _LARGEST_PART:
            return
        self._put_here(key, kept)
        redis = self._reachable()
        if redis is not None and self._may_send(len(kept.data)):
            try:
                redis.set(_name(key), kept.encoded(), px=int(self._seconds * 1000))
            except RedisError:
                self._fell_silent()

    def _put_here(self, key: str, kept: Kept) -> None:
        until = time.monotonic() + self._seconds
        with self._lock:
            self._drop(key)
            self._answers[key] = (until, kept)
            self._bytes += len(kept.data) + len(key)
            while self._bytes > self._max_bytes and self._answers:
                self._drop(next(iter(self._answers)))

    def _drop(self, key: str) -> None:
        gone = self._answers.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone[1].data) + len(key)

    def _may_send(self, size_bytes: int) -> bool:
        """Whether Redis has room for it: each process fills as much there as it may keep itself."""
        moment = time.monotonic()
        with self._lock:
            if moment >= self._window_end:
                self._window_end, self._sent_bytes = moment + self._seconds, 0
            self._sent_bytes += size_bytes
            return self._sent_bytes <= self._max_bytes

    def _remote(self, key: str) -> Kept | None:
        redis = self._reachable()
        if redis is None:
            return None
        try:
            raw = redis.get(_name(key))
        except RedisError:
            self._fell_silent()
            return None
        try:
            return Kept.decoded(raw) if isinstance(raw, bytes) else None
        except (InvalidBSON, KeyError, TypeError):
            return None

    def _reachable(self) -> Redis | None:
        return self._redis if time.monotonic() >= self._silent_until else None

    def _fell_silent(self) -> None:
        self._silent_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("Redis does not answer; shared answers are kept in this process alone.")


def keeper() -> Keeper | None:
    """The keeper of this process; None when the settings give it no room."""
    # The other half is for whole responses, in front of the view.
    max_bytes = settings.GRAPHQL_CACHE_BYTES // 2
    if not max_bytes:
        return None
    return _keeper(max_bytes, settings.GRAPHQL_CACHE_SECONDS, settings.REDIS_URL)


@lru_cache(maxsize=2)
def _keeper(max_bytes: int, seconds: float, redis_url: str) -> Keeper:
    return Keeper(max_bytes, seconds, redis_url)


def key_of(operation: Operation) -> str | None:
    """What an answer is kept under: the text, the chosen operation and the variables as they came."""
    try:
        variables = orjson.dumps(operation.variables, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        # A file, or a number that JSON does not have: nothing that a story is read by.
        return None
    return f"{settings.VERSION}\n{operation.name or ''}\n{variables}\n{operation.document.text}"


def _name(key: str) -> str:
    return f"storycore:answer:{hashlib.blake2b(key.encode(), digest_size=20).hexdigest()}"
