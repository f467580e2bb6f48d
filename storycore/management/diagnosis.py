"""What does this machine have, what does it lack, and which command brings it?"""

from __future__ import annotations

import platform
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from django.conf import settings

from storycore.embedded.errors import MongodMissing, ServerFailed
from storycore.embedded.external import require_replica_set, shown_address
from storycore.embedded.finding import find_mongod
from storycore.embedded.ports import is_free
from storycore.embedded.redis import find_redis_server
from storycore.embedded.run_file import read_run_file
from storycore.embedded.run_lock import is_held

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000
PACKAGES = (
    "Django",
    "graphene",
    "graphene-mongo",
    "mongoengine",
    "pymongo",
    "celery",
    "redis",
    "granian",
)


@dataclass(frozen=True)
class Line:
    """One finding: `failed` lines stop StoryCore from running here, `skipped` ones are only for information."""

    state: Literal["done", "failed", "skipped"]
    name: str
    detail: str


def diagnosis(data_dir: Path) -> list[Line]:
    """Everything that `manage.py doctor` prints, in its order."""
    parts: tuple[Callable[[Path], Iterator[Line]], ...] = (
        _python,
        _mongodb,
        _redis,
        _ports,
        _disk,
        _storage,
        _keys,
    )
    return [line for part in parts for line in part(data_dir)]


def _python(_data_dir: Path) -> Iterator[Line]:
    fits = sys.version_info[:2] >= OLDEST_PYTHON
    yield Line(
        "done" if fits else "failed",
        "Python",
        f"{platform.python_version()} on {platform.platform()}",
    )
    yield Line("done", "StoryCore", settings.VERSION)
    for package in PACKAGES:
        try:
            yield Line("done", package, version(package))
        except PackageNotFoundError:
            yield Line("failed", package, "missing: pip install -r requirements.txt")


def _mongodb(_data_dir: Path) -> Iterator[Line]:
    try:
        if getattr(settings, "EMBEDDED_MONGODB", False):
            yield Line("done", "MongoDB", find_mongod().reason)
        else:
            found = require_replica_set(settings.MONGODB_URI)
            where = shown_address(settings.MONGODB_URI)
            yield Line("done", "MongoDB", f"{found} at {where}, because MONGODB_URI is set")
    except (MongodMissing, ServerFailed) as error:
        yield Line("failed", "MongoDB", error.message)


def _redis(_data_dir: Path) -> Iterator[Line]:
    if not getattr(settings, "EMBEDDED_REDIS", False):
        yield Line("done", "Redis", "the one that REDIS_URL or CELERY_BROKER_URL names")
        return
    try:
        yield Line("done", "Redis", find_redis_server())
    except ServerFailed as error:
        yield Line("failed", "Redis", error.message)


def _ports(data_dir: Path) -> Iterator[Line]:
    run = read_run_file(data_dir)
    ours = is_held(data_dir)
    wanted = {"web": run.port or 8_000, "MongoDB": run.mongodb_port, "Redis": run.redis_port}
    for name, port in wanted.items():
        if not port:
            yield Line("skipped", f"{name} port", "chosen at the first start")
        elif ours:
            yield Line("done", f"{name} port", f"{port}, in use by the running StoryCore")
        elif is_free(port):
            yield Line("done", f"{name} port", f"{port} is free")
        else:
            yield Line(
                "skipped",
                f"{name} port",
                f"{port} is in use by something else; the next start takes another",
            )


def _disk(data_dir: Path) -> Iterator[Line]:
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    fits = free >= LEAST_FREE_BYTES
    yield Line("done" if fits else "failed", "Disk", f"{free / 1e9:.1f} GB free for {data_dir}")


def _storage(_data_dir: Path) -> Iterator[Line]:
    if settings.STORAGE_TYPE != "local":
        yield Line("skipped", "Storage", f"{settings.STORAGE_TYPE}: not written to from here")
        return
    folder = Path(settings.MEDIA_ROOT)
    probe = folder / f".doctor-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"storycore")
        found = probe.read_bytes()
        probe.unlink()
    except OSError as error:
        yield Line("failed", "Storage", f"cannot write to {folder}: {error.strerror}")
        return
    good = found == b"storycore"
    detail = (
        f"a file was written to {folder}, read back and deleted"
        if good
        else f"{folder} gave back other bytes"
    )
    yield Line("done" if good else "failed", "Storage", detail)


def _keys(_data_dir: Path) -> Iterator[Line]:
    for name, is_set in settings.SECRETS_SET.items():
        yield Line("done" if is_set else "skipped", name, "set" if is_set else "not set")
