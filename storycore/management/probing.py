"""Do the web process and the worker answer? Asked from outside, as a user of theirs would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from celery import Celery
from kombu.exceptions import OperationalError

_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Readiness:
    """What /health/ready said; `status` 0 means that nobody answered."""

    status: int
    missing: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return self.status == 200


def web_readiness(port: int) -> Readiness:
    """Ask /health/ready on this machine."""
    status, body = _get(port, "/health/ready")
    try:
        return Readiness(status, [str(name) for name in json.loads(body)["missing"]])
    except (ValueError, KeyError, TypeError):
        return Readiness(status)


def page_exists(port: int, path: str) -> bool:
    """Whether a browser gets a page there."""
    return _get(port, path, "text/html")[0] == 200


def worker_answers(broker_url: str, timeout_seconds: float = 1.0) -> bool:
    """Whether at least one worker replies over the broker in time."""
    app = Celery(broker=broker_url, set_as_current=False)
    try:
        return bool(app.control.inspect(timeout=timeout_seconds, limit=1).ping())
    except (OperationalError, OSError):
        return False
    finally:
        app.close()


def _get(port: int, path: str, accept: str = "*/*") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()
