"""Drives `manage.py up` as a user would: as a child process, in a data folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 60
# What the suite's own settings and a developer's shell must not hand on to the run.
FOREIGN = (
    "DJANGO_SETTINGS_MODULE",
    "MONGODB_URI",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "DATABASE_URL",
    "SECRET_KEY",
)


def environment(home: Path, **extra: str) -> dict[str, str]:
    """The environment of a run: this one, without what belongs to the suite, with a .env of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "STORYCORE_ENV_FILE": str(home / ".env"), "PYTHONUNBUFFERED": "1", **extra}


def manage(home: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run one management command to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(home, **extra),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


@dataclass
class Up:
    """A `manage.py up` under way."""

    home: Path
    arguments: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    output: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "manage.py",
                "up",
                "--data",
                str(self.data),
                "--no-browser",
                *self.arguments,
            ],
            cwd=ROOT,
            env=environment(self.home, **self.extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def text(self) -> str:
        return "".join(self.output)

    def wait_ready(self) -> float:
        """Wait for the table of addresses; returns the seconds that took."""
        end = time.monotonic() + START_SECONDS
        while "Ctrl-C stops everything" not in self.text:
            assert self.process.poll() is None, (
                f"ended with {self.process.returncode}:\n{self.text}"
            )
            assert time.monotonic() < end, f"not ready:\n{self.text}"
            time.sleep(0.02)
        return time.monotonic() - self.began

    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return found

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.run()['port']}"

    def end(self, number: int) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(STOP_SECONDS)
        self.reader.join(5)
        return code

    def close(self) -> None:
        """End whatever is left, also when a test has failed midway."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def steps(self) -> list[str]:
        """The names of the steps that were ticked off, in order."""
        return re.findall(r"(?m)^✓ (.+?) +\d+\.\d\d s", self.text)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.output.extend(lines)


def ask(
    url: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """GET, or POST of a JSON body; status and decoded answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url + path, data, {"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())
