"""Where does the run of a data folder listen? One small file that other commands and the next run read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

RUN_FILE = "run.json"


@dataclass(frozen=True)
class RunFile:
    """What `manage.py up` wrote last. Addresses of servers that are not ours stay out: they may hold passwords.

    Ports outlive the run, so that the next one answers at the same addresses; `pids` name its processes by
    child and are empty after an ordered end. `supervisor` is the process of `up` itself, 0 when none runs.
    """

    mongodb_uri: str = ""
    redis_url: str = ""
    mongodb_port: int = 0
    redis_port: int = 0
    port: int = 0
    supervisor: int = 0
    started_at: str = ""
    demo_loaded: bool = False
    pids: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self.port}"

    def stopped(self) -> RunFile:
        """What stays true after an ordered end."""
        return replace(self, supervisor=0, pids={})


def read_run_file(data_dir: Path) -> RunFile:
    """What the last run of this folder wrote; an empty one when there was none or the file is damaged."""
    try:
        found = json.loads((data_dir / RUN_FILE).read_text(encoding="utf-8"))
        return RunFile(**found)
    except (OSError, ValueError, TypeError):
        return RunFile()


def write_run_file(data_dir: Path, run: RunFile) -> None:
    """Replace the file in one step; a reader sees the old one or the new one."""
    fresh = data_dir / f"{RUN_FILE}.new"
    fresh.write_text(json.dumps(asdict(run), indent=2) + "\n", encoding="utf-8")
    fresh.replace(data_dir / RUN_FILE)
