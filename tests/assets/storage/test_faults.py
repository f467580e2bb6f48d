"""Does a store that dies before, during or after a write leave only what a sweep can find?"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from assets.errors import StorageUnavailable
from assets.storage.base import every_file
from tests.assets import crafting as make
from tests.assets.storage.conftest import Rig
from tests.fakes.faulty_store import FAULTS, FaultyStore

KEY = "image/0a1b.png"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_write_leaves_nothing_or_a_file_that_a_sweep_removes(rig: Rig, fault: str) -> None:
    faulty = FaultyStore(rig.store, fault)

    with pytest.raises(StorageUnavailable):
        faulty.save(KEY, io.BytesIO(make.png()), "image/png")

    assert faulty.faults_met == 1
    left = [found.file for found in every_file(rig.store)]
    assert [file.key for file in left] == ([KEY] if fault == "after" else [])
    for file in left:
        rig.store.delete(file)
    rig.store.discard_unfinished(datetime.now(UTC) + timedelta(days=1))
    assert list(every_file(rig.store)) == []
    assert not rig.account.resources


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_failed_removal_is_completed_by_doing_it_again(rig: Rig, fault: str) -> None:
    stored = rig.store.save(KEY, io.BytesIO(make.png()), "image/png")
    faulty = FaultyStore(rig.store, fault)

    with pytest.raises(StorageUnavailable):
        faulty.delete(stored)
    assert rig.store.exists(stored) is (fault == "before")

    faulty.fault = ""
    faulty.delete(stored)
    assert list(every_file(rig.store)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_same_upload_succeeds_once_the_store_is_back(rig: Rig, fault: str) -> None:
    faulty = FaultyStore(rig.store, fault)
    with pytest.raises(StorageUnavailable):
        faulty.save(KEY, io.BytesIO(make.png()), "image/png")

    faulty.fault = ""
    stored = faulty.save(KEY, io.BytesIO(make.png()), "image/png")

    with faulty.open(stored) as file:
        assert file.read() == make.png()
    assert [found.file.key for found in every_file(rig.store)] == [KEY]
