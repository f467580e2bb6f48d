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
    """What a subscription has beside its context: who tells it of changes, and whom it tells it is slow."""

    fanout: Fanout
    on_slow: Callable[[], None]


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
