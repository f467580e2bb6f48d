"""What is particular about files in S3?"""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from assets.errors import StorageUnavailable
from assets.storage.base import DirectUploads, StoredFile, every_file
from assets.storage.s3 import S3Store
from tests.assets.storage.conftest import query

KEY = "image/0a1b.png"


def s3_store(options: dict[str, Any], **changes: Any) -> S3Store:
    return S3Store(**{**options, **changes})


def client(options: dict[str, Any]) -> Any:
    return boto3.client(
        "s3", region_name=options["region"], endpoint_url=options["endpoint"],
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip


def test_objects_carry_type_and_cache_time_and_no_acl(s3_options: dict[str, Any]) -> None:
    s3_store(s3_options, folder="assets").save(KEY, io.BytesIO(b"x"), "image/png")

    head = client(s3_options).head_object(Bucket="stories", Key=f"assets/{KEY}")

    assert head["ContentType"] == "image/png"
    assert head["CacheControl"] == "max-age=31536000, immutable"


@pytest.mark.parametrize(("acl", "params"), [("", None), ("public-read", "public-read")])
def test_an_acl_is_sent_only_when_asked_for(
    s3_options: dict[str, Any], acl: str, params: str | None
) -> None:
    store = s3_store(s3_options, acl=acl)
    sent: list[dict[str, Any]] = []
    store.files.connection.meta.client.meta.events.register(
        "before-parameter-build.s3.PutObject", lambda params, **_: sent.append(dict(params))
    )

    store.save(KEY, io.BytesIO(b"x"), "image/png")

    assert [request.get("ACL") for request in sent] == [params]


def test_large_files_go_in_parts(s3_options: dict[str, Any]) -> None:
    stored = s3_store(s3_options).save("sound/a.wav", io.BytesIO(bytes(20 << 20)), "audio/wav")

    head = client(s3_options).head_object(Bucket="stories", Key=stored.key, PartNumber=1)

    assert head["PartsCount"] == 3


def test_links_are_signed_and_end(s3_options: dict[str, Any]) -> None:
    store = s3_store(s3_options, url_seconds=90)

    parameters = query(store.url(StoredFile(KEY, "s3"), private=True))

    assert parameters["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert parameters["X-Amz-Expires"] == "90"
    assert "/eu-central-1/s3/" in parameters["X-Amz-Credential"]
    assert parameters["response-cache-control"] == "private, max-age=90"


def test_public_files_have_plain_addresses_where_a_public_one_is_set(
    s3_options: dict[str, Any],
) -> None:
    store = s3_store(s3_options, folder="assets", public_url="https://cdn.example/")
    stored = StoredFile(KEY, "s3")

    assert store.url(stored) == "https://cdn.example/assets/image/0a1b.png"
    assert "X-Amz-Signature" in query(store.url(stored, private=True))
    assert "X-Amz-Signature" in query(store.url(stored, filename="a.png"))


def test_a_download_names_the_file_safely(s3_options: dict[str, Any]) -> None:
    address = s3_store(s3_options).url(StoredFile(KEY, "s3"), filename='ä"\\.png')

    assert query(address)["response-content-disposition"] == (
        "attachment; filename=\"?__.png\"; filename*=UTF-8''%C3%A4%22%5C.png"
    )


def test_the_region_is_in_the_host_without_an_endpoint() -> None:
    store = S3Store(
        "stories", region="eu-west-3", access_key="a", secret_key="b", addressing="virtual"
    )

    host = urlsplit(store.url(StoredFile(KEY, "s3"))).hostname

    assert host in ("stories.s3.eu-west-3.amazonaws.com", "stories.s3.amazonaws.com")


def test_a_direct_upload_fixes_key_type_and_size(s3_options: dict[str, Any]) -> None:
    store = s3_store(s3_options, folder="assets", url_seconds=600)
    assert isinstance(store, DirectUploads)

    form = store.direct_upload("incoming/77.png", "image/png", max_bytes=5_000_000)

    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert form.fields["key"] == "assets/incoming/77.png"
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert {"bucket": "stories"} in policy["conditions"]
    assert {"key": "assets/incoming/77.png"} in policy["conditions"]
    assert ["content-length-range", 1, 5_000_000] in policy["conditions"]
    assert abs(form.expires_at - datetime.now(UTC) - timedelta(seconds=600)) < timedelta(seconds=5)
    assert "secret" not in json.dumps(dict(form.fields))


def test_what_a_client_posts_directly_is_there(s3_options: dict[str, Any]) -> None:
    store = s3_store(s3_options)
    form = store.direct_upload("incoming/77.png", "image/png", max_bytes=100)

    answer = requests.post(form.url, data=form.fields, files={"file": b"sent bytes"}, timeout=5)

    assert answer.status_code in (200, 201, 204)
    with store.open(form.file) as file:
        assert file.read() == b"sent bytes"


def test_parts_of_a_failed_upload_are_given_up(s3_options: dict[str, Any]) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 16 << 20:
                raise OSError("input/output error")
            return super().read(size)

    store = s3_store(s3_options)
    with pytest.raises(StorageUnavailable):
        store.save("sound/a.wav", Breaking(bytes(32 << 20)), "audio/wav")

    assert client(s3_options).list_multipart_uploads(Bucket="stories").get("Uploads") is None
    assert list(every_file(store)) == []


def test_parts_of_a_killed_process_are_discarded_by_age(s3_options: dict[str, Any]) -> None:
    store = s3_store(s3_options, folder="assets")
    client(s3_options).create_multipart_upload(
        Bucket="stories", Key="assets/sound/" + "a1" * 16 + ".wav"
    )
    others = ["assets-of-others/" + "a1" * 16 + ".wav", "assets/theirs.wav", "of-another-program"]
    for name in others:
        client(s3_options).create_multipart_upload(Bucket="stories", Key=name)

    # moto gives every unfinished upload the same beginning, long ago.
    assert store.discard_unfinished(datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert store.discard_unfinished(datetime.now(UTC), dry_run=True) == 1
    assert store.discard_unfinished(datetime.now(UTC)) == 1

    left = client(s3_options).list_multipart_uploads(Bucket="stories")["Uploads"]
    assert sorted(upload["Key"] for upload in left) == others


def test_what_is_closed_gets_a_new_name_where_every_name_is_public(
    s3_options: dict[str, Any],
) -> None:
    store = s3_store(s3_options, folder="assets", public_url="https://cdn.example.org")
    stored = store.save(KEY, io.BytesIO(b"x"), "image/png")

    closed = store.set_private(stored, private=True)

    assert closed.key != stored.key
    assert (PurePosixPath(closed.key).parent.name, PurePosixPath(closed.key).suffix) == (
        "image",
        ".png",
    )
    with store.open(closed) as file:
        assert file.read() == b"x"
    head = client(s3_options).head_object(Bucket="stories", Key=f"assets/{closed.key}")
    assert (head["ContentType"], head["CacheControl"]) == (
        "image/png",
        "max-age=31536000, immutable",
    )
    assert store.exists(stored)
    assert store.set_private(closed, private=False) == closed


def test_a_server_that_is_not_there_is_reported_soon() -> None:
    store = S3Store("b", region="x", endpoint="http://127.0.0.1:9", access_key="a", secret_key="b")

    with pytest.raises(StorageUnavailable):
        store.save(KEY, io.BytesIO(b"x"), "image/png")


def test_secrets_are_not_shown() -> None:
    assert "hidden" not in repr(S3Store("b", access_key="hidden", secret_key="hidden"))
