"""What does a resolver know about its request? Nothing but this."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from storycore.access import NOBODY, Actor


@dataclass(slots=True)
class Context:
    """One per operation.

    `actor` is who asks, `request_id` names the request in logs and masked errors, `client` is the address
    that rate limits count by, `memory` keeps what was already fetched in this operation, `deadline` is the
    time.monotonic() at which the operation is stopped.
    """

    actor: Actor = NOBODY
    request_id: str = ""
    client: str = ""
    memory: dict[Any, Any] = field(default_factory=dict)
    deadline: float = math.inf
