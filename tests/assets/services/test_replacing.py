"""An asset gets other bytes under the same id, and its earlier ones can come back."""

from __future__ import annotations

import io

import pytest
from bson import ObjectId

from assets.documents import VERSIONS_MAX
from assets.errors import StorageUnavailable, UnsupportedMedia
from assets.services.deletion import delete_asset
from assets.services.replacing import NewFile, replace_file, restore_version
from assets.services.sweeping import sweep_assets
from storycore.access import Actor
from storycore.errors import Forbidden, NotFound
from tests.assets import crafting as make
from tests.assets.services.conftest import keys_in, record, sent
from tests.assets.services.test_uploads import LATER
from tests.fakes.faulty_store import FAULTS, FaultyStore


def replaced(owner: Actor, asset: ObjectId, data: bytes) -> bool:
    return replace_file(owner, asset, io.BytesIO(data), NewFile("b.png", "image/png"))


def test_the_earlier_file_becomes_a_version(owner: Actor, faulty: FaultyStore) -> None:
    asset = sent(owner, make.png((30, 20)))
    before = record(asset)

    assert replaced(owner, asset, make.png((40, 20))) is True

    after = record(asset)
    assert (after["metadata"]["width"], after["_id"]) == (40, asset)
    assert [one["file"] for one in after["versions"]] == [before["file"]]
    assert after["versions"][0]["metadata"]["width"] == 30
    assert before["file"]["key"] in keys_in(faulty)
    sweep_assets(grace=LATER)
    assert before["file"]["key"] in keys_in(faulty)


def test_the_same_bytes_change_nothing(owner: Actor, local_store: FaultyStore) -> None:
    asset = sent(owner)
    before = record(asset)

    assert replaced(owner, asset, make.png()) is False

    assert record(asset) == before


def test_a_version_comes_back_and_the_present_file_becomes_one(
    owner: Actor, faulty: FaultyStore
) -> None:
    asset = sent(owner, make.png((30, 20)))
    replaced(owner, asset, make.png((40, 20)))
    version = record(asset)["versions"][0]["id"]

    restore_version(owner, asset, version)

    after = record(asset)
    assert after["metadata"]["width"] == 30
    assert [one["metadata"]["width"] for one in after["versions"]] == [40]
    with pytest.raises(NotFound) as refusal:
        restore_version(owner, asset, version)
    assert refusal.value.field == "version"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_fails_leaves_the_asset_as_it_was(
    owner: Actor, faulty: FaultyStore, fault: str
) -> None:
    asset = sent(owner, make.png((30, 20)))
    before, files = record(asset), keys_in(faulty)
    faulty.fault = fault

    with pytest.raises(StorageUnavailable):
        replaced(owner, asset, make.png((40, 20)))

    assert record(asset) == before
    faulty.fault = ""
    sweep_assets(grace=LATER)
    assert keys_in(faulty) == files


def test_another_type_is_refused(owner: Actor, local_store: FaultyStore) -> None:
    asset = sent(owner)

    with pytest.raises(UnsupportedMedia):
        replace_file(owner, asset, io.BytesIO(make.wav()), NewFile("b.wav", "audio/wav"))

    assert record(asset).get("versions") in (None, [])


def test_only_so_many_versions_are_kept_and_their_files_go(
    owner: Actor, local_store: FaultyStore
) -> None:
    asset = sent(owner, make.png((20, 20)))
    for width in range(21, 23 + VERSIONS_MAX):
        replaced(owner, asset, make.png((width, 20)))

    kept = record(asset)
    assert len(kept["versions"]) == VERSIONS_MAX
    assert kept["versions"][0]["metadata"]["width"] == 22
    named = [one["file"]["key"] for one in [kept, *kept["versions"]]]
    previews = [
        preview["file"]["key"]
        for one in [kept, *kept["versions"]]
        for preview in one["metadata"]["thumbnails"]
    ]
    assert keys_in(local_store) == sorted(named + previews)


def test_deleting_the_asset_removes_the_files_of_its_versions(
    owner: Actor, faulty: FaultyStore
) -> None:
    asset = sent(owner, make.png((30, 20)))
    replaced(owner, asset, make.png((40, 20)))

    delete_asset(owner, asset)

    assert keys_in(faulty) == []


def test_only_the_owner_and_an_admin_may(
    owner: Actor, stranger: Actor, admin: Actor, local_store: FaultyStore
) -> None:
    asset = sent(owner, make.png((30, 20)), is_public=True)

    with pytest.raises(Forbidden):
        replaced(stranger, asset, make.png((40, 20)))

    assert replaced(admin, asset, make.png((40, 20))) is True
    assert record(asset)["uploaded_by"] == owner.user_id
