"""Does memory stay flat when large pictures come eight at a time?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from assets.media.facts import DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from tests.house.tree import ROOT

PICTURES, AT_ONCE = 24, 8
PHOTO = DeclaredFile("photo.jpg", "image/jpeg", "image")


def photo() -> bytes:
    """12 million pixels of noise in 4 MB, as a phone takes them."""
    target = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(target, "JPEG", quality=50)
    return target.getvalue()


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4 / 1024


def check(path: Path) -> None:
    inspect(path, PHOTO, MediaLimits()).close()


def main(path: Path) -> None:
    """Check the picture again and again in threads; print how much more memory that took."""
    check(path)
    before, highest, done = resident_megabytes(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.is_set():
            highest = max(highest, resident_megabytes())
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(check, [path] * PICTURES))
    done.set()
    watcher.join()
    sys.stdout.write(json.dumps({"peak": highest - before, "left": resident_megabytes() - before}))


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_eight_photos_at_a_time_take_less_than_100_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo())
    assert 3_500_000 < path.stat().st_size < 5_000_000

    done = subprocess.run(
        [sys.executable, "-m", "tests.assets.media.test_memory", path],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    grown = json.loads(done.stdout)
    assert grown["peak"] < 100
    assert grown["left"] < 20


if __name__ == "__main__":
    main(Path(sys.argv[1]))
