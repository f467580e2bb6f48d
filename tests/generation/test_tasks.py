"""The worker's doors: what waits in the broker is counted, and a task does one job."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from config.celery import app
from generation.services.orders import NewMedia, order_media
from generation.tasks import advance, clean, sweep, waiting_messages
from storycore.access import Actor
from storycore.embedded.redis import RedisServer
from storycore.queue import wake
from tests.generation.conftest import the_job


@pytest.fixture
def broker(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A real Redis whose queues are empty, and a process that does not remember it as silent."""
    monkeypatch.setattr("storycore.queue._silent_until", 0.0)
    app.set_current()
    with Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
    return redis_server


def test_messages_are_counted_and_an_unknown_queue_has_none(broker: Any) -> None:
    assert waiting_messages("nobody") == 0

    assert wake("generation.advance", "media", queue="media") is True
    assert wake("generation.advance", "media", queue="media") is True

    assert waiting_messages("media") == 2


def test_the_sweep_sends_what_was_lost(broker: Any, owner: Actor, mocked: None) -> None:
    order_media(owner, NewMedia("image", "a bell"))
    with app.connection_for_write() as connection:
        connection.default_channel.queue_purge("media")

    sweep()
    sweep()

    assert waiting_messages("media") == 1


def test_a_task_does_the_next_job_of_its_queue(broker: Any, owner: Actor, mocked: None) -> None:
    key = order_media(owner, NewMedia("image", "a bell"))

    advance("media")
    advance("media")

    assert the_job(key)["status"] == "completed"
    clean()
    assert the_job(key)["status"] == "completed"
