"""Closing and opening an asset reaches its file on every store, and never a file of another asset."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assets.errors import StorageUnavailable
from assets.queries.addresses import asset_url
from assets.services.editing import update_asset
from storycore.access import Actor
from storycore.errors import Forbidden, InvalidInput
from tests.assets.services.conftest import Use, keys_in, record, sent
from tests.assets.storage.conftest import Rig
from tests.fakes.faulty_store import FaultyStore


def test_words_change_and_null_clears(owner: Actor, local_store: FaultyStore) -> None:
    asset = sent(owner, folder="rooms", tags=("a",))

    update_asset(owner, asset, {"name": "Door", "folder": None, "tags": ["b", "c"]})

    kept = record(asset)
    assert (kept["name"], kept["folder"], kept["tags"]) == ("Door", None, ["b", "c"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"folder": " /a// b /"}, {"folder": "a/b"}),
        ({"folder": "//"}, {"folder": None}),
        ({"tags": [" Door ", "door", "", "DOOR", "wood"]}, {"tags": ["Door", "wood"]}),
        ({"tags": None}, {"tags": []}),
    ],
    ids=str,
)
def test_folder_and_tags_are_written_plainly(
    owner: Actor, local_store: FaultyStore, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    asset = sent(owner, folder="rooms", tags=("a",))

    update_asset(owner, asset, given)  # type: ignore[arg-type]

    assert {name: record(asset)[name] for name in kept} == kept


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


def test_a_closed_asset_leaves_no_file_at_a_public_address(
    owner: Actor, s3_rig: Rig, use_store: Use
) -> None:
    public = replace(s3_rig.store, public_url="https://cdn.example.org")  # type: ignore[type-var]
    faulty = use_store(Rig(public, s3_rig.fetch, s3_rig.break_down))
    asset = sent(owner, is_public=True)
    opened = record(asset)
    assert asset_url(opened) == f"https://cdn.example.org/assets/{opened['file']['key']}"

    update_asset(owner, asset, {"is_public": False})

    closed = record(asset)
    names = {closed["file"]["key"], closed["metadata"]["thumbnails"][0]["file"]["key"]}
    assert set(keys_in(faulty)) == names
    assert opened["file"]["key"] not in names
    assert "X-Amz-Signature" in (asset_url(closed) or "")


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
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags"),
        ({"folder": "../x"}, "folder"),
        ({"folder": "a/./b"}, "folder"),
        ({"folder": "x" * 201}, "folder"),
        ({"folder": "a\x00b"}, "folder"),
    ],
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
