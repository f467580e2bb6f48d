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


# A broker inside of the process shows what a worker would get.
LIMITS = """
import json, django
django.setup()
from celery import current_app
from config.celery import app
from generation.running.waking import wake_for
app.set_default()
told = {}
for queue in ("render", "media"):
    assert wake_for(queue)
    with current_app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(queue)
        told[queue] = message.headers["timelimit"]
told["restored_after"] = app.conf.broker_transport_options["visibility_timeout"]
print(json.dumps(told))
"""


def test_a_video_has_the_time_that_rendering_may_take() -> None:
    environment = {
        **os.environ, "CELERY_BROKER_URL": "memory://", "RENDER_SECONDS_MAX": "2000",
    }  # fmt: skip

    ran = subprocess.run(
        [sys.executable, "-c", LIMITS],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    # Celery writes (hard, soft).
    assert told["render"] == [2180, 2120]
    assert told["media"] == [None, None], "as the settings say for every task"
    assert told["restored_after"] > 2180, "or a running task is handed out twice"
