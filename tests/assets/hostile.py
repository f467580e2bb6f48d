"""All hostile files: `hostile_files()` makes them, `python -m tests.assets.hostile` measures them.

Measured one by one in a process of its own: seconds of processor time (the decoder's too) and the
highest memory above what the process held before the file.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assets.errors import MediaRefused
from assets.media.facts import DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from tests.assets.crafting import HostileFile, jpeg
from tests.assets.hostile_crumbs import hostile_crumbs
from tests.assets.hostile_pictures import hostile_pictures
from tests.assets.hostile_sounds import hostile_sounds


def hostile_files() -> Iterator[HostileFile]:
    yield from hostile_pictures()
    yield from hostile_sounds()
    yield from hostile_crumbs()


def outcome(declared: DeclaredFile, data: bytes) -> tuple[str, str]:
    """The code and reason under which a file is refused; ACCEPTED when it is not."""
    try:
        inspect(io.BytesIO(data), declared, MediaLimits()).close()
    except MediaRefused as refusal:
        return refusal.code, refusal.reason
    return "ACCEPTED", ""


def peak_kilobytes() -> int:
    """The highest memory of this process since `forget_peak`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def processor_seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def measured(act: Callable[[], tuple[str, str]]) -> dict[str, object]:
    forget_peak()
    before, started = peak_kilobytes(), processor_seconds()
    code, reason = act()
    return {
        "code": code,
        "reason": reason,
        "seconds": round(processor_seconds() - started, 3),
        "megabytes": round((peak_kilobytes() - before) / 1024, 1),
    }


def main() -> None:
    files = list(hostile_files())
    # Libraries load their tables with the first picture: that is no hostile file's doing.
    outcome(DeclaredFile("warm-up.jpg", None, "image"), jpeg())
    for file in files:
        found = measured(lambda file=file: outcome(file.declared, file.data))  # type: ignore[misc]
        sys.stdout.write(json.dumps({"name": file.name, **found}) + "\n")
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sys.stdout.write(json.dumps({"decoder_megabytes": round(child / 1024, 1)}) + "\n")


if __name__ == "__main__":
    main()
