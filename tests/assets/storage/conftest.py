"""The three stores, each over something that answers as the real one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from assets.storage import open_store
from assets.storage.base import AssetStore
from tests.fakes.cloudinary_server import CLOUD, KEY, SECRET, Account, cloudinary_server


@dataclass
class Rig:
    """A store, how a browser would fetch one of its addresses, and how to make it fail."""

    store: AssetStore
    fetch: Callable[[str], tuple[int, bytes]]
    break_down: Callable[[], None]
    account: Account = field(default_factory=Account)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_options(s3_endpoint: str) -> dict[str, object]:
    """Options for a fresh, empty bucket."""
    requests.post(f"{s3_endpoint}/moto-api/reset", timeout=5)
    options: dict[str, object] = {
        "bucket": "stories",
        "region": "eu-central-1",
        "endpoint": s3_endpoint,
        "access_key": "test",
        "secret_key": "test",
    }
    boto3.client(
        "s3", region_name="eu-central-1", endpoint_url=s3_endpoint,
        aws_access_key_id="test", aws_secret_access_key="test",
    ).create_bucket(
        Bucket="stories", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )  # fmt: skip
    return options


@pytest.fixture
def local_rig(tmp_path: Path) -> Rig:
    root = tmp_path / "files"
    store = open_store("local", {"root": root})

    def fetch(address: str) -> tuple[int, bytes]:
        path = root / unquote(urlsplit(address).path.removeprefix("/media/"))
        return (200, path.read_bytes()) if path.is_file() else (404, b"")

    def break_down() -> None:
        # A file where a folder should be: no write can succeed, whoever runs the tests.
        root.mkdir(exist_ok=True)
        (root / "image").write_bytes(b"")

    return Rig(store, fetch, break_down)


@pytest.fixture
def s3_rig(s3_options: dict[str, object]) -> Rig:
    store = open_store("s3", {**s3_options, "folder": "assets"})

    def fetch(address: str) -> tuple[int, bytes]:
        answer = requests.get(address, timeout=5)
        return answer.status_code, answer.content

    def break_down() -> None:
        client = boto3.client(
            "s3", region_name="eu-central-1", endpoint_url=str(s3_options["endpoint"]),
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip
        client.delete_bucket(Bucket="stories")

    return Rig(store, fetch, break_down)


@pytest.fixture
def cloudinary_rig() -> Iterator[Rig]:
    with cloudinary_server() as (address, account):
        store = open_store(
            "cloudinary",
            {
                "cloud_name": CLOUD,
                "api_key": KEY,
                "api_secret": SECRET,
                "api_url": address,
                "folder": "stories",
            },
        )

        def fetch(link: str) -> tuple[int, bytes]:
            parts = urlsplit(link)
            assert (parts.scheme, parts.netloc) == ("https", "res.cloudinary.com")
            here = urlsplit(address)
            answer = requests.get(urlunsplit((here.scheme, here.netloc, *parts[2:])), timeout=5)
            return answer.status_code, answer.content

        def break_down() -> None:
            account.fault = "before"

        yield Rig(store, fetch, break_down, account)


@pytest.fixture(params=["local", "s3", "cloudinary"])
def rig(request: pytest.FixtureRequest) -> Rig:
    found: Rig = request.getfixturevalue(f"{request.param}_rig")
    return found


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
