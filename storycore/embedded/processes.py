"""Which commands serve the web and do the work in a one-machine run?"""

from __future__ import annotations

import sys
from pathlib import Path


def web_command(port: int, processes: int, log_config: Path) -> list[str]:
    """The ASGI server: granian, without the lifespan protocol that Django does not speak.

    Views that block run in threads that Django starts per request, so one runtime thread per process is
    enough for the sockets, and a slow client holds a socket, not a thread.
    """
    return [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(processes), "--runtime-threads", "1", "--loop", "asyncio", "--no-access-log",
        "--log-config", str(log_config), "--workers-kill-timeout", "10", "config.asgi:application",
    ]  # fmt: skip


def worker_command(beat_schedule: Path) -> list[str]:
    """The worker with its own beat: right for one machine only, where there can be no second beat.

    It neither looks for other workers at its start nor gossips with them: there are none.
    """
    return [
        sys.executable, "-m", "celery", "--app", "config.celery", "--quiet", "worker", "--beat",
        "--schedule", str(beat_schedule), "--loglevel", "INFO", "--concurrency", "2",
        "--queues", "storycore,media,text,render", "--without-mingle", "--without-gossip",
    ]  # fmt: skip
