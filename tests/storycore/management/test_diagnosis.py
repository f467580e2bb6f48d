"""The doctor sees what is there, what is missing, and never shows a secret."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pytest_django import Settings

from storycore.embedded.finding import find_mongod
from storycore.embedded.mongod import Mongod
from storycore.embedded.ports import free_port
from storycore.embedded.run_file import RunFile, write_run_file
from storycore.embedded.run_lock import held
from storycore.management.diagnosis import Line, diagnosis


@pytest.fixture(autouse=True)
def one_machine(settings: Settings, tmp_path: Path) -> None:
    """The settings of a one-machine run."""
    settings.EMBEDDED_MONGODB = settings.EMBEDDED_REDIS = True
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SECRETS_SET = {"SECRET_KEY": True, "DATABASE_URL": False}


def line(data_dir: Path, name: str) -> Line:
    (found,) = [one for one in diagnosis(data_dir) if one.name == name]
    return found


def test_a_good_machine_has_nothing_failed(tmp_path: Path) -> None:
    lines = diagnosis(tmp_path)

    assert [one for one in lines if one.state == "failed"] == []
    assert line(tmp_path, "MongoDB") == Line("done", "MongoDB", find_mongod().reason)
    assert line(tmp_path, "Redis").detail.endswith("redis-server")
    assert line(tmp_path, "web port").detail.startswith("8000 is ")
    assert line(tmp_path, "MongoDB port") == Line(
        "skipped", "MongoDB port", "chosen at the first start"
    )
    assert line(tmp_path, "SECRET_KEY") == Line("done", "SECRET_KEY", "set")
    assert line(tmp_path, "DATABASE_URL") == Line("skipped", "DATABASE_URL", "not set")


def test_says_why_an_address_is_used(settings: Settings, mongod: Mongod, tmp_path: Path) -> None:
    settings.EMBEDDED_MONGODB = False
    settings.MONGODB_URI = mongod.uri

    assert line(tmp_path, "MongoDB") == Line(
        "done",
        "MongoDB",
        f"{mongod.source.version} at 127.0.0.1:{mongod.port}, because MONGODB_URI is set",
    )


def test_an_address_that_does_not_answer_fails_without_its_password(
    settings: Settings, tmp_path: Path
) -> None:
    settings.EMBEDDED_MONGODB = False
    settings.MONGODB_URI = (
        f"mongodb://u:s3cret@127.0.0.1:{free_port()}/?serverSelectionTimeoutMS=100"
    )

    found = line(tmp_path, "MongoDB")

    assert found.state == "failed"
    assert "s3cret" not in found.detail


def test_ports_are_ours_free_or_somebody_elses(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        write_run_file(tmp_path, RunFile(port=taken, mongodb_port=taken))

        with held(tmp_path):
            assert line(tmp_path, "web port").detail == f"{taken}, in use by the running StoryCore"
        assert line(tmp_path, "MongoDB port") == Line(
            "skipped",
            "MongoDB port",
            f"{taken} is in use by something else; the next start takes another",
        )
    assert line(tmp_path, "MongoDB port") == Line("done", "MongoDB port", f"{taken} is free")


def test_storage_that_cannot_be_written_fails(settings: Settings, tmp_path: Path) -> None:
    # A file where a folder should be stops even the superuser.
    (tmp_path / "media").write_text("")
    settings.MEDIA_ROOT = tmp_path / "media"

    assert line(tmp_path, "Storage") == Line(
        "failed", "Storage", f"cannot write to {tmp_path / 'media'}: File exists"
    )


def test_storage_is_left_as_it_was(tmp_path: Path) -> None:
    assert line(tmp_path, "Storage").state == "done"
    assert list((tmp_path / "media").iterdir()) == []


def test_disk_is_asked_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    found = line(tmp_path / "not" / "yet", "Disk")

    assert found.detail.endswith(f" GB free for {tmp_path / 'not' / 'yet'}")
    assert not (tmp_path / "not").exists()
