"""Waking a worker never fails what was asked, and a broker that is down is not waited for."""

from __future__ import annotations

import json
import os
import subprocess
import sys

# A process of its own: the broker of this one stays as it is for the tests that follow.
WAKE = """
import json, time, django
django.setup()
from storycore.queue import wake
began = time.monotonic()
woken = [wake("generation.advance", "media", queue="media") for _attempt in range(5)]
print(json.dumps({"woken": woken, "seconds": time.monotonic() - began}))
"""


def test_a_broker_that_is_down_costs_no_time() -> None:
    environment = {**os.environ, "CELERY_BROKER_URL": "redis://127.0.0.1:9/0"}

    ran = subprocess.run(
        [sys.executable, "-c", WAKE],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["woken"] == [False] * 5
    assert told["seconds"] < 2, "six seconds were the default of the library"
