"""What does a resolver know about its request? Nothing but this."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from storycore.access import NOBODY, Actor
from storycore.mongo.fanout import Fanout


@dataclass(frozen=True, slots=True)
class Live:
    """What a subscription has beside its context: who tells it of changes, and whom it tells it is slow.

    `who` says whom it is for, and is asked anew for each event: a connection may outlast a role of its user.
    """

    fanout: Fanout
    on_slow: Callable[[], None]
    who: Callable[[], Actor]


@dataclass(slots=True)
class Context:
    """One per operation.

    `actor` is who asks, `request_id` names the request in logs and masked errors, `client` is the address
    that rate limits count by, `memory` keeps what was already fetched in this operation, `deadline` is the
    time.monotonic() at which the operation is stopped, `live` is there where subscriptions run.
    """

    actor: Actor = NOBODY
    request_id: str = ""
    client: str = ""
    memory: dict[Any, Any] = field(default_factory=dict)
    deadline: float = math.inf
    live: Live | None = None


class WatchedContext(Context):
    """A context that notes whether an operation asked who is asking; if none did, the answer is everybody's."""

    __slots__ = ("_actor", "is_personal")

    def __init__(self, actor: Actor, request_id: str) -> None:
        super().__init__(actor, request_id)
        self.is_personal = False

    @property
    def actor(self) -> Actor:
        """Who asks."""
        self.is_personal = True
        return self._actor

    @actor.setter
    def actor(self, actor: Actor) -> None:
        self._actor = actor
