"""Every file moves, verified, in as many runs as it takes, while the assets stay what they are."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assets.queries.addresses import store_of
from assets.services.replacing import NewFile, replace_file
from assets.services.storage_migration import Migration, migrate_storage
from assets.storage.base import StoredFile, every_file
from storycore.access import Actor
from storycore.errors import InvalidInput
from tests.assets import crafting as make
from tests.assets.services.conftest import record, sent
from tests.fakes.cloudinary_server import CLOUD, KEY, SECRET, cloudinary_server

Ready = Callable[[str], None]


@pytest.fixture
def stores(s3_options: dict[str, object], tmp_path: Path, settings: Any) -> Iterator[Ready]:
    """All three stores; new files go to the one that is named."""
    with cloudinary_server() as (address, _account):
        settings.ASSET_STORES = {
            "local": {"root": tmp_path / "files"},
            "s3": s3_options,
            "cloudinary": {
                "cloud_name": CLOUD,
                "api_key": KEY,
                "api_secret": SECRET,
                "api_url": address,
            },
        }

        def ready(name: str) -> None:
            settings.STORAGE_TYPE = name
            store_of.cache_clear()

        yield ready
    store_of.cache_clear()


def keys(name: str) -> list[str]:
    return sorted(found.file.key for found in every_file(store_of(name)))


def content(asset: Any) -> bytes:
    file = StoredFile.from_record(record(asset)["file"])
    with store_of(file.backend).open(file) as opened:
        return opened.read()


def nothing(_state: Migration) -> None:
    """Nobody watches."""


@pytest.mark.parametrize(
    ("source", "target"),
    [("local", "s3"), ("s3", "local"), ("local", "cloudinary"), ("cloudinary", "s3")],
)
def test_everything_moves_with_versions_and_previews(
    owner: Actor, stores: Ready, source: str, target: str
) -> None:
    stores(source)
    first, second = sent(owner, make.png((30, 20))), sent(owner, make.png((50, 20)))
    replace_file(owner, first, io.BytesIO(make.png((40, 20))), NewFile("b.png"))
    before = {asset: content(asset) for asset in (first, second)}
    files = keys(source)

    state = migrate_storage(source, target, nothing)

    assert (state.total, state.moved, state.failed) == (2, 2, [])
    assert (keys(source), keys(target)) == ([], files)
    assert {asset: content(asset) for asset in (first, second)} == before
    kept = record(first)
    assert {kept["file"]["backend"], kept["versions"][0]["file"]["backend"]} == {target}


def test_a_run_that_was_stopped_is_gone_on_with(owner: Actor, stores: Ready) -> None:
    stores("local")
    for width in range(20, 25):
        sent(owner, make.png((width, 20)))

    class Stopped(Exception):
        pass

    def stop_after_two(state: Migration) -> None:
        if state.moved == 2:
            raise Stopped

    with pytest.raises(Stopped):
        migrate_storage("local", "s3", stop_after_two)
    state = migrate_storage("local", "s3", nothing)

    assert (state.total, state.moved) == (3, 3)
    assert keys("local") == []


def test_a_file_whose_bytes_changed_stays_and_is_named(owner: Actor, stores: Ready) -> None:
    stores("local")
    broken, whole = sent(owner, make.png((30, 20))), sent(owner, make.png((40, 20)))
    file = StoredFile.from_record(record(broken)["file"])
    store_of("local").save(file.key, io.BytesIO(make.png((31, 20))), "image/png")

    state = migrate_storage("local", "s3", nothing)

    assert [key for key, _reason in state.failed] == [str(broken)]
    assert record(broken)["file"]["backend"] == "local"
    assert record(whole)["file"]["backend"] == "s3"
    assert file.key in keys("local")


def test_a_file_that_two_assets_share_is_there_for_both(owner: Actor, stores: Ready) -> None:
    stores("local")
    first, second = sent(owner), sent(owner)

    state = migrate_storage("local", "s3", nothing)

    assert state.failed == []
    assert content(first) == content(second) == make.png()
    assert keys("local") == []


@pytest.mark.parametrize("pair", [("local", "moon"), ("moon", "local"), ("local", "local")])
def test_a_store_that_is_none_is_refused(stores: Ready, pair: tuple[str, str]) -> None:
    stores("local")
    with pytest.raises(InvalidInput):
        migrate_storage(*pair, nothing)


def test_the_command_shows_what_it_did(
    owner: Actor, stores: Ready, capsys: pytest.CaptureFixture[str]
) -> None:
    stores("local")
    sent(owner)
    stores("s3")

    call_command("migrate_storage", "--from", "local", "--to", "s3")

    assert "1 of 1 assets, 2 files" in capsys.readouterr().out
    with pytest.raises(CommandError, match="moon"):
        call_command("migrate_storage", "--from", "moon", "--to", "s3")
