"""Where does a running `manage.py up` listen? Read by other commands so that they reach the same servers."""

from __future__ import annotations

import json
from pathlib import Path

RUN_FILE = "run.json"


def read_run_file(data_dir: Path) -> dict[str, str]:
    """The addresses that `manage.py up` wrote to the data folder; empty when nothing was ever started there."""
    try:
        found = json.loads((data_dir / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
