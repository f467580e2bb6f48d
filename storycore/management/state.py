"""How is the run of a data folder, in plain values?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypedDict

from django.conf import settings

from storycore.embedded.external import shown_address
from storycore.embedded.run_file import read_run_file
from storycore.embedded.run_lock import is_held
from storycore.management.probing import web_readiness


class ProcessState(TypedDict):
    """One child of the run."""

    name: str
    pid: int
    alive: bool


class State(TypedDict):
    """What `manage.py status --json` prints. Addresses are those of this machine and carry no password."""

    data: str
    running: bool
    ready: bool
    missing: list[str]
    url: str
    started_at: str
    mongodb: str
    redis: str
    processes: list[ProcessState]


def state_of(data_dir: Path) -> State:
    """Look at the lock, the run file, the processes and /health/ready."""
    running = is_held(data_dir)
    run = read_run_file(data_dir)
    readiness = web_readiness(run.port) if running and run.port else None
    processes = run.pids if running else {}
    return State(
        data=str(data_dir),
        running=running,
        ready=readiness.is_ready if readiness else False,
        missing=readiness.missing if readiness else [],
        url=run.url if running else "",
        started_at=run.started_at if running else "",
        mongodb=run.mongodb_uri or shown_address(settings.MONGODB_URI),
        redis=run.redis_url or "the one that REDIS_URL or CELERY_BROKER_URL names",
        processes=[
            ProcessState(name=name, pid=pid, alive=is_alive(pid)) for name, pid in processes.items()
        ],
    )


def is_alive(pid: int) -> bool:
    """Whether a process of this number exists; one of another user counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
