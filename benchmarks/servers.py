"""Which servers does a benchmark need? A MongoDB of its own, the product, and the floor beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storycore.embedded.mongod import start_mongod
from storycore.embedded.ports import free_port

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Bench:
    """Where everything answers; `env` is what a process of the product runs with, `web_pid` its server.

    `pids` are the servers by port. `shared_port` is a second server of the product, whose readers share
    answers; 0 without one.
    """

    mongodb_uri: str
    web_port: int
    floor_port: int
    shared_port: int
    env: dict[str, str]
    web_pid: int
    pids: dict[int, int]

    def web_pids(self) -> list[int]:
        """The web server and the processes that it has started."""
        return _with_children(self.web_pid)

    def cpu_seconds(self, port: int) -> float:
        """The processor time that the server at this port has used so far."""
        ticks = 0
        for pid in _with_children(self.pids[port]):
            # The name of the process, in parentheses, may hold anything.
            fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def benched(
    *, processes: int = 1, threads: int = 4, shares: bool = False, **extra: str
) -> Iterator[Bench]:
    """Start all of them, and stop them at the end; `extra` joins their environment.

    With `shares` a second server keeps the answers of published stories, and the first one keeps none.
    """
    with tempfile.TemporaryDirectory(prefix="storycore-bench-") as folder:
        mongod = start_mongod(Path(folder) / "mongo", free_port())
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "DEBUG": "0",
            "SECRET_KEY": "a key for a benchmark that nobody else ever sees, long enough",
            "MONGODB_URI": mongod.uri,
            "STORYCORE_DATA": folder,
            "LOG_LEVEL": "WARNING",
            "FLOOR_THREADS": str(threads),
            **extra,
        }
        web, floor, shared = free_port(), free_port(), free_port() if shares else 0
        manage = [sys.executable, str(ROOT / "manage.py")]
        for command in (["migrate", "--verbosity", "0"], ["ensure_indexes"]):
            subprocess.run([*manage, *command], cwd=ROOT, env=env, check=True, capture_output=True)
        product = "config.asgi:application"
        own = env | ({"GRAPHQL_CACHE_BYTES": "0"} if shares else {})
        children = [
            _serve(product, web, own, processes, threads),
            _serve("benchmarks.floor:app", floor, env, processes, threads),
        ]
        if shares:
            children.append(_serve(product, shared, env, processes, threads))
        try:
            _wait(f"http://127.0.0.1:{web}/health/ready")
            _wait(f"http://127.0.0.1:{floor}/")
            if shares:
                _wait(f"http://127.0.0.1:{shared}/health/ready")
            pids = dict(zip((web, floor, shared), (child.pid for child in children), strict=False))
            yield Bench(mongod.uri, web, floor, shared, env, children[0].pid, pids)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)
            mongod.stop()


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [pid, *map(int, children.split())]


def _serve(
    app: str, port: int, env: dict[str, str], processes: int, threads: int
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(processes), "--log-level", "warning", app]
    return subprocess.Popen(command, cwd=ROOT, env=env | {"WEB_THREADS": str(threads)})


def _wait(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer.")
