from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from django.core.management import call_command

from assets.queries.addresses import store_of
from assets.services.deletion import delete_asset
from assets.services.sweeping import sweep_assets
from assets.services.uploads import NewAsset, upload_asset
from assets.tasks import sweep
from scenarios.demo.pictures import drawn_picture
from storycore.access import Actor
from storycore.mongo.connection import database


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A media folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ASSET_STORES = {"local": {"root": settings.MEDIA_ROOT}}
    store_of.cache_clear()
    yield settings.MEDIA_ROOT
    store_of.cache_clear()


def uploaded(owner: Actor, seed: int = 1) -> ObjectId:
    return upload_asset(owner, io.BytesIO(drawn_picture("yard", seed)), NewAsset("image", "a.webp"))


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def aged(path: Path, days: float = 2) -> None:
    moment = path.stat().st_mtime - days * 86_400
    os.utime(path, (moment, moment))


def test_a_file_that_could_not_be_removed_is_tried_again(owner: Actor, root: Path) -> None:
    asset = uploaded(owner)
    row = database()["assets"].find_one({"_id": asset})
    assert row is not None
    # A folder in the place of the file: the store refuses to remove it.
    place = root / row["file"]["key"]
    place.unlink()
    (place / "inside").mkdir(parents=True)

    gone = delete_asset(owner, asset)
    assert gone.is_file_gone is False
    assert database()["assets"].distinct("deleting") == [True]
    assert sweep_assets().postponed == [str(asset)]

    (place / "inside").rmdir()
    place.rmdir()
    report = sweep_assets()

    assert report.finished == [str(asset)]
    assert database()["assets"].count_documents({}) == 0
    assert files(root) == []


def test_forgotten_files_go_when_they_are_old(owner: Actor, root: Path) -> None:
    uploaded(owner)
    kept = files(root)
    database()["assets"].delete_many({})
    asset = uploaded(owner, seed=2)
    assert sweep_assets().forgotten == []

    for path in files(root):
        aged(path)
    dry = sweep_assets(dry_run=True)
    assert len(dry.forgotten) == len(kept)
    assert len(files(root)) == 2 * len(kept)

    report = sweep_assets()
    assert report.forgotten == dry.forgotten
    assert len(files(root)) == len(kept)
    assert not set(files(root)) & set(kept)
    assert report.missing == []
    assert database()["assets"].distinct("_id") == [asset]


def test_unfinished_writes_are_thrown_away(owner: Actor, root: Path) -> None:
    uploaded(owner)
    left = root / ".unfinished" / "half"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half a picture")
    aged(left)

    assert sweep_assets(dry_run=True).unfinished == 1
    assert left.exists()
    assert sweep_assets().unfinished == 1
    assert not left.exists()


def test_a_record_without_its_file_is_named_and_kept(owner: Actor, root: Path) -> None:
    asset = uploaded(owner)
    for path in files(root):
        path.unlink()

    assert set(sweep_assets(grace=timedelta(0)).missing) == {str(asset)}
    assert database()["assets"].count_documents({}) == 1


def test_the_command_and_the_task_sweep(owner: Actor, root: Path) -> None:
    uploaded(owner)
    database()["assets"].delete_many({})
    for path in files(root):
        aged(path)
    said = io.StringIO()

    call_command("sweep_assets", "--dry-run", stdout=said)
    assert "3 forgotten files would be removed." in said.getvalue()
    assert "0 unfinished writes would be thrown away." in said.getvalue()
    assert all(path.name in said.getvalue() for path in files(root))
    assert len(files(root)) == 3
    sweep()
    assert files(root) == []
