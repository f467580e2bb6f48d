"""What is particular about files at Cloudinary?"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, cast

import cloudinary.exceptions
import cloudinary.uploader
import pytest
from django.core.files.base import ContentFile

from assets.errors import StorageUnavailable
from assets.storage.base import every_file
from assets.storage.cloudinary import CloudinaryStore
from assets.storage.cloudinary_files import CloudinaryFiles
from tests.assets.storage.conftest import Rig
from tests.fakes.cloudinary_server import signature_of

KEY = "image/0a1b.png"


def store_of(rig: Rig) -> CloudinaryStore:
    return cast("CloudinaryStore", rig.store)


def saved(rig: Rig, key: str = KEY, *, private: bool = False) -> Any:
    return rig.store.save(key, io.BytesIO(b"bytes"), "image/png", private=private)


@pytest.mark.parametrize(
    ("key", "ids"),
    [
        ("image/a.png", ("stories/image/a_png", "image", "png")),
        ("sound/a.mp3", ("stories/sound/a_mp3", "video", "mp3")),
        ("video/a.mp4", ("stories/video/a_mp4", "video", "mp4")),
        ("report/a.txt", ("stories/report/a.txt", "raw", "")),
    ],
)
@pytest.mark.parametrize(("private", "kind"), [(False, "upload"), (True, "authenticated")])
def test_what_deletion_needs_is_remembered(
    cloudinary_rig: Rig, key: str, ids: tuple[str, str, str], private: bool, kind: str
) -> None:
    public_id, resource_type, format_ = ids

    stored = saved(cloudinary_rig, key, private=private)

    assert {k: v for k, v in stored.extra.items() if k != "version"} == {
        "public_id": public_id,
        "resource_type": resource_type,
        "type": kind,
        "format": format_,
    }
    assert stored.extra["version"].isdigit()
    cloudinary_rig.store.delete(stored)
    action, sent_type, params = cloudinary_rig.account.requests[-1]
    assert (action, sent_type, params["public_id"], params["type"]) == (
        "destroy", resource_type, public_id, kind,
    )  # fmt: skip
    assert cloudinary_rig.account.resources == {}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        # The example of Cloudinary's own documentation.
        (
            {
                "eager": "w_400,h_300,c_pad|w_260,h_200,c_crop",
                "public_id": "sample_image",
                "timestamp": "1315060510",
            },
            "bfd09f95f331f558cbd1320e67aa8d488770583e",
        ),
    ],
)
def test_the_fake_signs_as_cloudinary_documents_it(params: dict[str, str], expected: str) -> None:
    assert signature_of(params, secret="abcd") == expected


def test_a_value_cannot_smuggle_a_parameter(cloudinary_rig: Rig) -> None:
    account = store_of(cloudinary_rig).files.account
    options = {**account, "public_id": "x", "tags": "a&type=private"}

    cloudinary.uploader.upload(io.BytesIO(b"x"), **options)
    with pytest.raises(cloudinary.exceptions.AuthorizationRequired, match="Invalid Signature"):
        cloudinary.uploader.upload(io.BytesIO(b"x"), **options, signature_version=1)


@pytest.mark.parametrize("change", [{"api_secret": "wrong"}, {"api_key": "wrong"}])
def test_wrong_keys_are_refused_and_never_shown(
    cloudinary_rig: Rig, change: dict[str, str]
) -> None:
    wrong = replace(store_of(cloudinary_rig), **change)

    with pytest.raises(StorageUnavailable) as refusal:
        wrong.save(KEY, io.BytesIO(b"bytes"), "image/png")

    assert cloudinary_rig.account.resources == {}
    assert "wrong" not in refusal.value.message
    assert store_of(cloudinary_rig).api_secret not in repr(cloudinary_rig.store)


def test_sha256_signatures_are_accepted(cloudinary_rig: Rig) -> None:
    store = replace(store_of(cloudinary_rig), signature_algorithm="sha256")

    store.save(KEY, io.BytesIO(b"bytes"), "image/png")

    assert len(cloudinary_rig.account.requests[-1][2]["signature"]) == 64


def test_the_secret_is_never_sent(cloudinary_rig: Rig) -> None:
    saved(cloudinary_rig, private=True)

    assert store_of(cloudinary_rig).api_secret not in repr(cloudinary_rig.account.requests)


def test_a_private_file_is_delivered_only_with_its_signature(cloudinary_rig: Rig) -> None:
    stored = saved(cloudinary_rig, private=True)
    address = cloudinary_rig.store.url(stored, private=True)
    signature = next(part for part in address.split("/") if part.startswith("s--"))

    assert cloudinary_rig.fetch(address) == (200, b"bytes")
    assert cloudinary_rig.fetch(address.replace(f"{signature}/", ""))[0] == 401
    assert cloudinary_rig.fetch(address.replace(signature, "s--AAAAAAAA--"))[0] == 401
    assert cloudinary_rig.fetch(address.replace("/authenticated/", "/upload/"))[0] == 404


def test_closing_a_file_ends_its_public_address(cloudinary_rig: Rig) -> None:
    stored = saved(cloudinary_rig)
    public = cloudinary_rig.store.url(stored)

    private = cloudinary_rig.store.set_private(stored, private=True)

    assert cloudinary_rig.fetch(public)[0] == 404
    assert private.extra["type"] == "authenticated"
    assert private.extra["version"] > stored.extra["version"]


def test_public_addresses_are_plain(cloudinary_rig: Rig) -> None:
    stored = saved(cloudinary_rig)

    assert cloudinary_rig.store.url(stored) == (
        f"https://res.cloudinary.com/test-cloud/image/upload/v{stored.extra['version']}/stories/image/0a1b_png.png"
    )


def test_an_account_may_have_a_host_of_its_own(cloudinary_rig: Rig) -> None:
    stored = saved(cloudinary_rig)
    store = replace(store_of(cloudinary_rig), delivery_host="media.example")

    assert store.url(stored).startswith("https://media.example/image/upload/v")


@pytest.mark.parametrize(
    ("filename", "flag"),
    [
        ("My Song.mp3", "fl_attachment:My_Song"),
        ("../..", "fl_attachment"),
        ("a/b,c.x", "fl_attachment:b_c"),
    ],
)
def test_a_download_is_named_in_letters_that_addresses_allow(
    cloudinary_rig: Rig, filename: str, flag: str
) -> None:
    stored = saved(cloudinary_rig)

    address = cloudinary_rig.store.url(stored, filename=filename)

    assert f"/{flag}/" in address
    assert cloudinary_rig.fetch(address) == (200, b"bytes")


@pytest.mark.parametrize("fault", ["before", "during"])
def test_a_failed_upload_leaves_nothing(cloudinary_rig: Rig, fault: str) -> None:
    cloudinary_rig.account.fault = fault
    with pytest.raises(StorageUnavailable):
        saved(cloudinary_rig)

    cloudinary_rig.account.fault = ""
    assert list(every_file(cloudinary_rig.store)) == []


def test_an_upload_whose_answer_is_lost_is_found_and_removed(cloudinary_rig: Rig) -> None:
    cloudinary_rig.account.fault = "after"
    with pytest.raises(StorageUnavailable):
        saved(cloudinary_rig)

    cloudinary_rig.account.fault = ""
    (orphan,) = every_file(cloudinary_rig.store)
    assert orphan.file.key == KEY
    cloudinary_rig.store.delete(orphan.file)
    assert cloudinary_rig.account.resources == {}


def test_it_is_a_django_storage_too(cloudinary_rig: Rig) -> None:
    files: CloudinaryFiles = store_of(cloudinary_rig).files

    name = files.save(KEY, ContentFile(b"bytes"))

    assert name == KEY
    assert files.exists(name) is True
    assert files.size(name) == 5
    with files.open(name) as file:
        assert file.read() == b"bytes"
    assert (
        files.url(name)
        == "https://res.cloudinary.com/test-cloud/image/upload/v1/stories/image/0a1b_png.png"
    )
    files.delete(name)
    assert files.exists(name) is False
