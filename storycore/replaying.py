"""Which requests need no second thought? The same one again, for as long as its answer is known to hold.

A view that can tell, sets `replay` on its response: a function that is given the same requests that have come
since, and says whether the response may be sent for all of them. It runs in a thread, looks once, and does what
there is to count and to log. The whole of Django has answered the first of them, so hosts, redirects and
headers are as they must be; a request counts as the same only with every header that any of it may read.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from storycore.requests import HEADER, request_id_from
from storycore.shortcuts import Headers, Said, Shape

Scope = MutableMapping[str, Any]
Key = tuple[tuple[Any, ...], bytes]


class Again(NamedTuple):
    """A request that has come before: its id, and the time.perf_counter() at which it came this time."""

    request_id: str
    started: float


Replay = Callable[[Sequence[Again]], bool]
Run = Callable[..., Awaitable[Any]]

_MOST_BODY_BYTES = 64_000
_REQUEST_ID = HEADER.lower().encode()


@dataclass(slots=True)
class Known:
    """A response as it went out, who says whether it still holds, and the requests that wait for that word."""

    status: int
    headers: Headers
    body: bytes
    replay: Replay
    waiting: list[tuple[Again, asyncio.Future[bool]]] = field(default_factory=list)
    check: asyncio.Task[None] | None = None

    async def holds(self, request_id: str, run: Run) -> bool:
        """Whether it may be sent for a request that is here now; `run` runs the look in a thread.

        Requests that come while a look is under way wait for the next one: each look begins after all the
        requests that it is for.
        """
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append((Again(request_id, time.perf_counter()), turn))
        if self.check is None or self.check.done():
            self.check = asyncio.create_task(self._look(run), name="replay")
        return await turn

    async def _look(self, run: Run) -> None:
        while self.waiting:
            asked, self.waiting = self.waiting, []
            is_same = False
            try:
                is_same = await run(self.replay, [again for again, _ in asked])
            finally:
                for _, turn in asked:
                    if not turn.done():
                        turn.set_result(is_same)


class Replays:
    """The responses that one web process may send again, within `max_bytes`; the least used go first.

    Used in the event loop only.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._known: OrderedDict[Key, Known] = OrderedDict()
        self._bytes = 0

    def key_of(self, shape: Shape, body: bytes) -> Key | None:
        """What makes a request the same as another; None for one that is somebody's own."""
        if not self._max_bytes or not shape.is_anonymous or len(body) > _MOST_BODY_BYTES:
            return None
        return (shape.head, body)

    def find(self, key: Key) -> Known | None:
        """The response that was sent for such a request."""
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found

    def keep(self, key: Key, said: Said) -> None:
        """Keep an answer that went out whole."""
        self.drop(key)
        general = [pair for pair in said.headers if pair[0].lower() != _REQUEST_ID]
        known = Known(said.status, general, said.body, said.replay)
        self._known[key] = known
        self._bytes += _size(key, known)
        while self._bytes > self._max_bytes:
            self.drop(next(iter(self._known)))

    def drop(self, key: Key) -> None:
        """Forget it: it does not hold any more."""
        gone = self._known.pop(key, None)
        if gone is not None:
            self._bytes -= _size(key, gone)


def named(scope: Scope) -> str:
    """The id of a request that Django does not see."""
    given = next((value for name, value in scope["headers"] if name == _REQUEST_ID), b"")
    return request_id_from(given.decode("latin-1"))


def _size(key: Key, known: Known) -> int:
    return len(known.body) + len(key[1]) + 1_000
