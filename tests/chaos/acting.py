"""Who orders and cancels while faults strike: one process of the product, told what to do line by line."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.chaos.stage import ROOT, Stage

LOOP = """
import json, sys, time
from datetime import timedelta
import django
django.setup()
from bson import ObjectId
from assets.services.sweeping import sweep_assets
from config.celery import app
from generation.running.waking import wake_for
from generation.services.jobs import cancel_job
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.errors import StoryCoreError

app.set_default()

def order(told):
    actor = Actor(user_id=told["owner"], name="chaos")
    return {str(order_media(actor, NewMedia("image", words))): words for words in told["prompts"]}

def cancel(told):
    try:
        cancel_job(Actor(user_id="1", name="chaos"), ObjectId(told["job"]))
    except StoryCoreError as problem:
        return problem.code
    return "cancelled"

def wake(told):
    return sum(wake_for("media") for _message in range(told["times"]))

def sweep_files(_told):
    return len(sweep_assets(grace=timedelta(0)).forgotten)

ACTS = {"order": order, "cancel": cancel, "wake": wake, "sweep_files": sweep_files}
for line in sys.stdin:
    told = json.loads(line)
    begun = time.monotonic()
    answer = ACTS[told["act"]](told)
    print(json.dumps({"answer": answer, "seconds": time.monotonic() - begun}), flush=True)
"""


@dataclass
class Acting:
    """The process, and every order that it acknowledged: ids with their prompts."""

    process: subprocess.Popen[str]
    ordered: dict[str, str]
    seconds: float = 0.0

    @classmethod
    def start(cls, stage: Stage) -> Acting:
        """Begin in the stage's environment."""
        with (stage.folder / "acting.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", LOOP],
                cwd=ROOT,
                env=stage.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        return cls(process, {})

    def order(self, *prompts: str, owner: str = "1") -> list[str]:
        """Order pictures; returns the ids of their jobs."""
        found: dict[str, str] = self._do({"act": "order", "prompts": prompts, "owner": owner})
        self.ordered |= found
        return list(found)

    def cancel(self, job: str) -> str:
        """`cancelled`, or the code of the refusal."""
        return str(self._do({"act": "cancel", "job": job}))

    def wake(self, times: int) -> None:
        """Send the same wake-up so often."""
        self._do({"act": "wake", "times": times})

    def sweep_files(self) -> int:
        """Remove the files that no asset names; returns how many there were."""
        return int(self._do({"act": "sweep_files"}))

    def stop(self) -> None:
        """End it."""
        with self.process:
            self.process.kill()

    def _do(self, told: dict[str, Any]) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("it has no pipes")
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{told['act']} failed; see acting.log")
        answer = json.loads(line)
        self.seconds = answer["seconds"]
        return answer["answer"]


def until(seconds: float, what: str, is_so: Any) -> Any:
    """Look again and again until it is so; what was seen. Raises TimeoutError naming what was awaited."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = is_so()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(f"not within {seconds:.0f} s: {what}")
