"""Does the web process stay small while large files come in? `python -m benchmarks.bench_uploads`.

200 sounds of 4 MB, 8 at a time, over GraphQL multipart into a server of its own. What counts is the growth
of the web process's memory from before the first upload to its highest moment: below 100 MB.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from benchmarks.servers import Bench, benched

UPLOADS = 200
AT_ONCE = 8
SIZE_BYTES = 4_000_000
MOST_MEGABYTES = 100
UPLOAD = """mutation($file: Upload!) { uploadAsset(file: $file, type: "sound") {
  success userErrors { code message } asset { id fileSize } } }"""


def a_wav(number: int) -> bytes:
    """Four megabytes of quiet noise, different for each number."""
    body = (os.urandom(997) * (SIZE_BYTES // 997 + 1))[: SIZE_BYTES - 44]
    # 8 bit, so that every byte is a valid sample.
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 1, 1,
                       44_100, 44_100, 1, 8, b"data", len(body))  # fmt: skip
    return head + struct.pack("<I", number) + body[4:]


def resident_megabytes(pids: list[int]) -> float:
    """What the processes hold in memory together."""
    total = 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
        total += int(line.split()[1])
    return total / 1024


def upload(url: str, token: str, number: int) -> float:
    """Send one sound; seconds until the answer."""
    begun = time.monotonic()
    answer = requests.post(
        f"{url}/graphql/",
        data={
            "operations": json.dumps({"query": UPLOAD, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": (f"{number}.wav", a_wav(number), "audio/wav")},
        headers={"Authorization": f"Bearer {token}", "X-Requested-With": "bench"},
        timeout=120,
    )
    payload = answer.json()["data"]["uploadAsset"]
    if not payload["success"]:
        raise SystemExit(f"upload {number} was refused: {payload['userErrors']}")
    return time.monotonic() - begun


def a_token(bench: Bench) -> str:
    """A token of a user made for the run."""
    os.environ.update(bench.env)
    import django  # noqa: PLC0415 - settings must be there first

    django.setup()
    from storycore.mongo.connection import forget_connection  # noqa: PLC0415 - as above
    from tests.factories import an_access_token, an_actor  # noqa: PLC0415 - as above

    token = an_access_token(an_actor("uploads@example.com"))
    forget_connection()
    return token


def main() -> int:
    """Send everything, print the figures; 1 when the memory has grown too much."""
    with benched() as bench:
        url, token = f"http://127.0.0.1:{bench.web_port}", a_token(bench)
        # The first uploads load the decoders; that is no growth.
        for number in range(4):
            upload(url, token, 1_000 + number)
        pids = bench.web_pids()
        before = resident_megabytes(pids)
        highest = [before]
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                highest.append(resident_megabytes(pids))

        watcher = threading.Thread(target=watch)
        watcher.start()
        begun = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            seconds = sorted(pool.map(lambda n: upload(url, token, n), range(UPLOADS)))
        took = time.monotonic() - begun
        over.set()
        watcher.join()
    growth = max(highest) - before
    print(f"{UPLOADS} uploads of {SIZE_BYTES / 1e6:g} MB, {AT_ONCE} at a time: {took:.1f} s")
    print(f"one upload: median {seconds[UPLOADS // 2]:.2f} s, slowest {seconds[-1]:.2f} s")
    print(
        f"web memory: {before:.0f} MB before, {max(highest):.0f} MB at most, growth {growth:.0f} MB"
    )
    return 0 if growth < MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
