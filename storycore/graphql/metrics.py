"""What did each operation cost? One log line and a few Prometheus figures; and the page that serves them."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from storycore.graphql.errors import INTERNAL, Problem

logger = logging.getLogger("storycore.graphql.operations")

# Counting an operation by itself took a tenth of a small read, 64 in a row next to nothing. So they wait until
# there are so many, or until somebody asks.
_COUNTED_TOGETHER = 64
# Where processes are read by their files nobody asks each of them.
_LATEST_SECONDS = 1.0
_uncounted: deque[Counted] = deque()


class Counted(NamedTuple):
    """What the figures keep of one operation; `reason` is that of a refusal."""

    kind: str
    outcome: str
    seconds: float
    commands: int
    cost: int
    reason: str | None


class _Latest(Collector):
    """Has no figures of its own: it is asked first, and brings those of the others up to date."""

    def describe(self) -> Iterable[Metric]:
        """No names to be taken."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """No figures, once all are counted."""
        count_all()
        return ()


REGISTRY.register(_Latest())

# Names of operations come from clients, so they are no labels: anybody could make a million of them.
_OPERATIONS = Counter(
    "storycore_graphql_operations_total",
    "GraphQL operations by kind and outcome.",
    ("kind", "outcome"),
)
_SECONDS = Histogram(
    "storycore_graphql_operation_seconds",
    "Time from the parsed request to the answer.",
    ("kind",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_COMMANDS = Histogram(
    "storycore_graphql_mongo_commands",
    "MongoDB commands of an operation.",
    ("kind",),
    buckets=(0, 1, 2, 3, 4, 6, 8, 12, 20, 50),
)
_COST = Histogram(
    "storycore_graphql_cost",
    "Estimated values of an operation's answer.",
    ("kind",),
    buckets=(1, 10, 100, 1_000, 10_000, 100_000),
)
_REFUSALS = Counter(
    "storycore_graphql_refusals_total",
    "Requests that ended before execution, by reason.",
    ("reason",),
)


@dataclass(slots=True)
class Measurement:
    """One operation on its way; filled in as more of it is known."""

    request_id: str
    started: float = field(default_factory=time.perf_counter)
    name: str | None = None
    kind: str = "unknown"
    cost: int = 0
    commands: int = 0
    problems: list[Problem] = field(default_factory=list)
    is_refused: bool = False

    @property
    def outcome(self) -> str:
        """ok, errors (the caller's), failed (ours) or refused (nothing was run)."""
        if self.is_refused:
            return "refused"
        if not self.problems:
            return "ok"
        codes = {entry["extensions"]["code"] for entry in self.problems}
        return "failed" if INTERNAL in codes else "errors"


def record(measured: Measurement) -> None:
    """Count the operation and write its line."""
    seconds = time.perf_counter() - measured.started
    kind, outcome = measured.kind, measured.outcome
    reason = reasons(measured.problems)[0] if measured.is_refused else None
    _uncounted.append(Counted(kind, outcome, seconds, measured.commands, measured.cost, reason))
    waiting = len(_uncounted)
    if waiting >= _COUNTED_TOGETHER:
        count_all()
    elif waiting == 1 and settings.PROMETHEUS_MULTIPROC_DIR:
        later = threading.Timer(_LATEST_SECONDS, count_all)
        later.daemon = True
        later.start()
    if not logger.isEnabledFor(logging.INFO):
        return
    logger.info(
        "graphql %s %s",
        kind,
        outcome,
        extra={
            "operation": (measured.name or "")[:80],
            "duration_ms": round(seconds * 1000, 2),
            "mongo_commands": measured.commands,
            "cost": measured.cost,
            "outcome": outcome,
            "errors": reasons(measured.problems)[:5],
            "request_id": measured.request_id,
        },
    )


def count_all() -> None:
    """Add the operations that wait for it to the figures."""
    while True:
        try:
            one = _uncounted.popleft()
        except IndexError:
            return
        _OPERATIONS.labels(one.kind, one.outcome).inc()
        if one.reason is not None:
            _REFUSALS.labels(one.reason).inc()
            continue
        _SECONDS.labels(one.kind).observe(one.seconds)
        _COMMANDS.labels(one.kind).observe(one.commands)
        _COST.labels(one.kind).observe(one.cost)


def reasons(problems: list[Problem]) -> list[str]:
    """The finest code of each entry."""
    return [entry["extensions"].get("reason") or entry["extensions"]["code"] for entry in problems]


@require_safe
@never_cache
def metrics_view(request: HttpRequest) -> HttpResponse:
    """All figures of this process, or of all processes with PROMETHEUS_MULTIPROC_DIR; for staff and scrapers.

    A scraper sends `Authorization: Bearer <METRICS_TOKEN>`. Everybody else finds nothing here.
    """
    if not _may_scrape(request):
        return HttpResponse(status=404)
    registry: CollectorRegistry = REGISTRY
    if settings.PROMETHEUS_MULTIPROC_DIR:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=settings.PROMETHEUS_MULTIPROC_DIR)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    if settings.DEBUG or request.actor.is_admin:
        return True
    expected = settings.METRICS_TOKEN
    given = request.META.get("HTTP_AUTHORIZATION", "")
    return bool(expected) and compare_digest(given.encode(), f"Bearer {expected}".encode())
