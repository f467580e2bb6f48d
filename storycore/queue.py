"""How is a worker woken? By a task name and nothing it needs: what is to be done stands in MongoDB.

A lost message costs time, never work: the sweepers send it again. So a broker that is down never fails a
request, and after a failure this process leaves it alone for a moment instead of waiting for it each time.
"""

from __future__ import annotations

import logging
import time

from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger("storycore.queue")

QUIET_SECONDS = 5.0
WORKER_SECONDS = 1.5
_silent_until = 0.0


# Between the request to end and the end.
GRACE_SECONDS = 60


class NotAnswering(Exception):
    """The broker or the workers do not answer."""


def wake(
    task: str,
    *arguments: str,
    queue: str,
    delay_seconds: float = 0.0,
    limit_seconds: int | None = None,
) -> bool:
    """Ask a worker of `queue` to run `task`, not before `delay_seconds`; False when the broker is away.

    `limit_seconds` is how long the task may take where that is not what the settings allow every task.
    """
    global _silent_until  # noqa: PLW0603 - one broker a process, and so one memory of its absence
    if time.monotonic() < _silent_until:
        return False
    try:
        current_app.send_task(
            task,
            args=list(arguments),
            queue=queue,
            countdown=delay_seconds or None,
            soft_time_limit=limit_seconds,
            time_limit=None if limit_seconds is None else limit_seconds + GRACE_SECONDS,
            retry=False,
            ignore_result=True,
        )
    except (KombuError, RedisError, OSError):
        logger.warning("The broker does not answer; sweepers will wake the workers.")
        _silent_until = time.monotonic() + QUIET_SECONDS
        return False
    return True


def broker_answers() -> None:
    """Ask the broker for a connection. Raises NotAnswering."""
    try:
        with current_app.connection_for_read(connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=0, timeout=2)
    except (KombuError, RedisError, OSError) as problem:
        raise NotAnswering(
            "The broker does not answer; sweeps wake the workers when it is back."
        ) from problem


def worker_answers() -> str:
    """Ask all workers for a sign of life, and wait for the first. Raises NotAnswering."""
    try:
        found = current_app.control.broadcast("ping", reply=True, timeout=WORKER_SECONDS, limit=1)
    except (KombuError, RedisError, OSError) as problem:
        raise NotAnswering("Workers cannot be asked: the broker does not answer.") from problem
    if not found:
        raise NotAnswering("No worker answers; jobs wait.")
    return "A worker answers."
