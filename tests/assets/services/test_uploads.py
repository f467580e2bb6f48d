"""Whatever happens to the store, an upload is there whole or not at all."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from assets.errors import MediaRefused, StorageUnavailable
from assets.services.deletion import delete_asset
from assets.services.sweeping import sweep_assets
from assets.services.uploads import NewAsset, upload_asset
from assets.storage.base import every_file
from storycore.access import Actor
from storycore.errors import InvalidInput
from storycore.mongo.connection import database
from tests.assets import crafting as make
from tests.assets.crafting import HostileFile
from tests.assets.hostile import hostile_files
from tests.assets.services.conftest import keys_in, record, sent
from tests.fakes.faulty_store import FAULTS, FaultyStore

LATER = timedelta(seconds=-5)


@pytest.mark.parametrize("spared", [0, 1], ids=["the file itself", "a preview"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_fails_leaves_nothing_that_is_seen_and_nothing_after_the_sweep(
    owner: Actor, faulty: FaultyStore, fault: str, spared: int
) -> None:
    faulty.fault, faulty.spared = fault, spared

    with pytest.raises(StorageUnavailable):
        sent(owner)

    assert faulty.faults_met > 0
    assert database()["assets"].count_documents({}) == 0
    faulty.fault = ""
    sweep_assets(grace=LATER)
    assert keys_in(faulty) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_same_upload_succeeds_when_the_store_is_back(
    owner: Actor, faulty: FaultyStore, fault: str
) -> None:
    faulty.fault = fault
    with pytest.raises(StorageUnavailable):
        sent(owner)
    faulty.fault = ""

    asset = sent(owner)

    sweep_assets(grace=LATER)
    kept = record(asset)
    named = [kept["file"]["key"], *(one["file"]["key"] for one in kept["metadata"]["thumbnails"])]
    assert keys_in(faulty) == sorted(named)


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_deletion_whose_file_stays_is_finished_by_the_sweep(
    owner: Actor, faulty: FaultyStore, fault: str
) -> None:
    asset = sent(owner)
    faulty.fault = fault

    gone = delete_asset(owner, asset)

    assert gone.is_file_gone is False
    assert record(asset)["deleting"] is True
    faulty.fault = ""
    sweep_assets()
    assert database()["assets"].count_documents({}) == 0
    assert keys_in(faulty) == []


def test_the_same_bytes_of_one_owner_are_one_file(
    owner: Actor, stranger: Actor, faulty: FaultyStore
) -> None:
    first, second = sent(owner), sent(owner)
    other = sent(stranger)

    assert record(first)["file"] == record(second)["file"]
    assert record(other)["file"]["key"] != record(first)["file"]["key"]
    delete_asset(owner, first)
    assert record(second)["file"]["key"] in keys_in(faulty)
    delete_asset(owner, second)
    assert record(other)["file"]["key"] in keys_in(faulty)


def test_the_same_bytes_sent_at_once_are_one_file(owner: Actor, local_store: FaultyStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        assets = list(pool.map(lambda _: sent(owner), range(16)))

    assert len(set(assets)) == 16
    assert len({record(asset)["file"]["key"] for asset in assets}) == 1
    assert len(keys_in(local_store)) == 2
    assert database()["holds"].count_documents({}) == 0


def test_bytes_whose_file_was_lost_are_stored_anew(owner: Actor, local_store: FaultyStore) -> None:
    lost = sent(owner)
    for found in every_file(local_store.store):
        local_store.store.delete(found.file)

    again = sent(owner)

    assert record(again)["file"] != record(lost)["file"]
    assert record(again)["file"]["key"] in keys_in(local_store)


@pytest.mark.parametrize("file", tuple(hostile_files()), ids=lambda file: file.name)
def test_a_hostile_file_leaves_neither_record_nor_file(
    owner: Actor, local_store: FaultyStore, file: HostileFile
) -> None:
    declared = file.declared

    with pytest.raises((MediaRefused, InvalidInput)):
        upload_asset(
            owner, io.BytesIO(file.data), NewAsset(declared.type, declared.name, declared.mime_type)
        )

    assert database()["assets"].count_documents({}) == 0
    assert keys_in(local_store) == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"tags": tuple(f"t{n}" for n in range(21))}, "tags"),
        ({"tags": ("x" * 51,)}, "tags"),
        ({"folder": "x" * 201}, "folder"),
        ({"name": "x" * 256}, "name"),
        ({"metadata": {"a.b": 1}}, "metadata"),
    ],
    ids=lambda value: str(value)[:16],
)
def test_words_that_cannot_be_kept_are_refused_before_a_byte_is_stored(
    owner: Actor, local_store: FaultyStore, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        sent(owner, **options)

    assert refusal.value.field == field
    assert keys_in(local_store) == []


def test_facts_of_the_bytes_win_over_what_the_sender_says(
    owner: Actor, local_store: FaultyStore
) -> None:
    asset = sent(owner, make.png((30, 20)), metadata={"width": 9_999, "note": "mine"})

    assert record(asset)["metadata"]["width"] == 30
    assert record(asset)["metadata"]["note"] == "mine"
