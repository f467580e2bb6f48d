"""A file sent straight to the store is no asset before it was checked there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from assets.errors import CorruptFile, DirectUploadsOff, UnsupportedMedia
from assets.queries.addresses import store_of
from assets.services.direct_uploads import UploadForm, complete_upload, request_upload
from assets.services.sweeping import sweep_assets
from assets.services.uploads import NewAsset
from assets.storage.base import every_file
from storycore.access import NOBODY, Actor
from storycore.errors import InvalidInput, NotFound, Unauthenticated
from storycore.mongo.connection import database
from tests.assets import crafting as make
from tests.assets.services.conftest import record
from tests.assets.services.test_uploads import LATER
from tests.fakes.faulty_store import FaultyStore

NEW = NewAsset("image", "a.png", "image/png", name="A door", tags=("doors",))


@pytest.fixture
def bucket(s3_options: dict[str, object], settings: Any) -> Iterator[None]:
    """S3 as the setting names it."""
    settings.STORAGE_TYPE = "s3"
    settings.ASSET_STORES = {"s3": {**s3_options, "direct_uploads": True}}
    store_of.cache_clear()
    yield
    store_of.cache_clear()


def keys() -> list[str]:
    return sorted(found.file.key for found in every_file(store_of("s3")))


def post(form: UploadForm, data: bytes) -> int:
    """What a browser does with the form."""
    answer = requests.post(
        form.url, data=form.fields, files={"file": ("a.png", data, "image/png")}, timeout=5
    )
    return answer.status_code


def test_what_arrived_is_checked_and_becomes_an_asset(owner: Actor, bucket: None) -> None:
    form = request_upload(owner, NEW)
    assert post(form, make.png((30, 20))) in {200, 201, 204}
    assert database()["assets"].count_documents({}) == 0

    asset = complete_upload(owner, form.ticket)

    kept = record(asset)
    assert (kept["name"], kept["tags"], kept["metadata"]["width"]) == ("A door", ["doors"], 30)
    assert not [key for key in keys() if key.startswith("incoming/")]


def test_completing_twice_answers_the_same_asset(owner: Actor, bucket: None) -> None:
    form = request_upload(owner, NEW)
    post(form, make.png())

    first, second = complete_upload(owner, form.ticket), complete_upload(owner, form.ticket)

    assert first == second
    assert database()["assets"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (make.png()[:90], CorruptFile),
        (make.jpeg(), UnsupportedMedia),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedMedia),
        (make.wav(), UnsupportedMedia),
    ],
    ids=["cut", "another format", "svg", "a sound"],
)
def test_what_is_not_what_was_said_is_refused_and_removed(
    owner: Actor, bucket: None, data: bytes, refusal: type[Exception]
) -> None:
    form = request_upload(owner, NEW)
    post(form, data)

    with pytest.raises(refusal):
        complete_upload(owner, form.ticket)

    assert database()["assets"].count_documents({}) == 0
    assert keys() == []


def test_nothing_arrived(owner: Actor, bucket: None) -> None:
    form = request_upload(owner, NEW)

    with pytest.raises(NotFound) as refusal:
        complete_upload(owner, form.ticket)

    assert refusal.value.field == "upload_id"


def test_a_form_is_its_users_own_and_cannot_be_made_up(
    owner: Actor, stranger: Actor, bucket: None
) -> None:
    form = request_upload(owner, NEW)
    post(form, make.png())

    for actor, ticket in ((stranger, form.ticket), (owner, form.ticket[:-2] + "xx"), (owner, "x")):
        with pytest.raises(InvalidInput) as refusal:
            complete_upload(actor, ticket)
        assert refusal.value.field == "upload_id"
    with pytest.raises(Unauthenticated):
        request_upload(NOBODY, NEW)


def test_what_nobody_completes_is_swept(owner: Actor, bucket: None) -> None:
    post(request_upload(owner, NEW), make.png())
    assert keys() != []

    sweep_assets(grace=LATER)

    assert keys() == []


@pytest.mark.parametrize(
    "new",
    [
        NewAsset("image", "a.png", "image/svg+xml"),
        NewAsset("sound", "a.png", "image/png"),
        NewAsset("image", "a.mp3", "image/png"),
        NewAsset("image", "a.png", "image/png", tags=("x" * 51,)),
    ],
    ids=["media type", "type", "extension", "tag"],
)
def test_what_would_be_refused_later_gets_no_form(
    owner: Actor, bucket: None, new: NewAsset
) -> None:
    with pytest.raises((InvalidInput, UnsupportedMedia)):
        request_upload(owner, new)


def test_a_store_without_direct_uploads_says_so(owner: Actor, local_store: FaultyStore) -> None:
    with pytest.raises(DirectUploadsOff):
        request_upload(owner, NEW)
