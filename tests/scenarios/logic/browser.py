"""How do Python tests ask the browser's evaluator? One Node process answers many questions."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(
    NODE is None, reason="node is not installed: the browser's evaluator cannot be run"
)


def in_javascript(**jobs: list[Any]) -> dict[str, list[Any]]:
    """The answers of run_evaluator.js to these jobs."""
    done = subprocess.run(
        [str(NODE), str(HERE / "run_evaluator.js")],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def plain(value: Any) -> Any:
    """A Python value as it comes back from JavaScript: lists, and no difference of 1 and 1.0."""
    return json.loads(json.dumps(value))


def exactly(value: Any) -> Any:
    """A form in which true and 1 differ, for comparing with ==."""
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, dict):
        return {key: exactly(item) for key, item in value.items()}
    return ("truth", value) if isinstance(value, bool) else value
