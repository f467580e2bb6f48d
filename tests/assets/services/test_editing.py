"""Closing and opening an asset reaches its file on every store, and never a file of another asset."""

from __future__ import annotations

import pytest

from assets.errors import StorageUnavailable
from assets.queries.addresses import asset_url
from assets.services.editing import update_asset
from storycore.access import Actor
from storycore.errors import Forbidden, InvalidInput
from tests.assets.services.conftest import keys_in, record, sent
from tests.assets.storage.conftest import Rig
from tests.fakes.faulty_store import FaultyStore


def test_words_change_and_null_clears(owner: Actor, local_store: FaultyStore) -> None:
    asset = sent(owner, folder="rooms", tags=("a",))

    update_asset(owner, asset, {"name": "Door", "folder": None, "tags": ["b", "c"]})

    kept = record(asset)
    assert (kept["name"], kept["folder"], kept["tags"]) == ("Door", None, ["b", "c"])


def test_an_asset_is_opened_and_closed_with_its_files(
    owner: Actor, rig: Rig, faulty: FaultyStore
) -> None:
    asset = sent(owner)

    update_asset(owner, asset, {"is_public": True})
    status, _body = rig.fetch(asset_url(record(asset)) or "")
    assert status == 200

    update_asset(owner, asset, {"is_public": False})
    assert record(asset)["is_public"] is False
    assert len(keys_in(faulty)) == 2


def test_closing_one_of_two_assets_with_the_same_bytes_leaves_the_other_open(
    owner: Actor, faulty: FaultyStore
) -> None:
    first, second = sent(owner, is_public=True), sent(owner, is_public=True)
    assert record(first)["file"] == record(second)["file"]

    update_asset(owner, first, {"is_public": False})

    assert record(second)["is_public"] is True
    assert record(first)["file"]["key"] != record(second)["file"]["key"]


def test_a_store_that_fails_leaves_the_asset_closed(owner: Actor, local_store: FaultyStore) -> None:
    first, second = sent(owner, is_public=True), sent(owner, is_public=True)
    before = record(first)
    local_store.fault = "before"

    with pytest.raises(StorageUnavailable):
        update_asset(owner, first, {"is_public": False})

    assert record(first) == before
    assert record(second)["is_public"] is True


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"name": None}, "name"), ({"tags": ["x" * 51]}, "tags")],
)
def test_what_cannot_be_kept_is_refused(
    owner: Actor, local_store: FaultyStore, changes: dict[str, object], field: str
) -> None:
    asset = sent(owner)

    with pytest.raises(InvalidInput) as refusal:
        update_asset(owner, asset, changes)  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_a_stranger_changes_nothing(
    owner: Actor, stranger: Actor, local_store: FaultyStore
) -> None:
    asset = sent(owner, is_public=True)
    before = record(asset)

    with pytest.raises(Forbidden):
        update_asset(stranger, asset, {"name": "Mine"})

    assert record(asset) == before
