"""Services over each of the three stores, with a store in between that can be told to fail."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bson import ObjectId

from assets.queries.addresses import store_of
from assets.services.uploads import NewAsset, upload_asset
from assets.storage import STORES
from assets.storage.base import every_file
from storycore.access import Actor
from storycore.mongo.connection import database
from tests.assets import crafting as make
from tests.assets.storage.conftest import (
    Rig,
    cloudinary_rig,
    local_rig,
    rig,
    s3_endpoint,
    s3_options,
    s3_rig,
)
from tests.fakes.faulty_store import FaultyStore

__all__ = ["cloudinary_rig", "local_rig", "rig", "s3_endpoint", "s3_options", "s3_rig"]

Use = Callable[[Rig], FaultyStore]


@pytest.fixture
def use_store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Makes a rig's store the one of the setting STORAGE_TYPE, behind a store that can be told to fail."""

    def use(chosen: Rig) -> FaultyStore:
        name = chosen.store.name
        monkeypatch.setitem(STORES, name, "tests.fakes.faulty_store.FaultyStore")  # type: ignore[arg-type]
        settings.STORAGE_TYPE = name
        settings.ASSET_STORES = {name: {"store": chosen.store}}
        store_of.cache_clear()
        found: Any = store_of(name)
        return found

    yield use
    store_of.cache_clear()


@pytest.fixture
def faulty(rig: Rig, use_store: Use) -> FaultyStore:
    """Each of the three stores in turn."""
    return use_store(rig)


@pytest.fixture
def local_store(local_rig: Rig, use_store: Use) -> FaultyStore:
    """The local store in a folder of the test's own."""
    return use_store(local_rig)


def sent(owner: Actor, data: bytes | None = None, **options: Any) -> ObjectId:
    """An uploaded picture."""
    return upload_asset(
        owner, io.BytesIO(data or make.png()), NewAsset("image", "a.png", **options)
    )


def record(asset: ObjectId) -> dict[str, Any]:
    found: Any = database()["assets"].find_one({"_id": asset})
    return dict(found)


def keys_in(store: FaultyStore) -> list[str]:
    """Every file that lies in the store."""
    return sorted(found.file.key for found in every_file(store.store))
