"""What runs while faults strike: MongoDB, a broker, a provider and workers, each killed by its recorded pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storycore.embedded.mongod import Mongod, start_mongod
from storycore.embedded.ports import free_port
from tests.chaos.brokers import BROKERS, Broker

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 3.0


@dataclass
class Stage:
    """Everything below one folder, on ports of its own."""

    folder: Path
    sabotage: str = ""
    deaths: int = 0
    broker_name: str = "redis"
    mongodb_port: int = field(default_factory=free_port)
    provider_port: int = field(default_factory=free_port)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    mongod: Mongod | None = None
    broker: Broker = field(init=False)
    kills: int = 0

    def __post_init__(self) -> None:
        self.broker = BROKERS[self.broker_name](self.folder)

    @property
    def provider_url(self) -> str:
        return f"http://127.0.0.1:{self.provider_port}"

    def environment(self) -> dict[str, str]:
        """What every process of the product runs with."""
        host = f"127.0.0.1:{self.provider_port}"
        options = {"http": {"base_url": self.provider_url, "costs": True, "timeout_seconds": 10.0}}
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "SECRET_KEY": "a key for faults that nobody else ever sees, long enough for it",
            "STORYCORE_DATA": str(self.folder),
            "STORYCORE_ENV_FILE": str(self.folder / "no.env"),
            "MONGODB_URI": f"mongodb://127.0.0.1:{self.mongodb_port}/?directConnection=true",
            "REDIS_URL": self.broker.url if self.broker_name == "redis" else "",
            "CELERY_BROKER_URL": self.broker.url,
            "IMAGE_PROVIDERS": "http",
            "PROVIDER_OPTIONS": json.dumps(options),
            "PROVIDER_LOCAL_HOSTS": host,
            "PROVIDER_CIRCUIT_FAILURES": "1000",
            "GENERATION_LEASE_SECONDS": str(LEASE_SECONDS),
            "GENERATION_RETRY_SECONDS": "0.2",
            "GENERATION_MAX_ATTEMPTS": "50",
            "GENERATION_MAX_RETRIES": "20",
            "CHAOS_SABOTAGE": self.sabotage,
            "CHAOS_AT": str(self.deaths),
            "LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        """Everything but the workers."""
        self.start_mongod()
        self.broker.start()
        self.helpers.append(
            self._child("-m", "tests.fakes.provider_server", "--port", str(self.provider_port))
        )
        self._await_provider()
        self.helpers.append(
            self._child(
                "-m", "celery", "--app", "tests.chaos.worker", "--quiet", "beat",
                "--schedule", str(self.folder / "beat"), "--loglevel", "ERROR",
            )
        )  # fmt: skip

    def start_mongod(self) -> None:
        self.mongod = start_mongod(self.folder / "mongo", self.mongodb_port)

    def start_worker(self, number: int, skew_seconds: float = 0.0) -> None:
        """One worker with one process for jobs, in a group of its own; its clock may be wrong."""
        child = self._child(
            "-m", "celery", "--app", "tests.chaos.worker", "--quiet", "worker", "--concurrency", "1",
            "--queues", "storycore,media", "--without-mingle", "--without-gossip", "--loglevel", "ERROR",
            "--hostname", f"chaos{number}-{time.monotonic_ns()}@%h",
            skew_seconds=skew_seconds,
        )  # fmt: skip
        if number < len(self.workers):
            self.workers[number] = child
        else:
            self.workers.append(child)

    def kill_worker(self, number: int, skew_seconds: float = 0.0) -> None:
        """kill -9 of the whole group, then a new one in its place."""
        self._kill(self.workers[number])
        self.kills += 1
        self.start_worker(number, skew_seconds)

    def freeze_worker(self, number: int, seconds: float) -> None:
        """Stop a worker for longer than its leases, then let it go on as if nothing had been."""
        group = self.workers[number].pid
        os.killpg(group, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(group, signal.SIGCONT)

    def kill_mongod(self, down_seconds: float = 0.0) -> None:
        """kill -9, and after a while a new start on the same data."""
        if self.mongod is not None:
            self.mongod.child.kill()
        time.sleep(down_seconds)
        self.start_mongod()

    def restart_broker(self) -> None:
        """kill -9, and a new start on the same data."""
        self.broker.kill()
        self.broker.start()

    def ledger(self) -> dict[str, Any]:
        """The provider's own books."""
        with urllib.request.urlopen(f"{self.provider_url}/__ledger", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def stop(self) -> None:
        """End everything, the servers last."""
        for child in [*self.workers, *self.helpers]:
            self._kill(child)
        self.broker.kill()
        if self.mongod is not None:
            self.mongod.stop()

    def worker_of(self, pid: int) -> subprocess.Popen[bytes]:
        """The worker whose process for jobs this is."""
        group = os.getpgid(pid)
        return next(one for one in self.workers if one.pid == group)

    def _child(self, *arguments: str, skew_seconds: float = 0.0) -> subprocess.Popen[bytes]:
        log = (self.folder / "children.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment(), "CHAOS_SKEW": str(skew_seconds)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _kill(self, child: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def _await_provider(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                self.ledger()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the fake provider does not answer")
