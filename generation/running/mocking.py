"""Who answers the calls of the mock provider? This process; nothing is sent."""

from __future__ import annotations

from generation.providers.base import Call, Reply
from generation.providers.mock import SCHEME, answer


class _Shown(dict[str, int]):
    """How often a fault of an order was shown: as often as the order was tried again.

    The next attempt may run in another process, so only the job can know.
    """

    def __init__(self, retries: int) -> None:
        super().__init__()
        self.retries = retries

    def get(self, _fault: str, _default: int = 0) -> int:  # type: ignore[override]
        return self.retries


def is_mocked(call: Call) -> bool:
    """Whether a call goes nowhere."""
    return call.url.startswith(SCHEME)


def answer_mocked(call: Call, retries: int) -> Reply:
    """The canned answer to the call of an order that was tried again `retries` times."""
    return answer(call, _Shown(retries))
