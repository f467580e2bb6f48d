"""Which brokers can wake the workers while faults strike? Each runs on ports and folders of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import redis

from storycore.embedded.ports import free_port
from storycore.embedded.redis import RedisServer, start_redis

# Where packages put it; the one on the path changes to a user of its own, which owns none of our folders.
RABBITMQ = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/usr/local/sbin/rabbitmq-server",
    "/opt/rabbitmq/sbin/rabbitmq-server",
)
START_SECONDS = 60.0


class Broker(Protocol):
    """A broker that can be killed."""

    @property
    def url(self) -> str:
        """How Celery reaches it."""

    def start(self) -> None:
        """Start it, on the data that it had."""

    def kill(self) -> None:
        """kill -9."""

    def wipe(self) -> None:
        """Let it forget every message that waits."""


@dataclass
class Redis:
    """The redis-server that StoryCore brings along."""

    folder: Path
    port: int = field(default_factory=free_port)
    server: RedisServer | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.server = start_redis(self.folder / "redis", self.port)

    def kill(self) -> None:
        if self.server is not None:
            self.server.child.kill()

    def wipe(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()


@dataclass
class RabbitMQ:
    """A RabbitMQ that is installed on this machine, as a node of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    distribution_port: int = field(default_factory=free_port)
    names_port: int = field(default_factory=free_port)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @staticmethod
    def program() -> str | None:
        """Its start program; None where there is none."""
        on_path = shutil.which("rabbitmq-server") if os.getuid() else None
        return next((one for one in (*RABBITMQ, on_path) if one and os.access(one, os.X_OK)), None)

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        program = self.program()
        if program is None:
            raise RuntimeError("no rabbitmq-server on this machine")
        home = self.folder / "rabbitmq"
        home.mkdir(exist_ok=True)
        (home / "plugins").write_text("[].")
        (home / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        # Erlang's list of nodes would start by itself otherwise, and outlive this run.
        for command in (["epmd"], [program]):
            with (home / "server.log").open("ab") as log:
                self.children.append(
                    subprocess.Popen(
                        command,
                        env=self._environment(home),
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
        self._await_port()

    def kill(self) -> None:
        for child in self.children:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.children.clear()

    def wipe(self) -> None:
        """Without its data it knows of no message; the queues come back with the workers."""
        self.kill()
        shutil.rmtree(self.folder / "rabbitmq" / "data", ignore_errors=True)
        self.start()

    def _environment(self, home: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "RABBITMQ_NODENAME": f"chaos{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.names_port),
        }

    def _await_port(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.2)
        raise RuntimeError(f"RabbitMQ did not start; see {self.folder / 'rabbitmq'}")


BROKERS: dict[str, type[Redis] | type[RabbitMQ]] = {"redis": Redis, "rabbitmq": RabbitMQ}
