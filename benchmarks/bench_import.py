"""How long and how large is the import of a Twee file of 5,000 passages? `python -m benchmarks.bench_import`.

Fails above five seconds or 300 MB more memory. Reading, checking and writing, into a MongoDB of its own.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from storycore.embedded.mongod import start_mongod
from storycore.embedded.ports import free_port

PASSAGES = 5_000
MOST_SECONDS = 5.0
MOST_MEGABYTES = 300


def a_twee_file() -> bytes:
    """Two and a half megabytes: every passage with some text, a tag and three links."""
    parts = [":: StoryTitle\nBig\n\n"]
    for n in range(PASSAGES):
        links = "\n".join(f"[[Way {way}->P{(n * way + way) % PASSAGES}]]" for way in (1, 3, 7))
        parts.append(f":: P{n} [tag]\n{'The path goes on between the trees. ' * 12}\n{links}\n\n")
    return "".join(parts).encode()


def megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Import, print the figures; 1 when a mark is missed."""
    with tempfile.TemporaryDirectory(prefix="storycore-bench-") as folder:
        mongod = start_mongod(Path(folder) / "mongo", free_port())
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings.local",
            SECRET_KEY="a key for a benchmark that nobody else ever sees, long enough",
            MONGODB_URI=mongod.uri,
            STORYCORE_DATA=folder,
        )
        import django  # noqa: PLC0415 - settings must be there first

        django.setup()
        from scenarios.services.importing import ImportOrder, import_story  # noqa: PLC0415 - as above
        from storycore.access import Actor  # noqa: PLC0415 - as above
        from storycore.mongo.connection import forget_connection  # noqa: PLC0415 - as above
        from storycore.mongo.indexes import ensure_indexes  # noqa: PLC0415 - as above

        ensure_indexes()
        data, before = a_twee_file(), megabytes()
        begun = time.monotonic()
        done = import_story(Actor("1", "bench"), data, ImportOrder(file_name="big.twee"))
        seconds, growth = time.monotonic() - begun, megabytes() - before
        forget_connection()
        mongod.stop()
    found = done.report
    print(
        f"{found['passages']} passages, {found['links']} links: {seconds:.1f} s, {growth:.0f} MB more memory"
    )
    return 0 if seconds < MOST_SECONDS and growth < MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
