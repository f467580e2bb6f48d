"""A real broker starts, keeps what it was told, and stops."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from redis import Redis

from storycore.embedded.errors import PortTaken
from storycore.embedded.ports import free_port
from storycore.embedded.redis import start_redis


def test_keeps_messages_over_a_stop_and_a_kill(tmp_path: Path) -> None:
    server = start_redis(tmp_path / "redis", free_port())
    with Redis.from_url(server.uri) as client:
        client.rpush("queue", "one")
    assert server.stop()
    assert server.child.exit_code == 0

    server = start_redis(tmp_path / "redis", free_port())
    with Redis.from_url(server.uri) as client:
        client.rpush("queue", "two")
        assert client.lrange("queue", 0, -1) == [b"one", b"two"]
    os.kill(server.pid, signal.SIGKILL)
    server.child.process.wait(10)
    assert not server.ready

    again = start_redis(tmp_path / "redis", server.port)
    try:
        assert again.ready
        with Redis.from_url(again.uri) as client:
            assert client.lrange("queue", 0, -1) == [b"one", b"two"]
    finally:
        again.stop()


def test_refuses_a_port_in_use(tmp_path: Path) -> None:
    first = start_redis(tmp_path / "one", free_port())
    try:
        with pytest.raises(PortTaken) as taken:
            # Its own answer on that port must not pass for the new server's.
            start_redis(tmp_path / "two", first.port)
    finally:
        first.stop()

    assert taken.value.message == f"Port {first.port} is in use"
