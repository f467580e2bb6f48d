"""Is the job done yet? All waiting requests of a process share one look at the database."""

from __future__ import annotations

import threading
import time

from bson import ObjectId

from generation.documents import FINAL, Job
from storycore.mongo.reading import find_in

LOOK_SECONDS = 0.03


class _Lookout:
    """One thread that looks for the ends of all jobs that somebody waits for; it ends when nobody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[ObjectId, list[threading.Event]] = {}
        self._thread: threading.Thread | None = None

    def await_end(self, job: ObjectId, seconds: float) -> bool:
        ended = threading.Event()
        with self._lock:
            self._waiting.setdefault(job, []).append(ended)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="job-ends", daemon=True)
                self._thread.start()
        try:
            return ended.wait(seconds)
        finally:
            with self._lock:
                events = self._waiting.get(job, [])
                if ended in events:
                    events.remove(ended)
                if not events:
                    self._waiting.pop(job, None)

    def _look(self) -> None:
        while True:
            with self._lock:
                jobs = list(self._waiting)
                if not jobs:
                    self._thread = None
                    return
            for row in find_in(
                Job, "_id", jobs, ("status",), where={"status": {"$in": list(FINAL)}}
            ):
                with self._lock:
                    for event in self._waiting.pop(row["_id"], []):
                        event.set()
            time.sleep(LOOK_SECONDS)


_lookout = _Lookout()


def await_end(job: ObjectId, seconds: float) -> bool:
    """Wait until a job is at its end, at most so long; whether it is."""
    return _lookout.await_end(job, seconds)
