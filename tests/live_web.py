"""A web process as production runs it, on the suite's own databases, and a client that speaks to it live."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import websockets
from django.conf import settings
from django.db import connection
from websockets.asyncio.client import ClientConnection

from storycore.embedded.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PROTOCOL = "graphql-transport-ws"
# Short, so that tests see them pass; the rest is as in production.
LIMITS = {
    "LIVE_INIT_SECONDS": "1",
    "LIVE_HEARTBEAT_SECONDS": "1",
    "LIVE_QUEUE": "20",
    "LIVE_MAX_MESSAGE_BYTES": "20000",
    "LIVE_CONNECTIONS_PER_USER": "12",
    "LIVE_OPERATIONS_PER_SOCKET": "5",
    "LIVE_FAREWELL_SECONDS": "2",
}


@dataclass
class Web:
    """A granian with one worker."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql/"

    def stop(self) -> int:
        """End it as a supervisor does; returns its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def kill(self) -> None:
        """End it and its worker at once, as a dying machine does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def worker_pid(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[-1])


def start_web(**extra: str) -> Web:
    """Start one and wait until it answers."""
    port = free_port()
    log = Path(settings.DATA_DIR) / f"web-{port}.log"
    env = os.environ | LIMITS | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_MONGODB_PORT": str(settings.MONGODB_PORT),
        "TEST_REDIS_PORT": str(settings.REDIS_PORT),
        "STORYCORE_DATA": str(settings.DATA_DIR),
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "WEB_THREADS": "4",
    } | extra  # fmt: skip
    command = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--runtime-threads", "1", "--loop", "asyncio", "--no-access-log",
        "--workers-kill-timeout", "10", "config.asgi:application",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    web = Web(port, process, log)
    end = time.monotonic() + 60
    while not _answers(web):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return web


def _answers(web: Web) -> bool:
    try:
        with urllib.request.urlopen(f"{web.url}/health/live", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@dataclass
class Client:
    """One socket; answers pings by itself and sorts messages by operation."""

    socket: ClientConnection
    strays: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def subscribe(self, key: str, query: str, /, **variables: Any) -> None:
        await self.say(type="subscribe", id=key, payload={"query": query, "variables": variables})

    async def next(self, seconds: float = 5.0) -> dict[str, Any]:
        """The next message that is no ping."""
        async with asyncio.timeout(seconds):
            while True:
                message: dict[str, Any] = json.loads(await self.socket.recv())
                if message["type"] != "ping":
                    return message
                self.pings += 1
                await self.say(type="pong")

    async def data(self, key: str, seconds: float = 5.0) -> Any:
        """The data of the next answer to an operation; the answers to others are kept."""
        message = await self.next(seconds)
        while message.get("id") != key:
            self.strays.append(message)
            message = await self.next(seconds)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def quiet(self, seconds: float = 0.4) -> bool:
        """Whether nothing comes for a while."""
        try:
            message = await self.next(seconds)
        except TimeoutError:
            return True
        self.strays.append(message)
        return False

    async def closing(self, seconds: float = 5.0) -> tuple[int, str]:
        """Code and reason with which the server closes; messages before that are passed over."""
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await self._read_on(seconds)
        assert closed.value.rcvd is not None, "the connection broke off"
        return closed.value.rcvd.code, closed.value.rcvd.reason

    async def _read_on(self, seconds: float) -> None:
        while True:
            await self.next(seconds)


@asynccontextmanager
async def raw_client(web: Web, **options: Any) -> AsyncIterator[Client]:
    """A socket on which nothing was said yet."""
    options.setdefault("subprotocols", [PROTOCOL])
    async with websockets.connect(web.socket_url, **options) as socket:
        yield Client(socket)


@asynccontextmanager
async def live_client(web: Web, token: str = "", **options: Any) -> AsyncIterator[Client]:
    """A socket whose server knows who speaks."""
    async with raw_client(web, **options) as client:
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await client.say(type="connection_init", payload=payload)
        assert await client.next() == {"type": "connection_ack"}
        yield client
