from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from storycore.embedded.ports import free_port
from storycore.embedded.redis import RedisServer
from storycore.errors import RateLimited
from storycore.limits import check_rate, forget_rates, require_rate


@pytest.fixture(autouse=True)
def rates(settings: Any) -> Iterator[None]:
    settings.RATE_LIMITS = {"paint": "2/minute", "free": ""}
    settings.REDIS_URL = ""
    forget_rates()
    yield
    forget_rates()


def test_a_limit_counts_each_key_by_itself() -> None:
    for _ in range(2):
        check_rate("paint", "ann")
    with pytest.raises(RateLimited) as refusal:
        check_rate("paint", "ann")
    check_rate("paint", "bob")

    assert 1 <= refusal.value.retry_after <= 60
    assert refusal.value.details == {"retryAfter": refusal.value.retry_after}


def test_asking_counts_nothing() -> None:
    for _ in range(5):
        require_rate("paint", "ann")
    for _ in range(2):
        check_rate("paint", "ann")
    with pytest.raises(RateLimited):
        require_rate("paint", "ann")


def test_a_limit_that_is_off_or_unknown_lets_all_pass() -> None:
    for _ in range(50):
        check_rate("free", "ann")
        check_rate("nothing of the kind", "ann")


def test_redis_counts_for_all_processes(redis_server: RedisServer, settings: Any) -> None:
    settings.REDIS_URL = redis_server.uri
    for _ in range(2):
        check_rate("paint", "shared")

    # What this process knows by itself is gone; Redis still knows.
    forget_rates()
    with pytest.raises(RateLimited):
        check_rate("paint", "shared")


def test_a_dead_redis_refuses_nobody_and_the_process_counts_alone(settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    for _ in range(2):
        check_rate("paint", "ann")
    with pytest.raises(RateLimited):
        check_rate("paint", "ann")
