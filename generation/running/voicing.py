"""What of a wanted voice do providers not know? None of them has a pitch, so it is given to what they send."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from generation.engines.audio import change_pitch
from generation.providers.base import Task
from generation.queries.catalog import find_maker
from storycore.mongo.reading import Row

# By the first bytes: what a provider says of its own answer is not asked.
_ENDINGS = ((b"RIFF", ".wav"), (b"OggS", ".ogg"), (b"fLaC", ".flac"))


@contextmanager
def with_pitch(job: Row, task: Task, file: BinaryIO) -> Iterator[BinaryIO]:
    """The sound with the pitch that the job asks for; the same file when there is nothing to change.

    Raises WrongInput for a sound that cannot be read, Busy.
    """
    pitch = (job.get("parameters") or {}).get("pitch")
    if task != "speech" or not pitch or pitch == 1.0 or _is_given(job):
        yield file
        return
    head = file.read(4)
    file.seek(0)
    ending = next((one for mark, one in _ENDINGS if head.startswith(mark)), ".mp3")
    with tempfile.TemporaryDirectory(prefix="voicing-") as folder:
        source, target = Path(folder) / f"said{ending}", Path(folder) / "pitched.mp3"
        with source.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        change_pitch(source, target, float(pitch))
        with target.open("rb") as changed:
            yield changed


def _is_given(job: Row) -> bool:
    """Whether who made it can do this by itself."""
    offers = find_maker("speech", job["provider"]).offers
    return "pitch" in offers.parameters.get("speech", ())
