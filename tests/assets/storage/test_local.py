"""What is particular about files in a folder of this machine?"""

from __future__ import annotations

import io
import os
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from assets.errors import StorageUnavailable
from assets.storage.base import StoredFile, every_file
from assets.storage.local import UNFINISHED, LocalStore

KEY = "image/0a1b.png"


def token_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["token"][0]


def test_a_private_address_carries_a_token_for_this_file_only(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)

    token = token_of(store.url(StoredFile(KEY, "local"), private=True))

    assert store.is_valid_token(KEY, token) is True
    assert store.is_valid_token("image/other.png", token) is False
    assert store.is_valid_token(KEY, token[:-1]) is False
    assert store.is_valid_token(KEY, "") is False


def test_a_token_ends(tmp_path: Path) -> None:
    token = token_of(LocalStore(tmp_path).url(StoredFile(KEY, "local"), private=True))

    time.sleep(1.1)

    assert LocalStore(tmp_path, url_seconds=1).is_valid_token(KEY, token) is False
    assert LocalStore(tmp_path, url_seconds=60).is_valid_token(KEY, token) is True


def test_a_public_address_is_plain(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, base_url="https://media.example/")

    assert store.url(StoredFile(KEY, "local")) == "https://media.example/image/0a1b.png"
    assert store.url(StoredFile(KEY, "local"), filename="ä&.png") == (
        "https://media.example/image/0a1b.png?download=%C3%A4%26.png"
    )


def test_a_file_is_readable_by_a_web_server_and_not_executable(tmp_path: Path) -> None:
    LocalStore(tmp_path).save(KEY, io.BytesIO(b"x"), "image/png")

    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o644


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_before_the_name_is_given_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync", fail) if call == "fsync" else (Path, "replace", fail)))

    with pytest.raises(StorageUnavailable):
        LocalStore(tmp_path).save(KEY, io.BytesIO(b"x"), "image/png")

    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_old_file_stays_whole_when_its_replacement_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    stored = store.save(KEY, io.BytesIO(b"old"), "image/png")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageUnavailable):
        store.save(KEY, io.BytesIO(b"new"), "image/png")

    with store.open(stored) as file:
        assert file.read() == b"old"


def test_what_a_killed_process_left_is_invisible_and_discarded_by_age(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.save(KEY, io.BytesIO(b"x"), "image/png")
    (tmp_path / UNFINISHED / "0123").write_bytes(b"half")
    now = datetime.now(UTC)

    assert [found.file.key for found in every_file(store)] == [KEY]
    assert store.discard_unfinished(now - timedelta(hours=1)) == 0
    assert store.discard_unfinished(now + timedelta(hours=1)) == 1
    assert list((tmp_path / UNFINISHED).iterdir()) == []


def test_a_folder_that_is_not_there_yet_is_an_empty_store(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "not" / "yet")

    assert list(every_file(store)) == []
    assert store.exists(StoredFile(KEY, "local")) is False
    store.delete(StoredFile(KEY, "local"))
    assert store.discard_unfinished(datetime.now(UTC)) == 0
