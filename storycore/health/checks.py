"""What must work before this process takes requests? Probes that run side by side, each with a time limit."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass

import pymongo
from django.conf import settings
from django.utils.module_loading import import_string

from storycore.mongo.connection import client

TIMEOUT_SECONDS = 3.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """Something that must work; `probe` returns when it does and raises when it does not.

    A text that it returns is worth telling anybody, as is that of the NotWell that it raises.
    """

    name: str
    probe: Callable[[], object]


class NotWell(Exception):
    """What was checked does not work, in words that anybody may read."""


@dataclass(frozen=True)
class Finding:
    """How one check went; `problem` is for logs and operators, `message` for callers from outside too."""

    name: str
    problem: str
    latency_ms: float
    message: str = ""

    @property
    def is_ok(self) -> bool:
        return not self.problem


def mongodb_answers() -> None:
    """Ask the server for a sign of life.

    Raises PyMongoError.
    """
    with pymongo.timeout(TIMEOUT_SECONDS - 0.5):
        client().admin.command("ping")


def schema_is_loaded() -> None:
    """Import the GraphQL schema, which costs something only the first time.

    Raises whatever its modules raise.
    """
    import_string(settings.GRAPHENE["SCHEMA"])


READINESS = (Check("mongodb", mongodb_answers), Check("schema", schema_is_loaded))


def run_checks(checks: Sequence[Check], timeout_seconds: float = TIMEOUT_SECONDS) -> list[Finding]:
    """All checks at once, in their order; one that is not done in time has failed."""
    pool = ThreadPoolExecutor(max_workers=max(1, len(checks)), thread_name_prefix="health")
    started = time.monotonic()
    try:
        running = [(check, pool.submit(_timed, check.probe)) for check in checks]
        return [_finding(check, future, started + timeout_seconds) for check, future in running]
    finally:
        # A probe that hangs must not hold the answer; it ends by its own time limit.
        pool.shutdown(wait=False, cancel_futures=True)


def _timed(probe: Callable[[], object]) -> tuple[float, str]:
    started = time.monotonic()
    found = probe()
    return (time.monotonic() - started) * 1_000, found if isinstance(found, str) else ""


def _finding(check: Check, future: Future[tuple[float, str]], deadline: float) -> Finding:
    waited = time.monotonic()
    message = ""
    try:
        latency_ms, message = future.result(max(0.0, deadline - waited))
        return Finding(check.name, "", latency_ms, message)
    except TooSlow:
        problem = message = "no answer in time"
    except NotWell as error:
        problem = message = str(error)
    except Exception as error:  # noqa: BLE001 - whatever a probe meets is its finding, never a failure of the check itself
        problem = f"{type(error).__name__}: {error}"
    logger.warning("Health check failed", extra={"check": check.name, "problem": problem})
    return Finding(check.name, problem, (time.monotonic() - waited) * 1_000, message)
