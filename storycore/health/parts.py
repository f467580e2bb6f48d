"""Which parts does this server lean on, and how is each of them now? Every app names its own."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import redis
from django.conf import settings

from storycore.health.checks import Check, Finding, NotWell, mongodb_answers, run_checks

HEALTHY, DEGRADED, UNHEALTHY, ABSENT = "healthy", "degraded", "unhealthy", "not_configured"
SERVICE = "storycore"
# Whoever asks more often than that gets the same report: asking is no way to wear out what is asked.
KEPT_SECONDS = 3.0
_STARTED = time.monotonic()


@dataclass(frozen=True)
class Part:
    """A part; without a probe it is not configured, and `about` says what would do that."""

    name: str
    probe: Callable[[], object] | None = None
    about: str = ""
    is_essential: bool = False


@dataclass(frozen=True)
class State:
    """How a part is; `latency_ms` is None where nothing was asked."""

    name: str
    status: str
    latency_ms: float | None
    message: str


@dataclass(frozen=True)
class Report:
    """How everything is, at a moment."""

    status: str
    services: tuple[State, ...]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


SOURCES: list[Callable[[], Iterable[Part]]] = []
"""Filled by the apps when Django starts."""


def register_parts(source: Callable[[], Iterable[Part]]) -> None:
    """Add what an app leans on; asked anew for each report, since settings may name more or less."""
    SOURCES.append(source)


def own_parts() -> Iterable[Part]:
    """What the kernel leans on."""
    yield Part("database", mongodb_answers, is_essential=True)
    url = getattr(settings, "REDIS_URL", "")
    if not url:
        yield Part("cache", about="REDIS_URL is not set; each process keeps its own.")
        return

    def cache_answers() -> None:
        try:
            with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
                client.ping()
        except (redis.RedisError, OSError) as problem:
            raise NotWell("Redis does not answer.") from problem

    yield Part("cache", cache_answers)


class _Kept:
    """The last report, for a moment; one at a time is made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._report: Report | None = None

    def report(self) -> Report:
        with self._lock:
            if self._report is None or time.monotonic() > self._until:
                self._report = _made()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._report

    def forget(self) -> None:
        with self._lock:
            self._report = None


_KEPT = _Kept()


def report() -> Report:
    """How every part is: all are asked side by side, each with a time limit; at most some seconds old."""
    return _KEPT.report()


def forget_report() -> None:
    """Let the next report be a new one."""
    _KEPT.forget()


def mode() -> str:
    """`mock` when providers are stand-ins, else `development` or `production`."""
    if settings.STORYCORE_MOCK:
        return "mock"
    return "development" if settings.DEBUG else "production"


def uptime_seconds() -> int:
    """How long this process has run."""
    return round(time.monotonic() - _STARTED)


def memory_mb() -> float:
    """The memory of this process now; where the system does not tell, the most that it has had."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most / (1e6 if sys.platform == "darwin" else 1e3), 1)


def _made() -> Report:
    parts = [part for source in (own_parts, *SOURCES) for part in source()]
    asked = [Check(part.name, part.probe) for part in parts if part.probe is not None]
    found = {one.name: one for one in run_checks(asked)}
    states = tuple(_state(part, found.get(part.name)) for part in parts)
    bad = {one.name for one in states if one.status == UNHEALTHY}
    if any(part.is_essential and part.name in bad for part in parts):
        return Report(UNHEALTHY, states)
    return Report(DEGRADED if bad else HEALTHY, states)


def _state(part: Part, finding: Finding | None) -> State:
    if finding is None:
        return State(part.name, ABSENT, None, part.about)
    if finding.is_ok:
        return State(
            part.name, HEALTHY, round(finding.latency_ms, 1), finding.message or "It works."
        )
    said = finding.message or "It does not answer."
    return State(part.name, UNHEALTHY, round(finding.latency_ms, 1), said)
