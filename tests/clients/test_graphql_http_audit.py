"""The public audit suite of GraphQL over HTTP (npm graphql-http) finds no error and no warning."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules" / "graphql-http").is_dir(),
    reason="needs node and `npm ci` in tests/clients",
)


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_graphql_http_audit(asgi_url: str, path: str, settings: Any) -> None:
    # The suite asks for types by name, as a tool does; tests run as a production server would.
    settings.GRAPHQL_INTROSPECTION = "everyone"

    run = subprocess.run(
        [NODE, "graphql_http_audit.mjs", asgi_url + path],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert [one for one in results if one["status"] != "ok"] == []
    assert run.returncode == 0, run.stderr
    assert Counter(one["status"] for one in results)["ok"] == len(results) >= 60
