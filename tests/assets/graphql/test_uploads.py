"""Uploads over GraphQL multipart, and what becomes of the file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from scenarios.demo.sounds import made_sound
from storycore.access import Actor
from storycore.mongo.connection import database
from tests.conftest import Api, CommandCounter
from tests.factories import a_scenario, a_scene, an_access_token, an_asset

UPLOAD = """mutation($file: Upload!, $type: String!, $name: String, $isPublic: Boolean) {
  uploadAsset(file: $file, type: $type, name: $name, isPublic: $isPublic) {
    success userErrors { field code message details }
    asset { id type name url fullUrl filename fileSize fileSizeMb mimeType width height duration
      metadata isPublic uploadedBy uploader { id name } thumbnailUrl usedIn { sceneId } createdAt
      thumbnails { url width height } } } }"""
DELETE = """mutation($id: ID!, $force: Boolean) { deleteAsset(id: $id, force: $force) {
  success deletedId clearedReferences usedIn { sceneId sceneTitle scenarioId field }
  userErrors { field code } } }"""

Upload = Callable[..., Any]


def a_picture(colour: str = "navy", size: tuple[int, int] = (640, 400)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def upload(content: None, db: None) -> Upload:
    """Sends one file as the multipart specification says; returns the whole answer."""

    def send(
        data: bytes,
        actor: Actor | None,
        *,
        file_name: str = "a.png",
        mime_type: str = "image/png",
        **variables: Any,
    ) -> Any:
        given = {"file": None, "type": "image"} | variables
        answer = Client().post(
            "/graphql/",
            {
                "operations": json.dumps({"query": UPLOAD, "variables": given}),
                "map": json.dumps({"0": ["variables.file"]}),
                "0": SimpleUploadedFile(file_name, data, mime_type),
            },
            headers={
                "GraphQL-Preflight": "1",
                **({"Authorization": f"JWT {an_access_token(actor)}"} if actor else {}),
            },
        )
        return answer.json()

    return send


def fetch(url: str, **headers: str) -> tuple[int, Any, bytes]:
    """Status, headers and body; reading it to the end closes the file behind it."""
    answer = Client().get(
        url, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return answer.status_code, answer.headers, body


def stored_files() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def empty_store(tmp_path: Path, settings: Any) -> None:
    """A media folder of the test's own."""
    from assets.queries.addresses import store_of  # noqa: PLC0415 - reads settings when first called

    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ASSET_STORES = {"local": {"root": settings.MEDIA_ROOT}}
    store_of.cache_clear()


def test_a_picture_becomes_an_asset_with_its_facts(upload: Upload, owner: Actor) -> None:
    payload = upload(a_picture(), owner, name="Sea")["data"]["uploadAsset"]

    asset = payload["asset"]
    assert (payload["success"], payload["userErrors"]) == (True, [])
    assert (asset["type"], asset["name"], asset["mimeType"]) == ("image", "Sea", "image/png")
    assert (asset["width"], asset["height"], asset["duration"]) == (640, 400, None)
    assert asset["fileSize"] == asset["metadata"]["size"] > 0
    assert asset["metadata"]["dominantColor"] == "#000080"
    assert asset["uploadedBy"] == asset["uploader"]["id"] == owner.user_id
    assert asset["isPublic"] is False
    assert asset["fullUrl"] == f"{settings.PUBLIC_URL}{asset['url']}"
    assert asset["filename"] in asset["url"]
    small, large = asset["thumbnails"]
    assert (small["width"], small["height"], small["url"]) == (320, 200, asset["thumbnailUrl"])
    assert (large["width"], large["height"]) == (640, 400)
    assert fetch(large["url"])[1]["Content-Type"] == "image/webp"
    kept = stored_files()
    assert len(kept) == 3
    assert all(name.startswith("image/") and "Sea" not in name for name in kept)


def test_a_sound_becomes_an_asset_with_its_length(upload: Upload, owner: Actor) -> None:
    answer = upload(
        made_sound("bell", 1), owner, file_name="b.wav", mime_type="audio/wav", type="sound"
    )

    asset = answer["data"]["uploadAsset"]["asset"]
    assert (asset["type"], asset["duration"], asset["thumbnailUrl"]) == ("sound", 6.0, None)
    assert asset["thumbnails"] == []
    assert asset["metadata"]["channels"] == 1


@pytest.mark.parametrize(
    ("data", "extra", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "UNSUPPORTED_MEDIA"),
        (b"<html><script>1</script>", {}, "UNSUPPORTED_MEDIA"),
        (b"", {}, "EMPTY_FILE"),
        (a_picture()[:300], {}, "CORRUPT_FILE"),
        (a_picture(), {"type": "sound"}, "UNSUPPORTED_MEDIA"),
        (a_picture(), {"file_name": "a.jpg"}, "UNSUPPORTED_MEDIA"),
        (a_picture(), {"mime_type": "image/gif"}, "UNSUPPORTED_MEDIA"),
        (a_picture() + b"\0" * 6_000_000, {}, "FILE_TOO_LARGE"),
        (a_picture(size=(6_000, 6_000)), {}, "TOO_MANY_PIXELS"),
        (a_picture(), {"type": "hologram"}, "BAD_USER_INPUT"),
        (a_picture(), {"name": "x" * 300 + "\x00"}, "BAD_USER_INPUT"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_refused_has_a_code_and_leaves_nothing(
    upload: Upload, owner: Actor, data: bytes, extra: dict[str, Any], code: str
) -> None:
    payload = upload(data, owner, **extra)["data"]["uploadAsset"]

    assert payload["success"] is False
    assert [one["code"] for one in payload["userErrors"]] == [code]
    assert payload["userErrors"][0]["message"]
    details = payload["userErrors"][0]["details"]
    assert details is None if code == "BAD_USER_INPUT" else details["reason"] and details["allowed"]
    assert database()["assets"].count_documents({}) == 0
    assert stored_files() == []


def test_uploading_needs_a_login(upload: Upload) -> None:
    answer = upload(a_picture(), None)

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert stored_files() == []


def test_a_literal_or_a_text_is_no_file(api: Api, owner: Actor) -> None:
    for query, variables in (
        (UPLOAD, {"file": "a.png", "type": "image"}),
        ('mutation { uploadAsset(file: "a.png", type: "image") { success } }', {}),
    ):
        answer = api(query, variables, owner)
        assert answer["errors"][0]["extensions"]["code"] in {
            "BAD_USER_INPUT",
            "GRAPHQL_VALIDATION_FAILED",
        }


def test_the_same_bytes_are_stored_once_and_stay_while_one_asset_uses_them(
    upload: Upload, api: Api, owner: Actor
) -> None:
    first = upload(a_picture(), owner)["data"]["uploadAsset"]["asset"]
    second = upload(a_picture(), owner)["data"]["uploadAsset"]["asset"]
    assert len(stored_files()) == 3

    api(DELETE, {"id": first["id"]}, owner)
    assert len(stored_files()) == 3
    api(DELETE, {"id": second["id"]}, owner)
    assert stored_files() == []
    assert database()["assets"].count_documents({}) == 0


def test_an_asset_in_use_is_kept_unless_forced(
    upload: Upload, api: Api, owner: Actor, stranger: Actor
) -> None:
    asset = upload(a_picture(), owner)["data"]["uploadAsset"]["asset"]["id"]
    scenario = a_scenario(owner)
    scene = a_scene(owner, scenario, title="Here", image=ObjectId(asset))

    refused = api(DELETE, {"id": asset}, owner)["data"]["deleteAsset"]
    assert refused["userErrors"] == [{"field": None, "code": "ASSET_IN_USE"}]
    assert refused["usedIn"] == [
        {
            "sceneId": str(scene),
            "sceneTitle": "Here",
            "scenarioId": str(scenario),
            "field": "image",
        }
    ]
    assert stored_files() != []

    forced = api(DELETE, {"id": asset, "force": True}, owner)["data"]["deleteAsset"]
    assert (forced["success"], forced["clearedReferences"]) == (True, 1)
    assert database()["scenes"].distinct("image") == [None]
    assert stored_files() == []


def test_only_the_owner_and_admins_change_an_asset(
    api: Api, owner: Actor, stranger: Actor, admin: Actor
) -> None:
    asset = str(an_asset(owner, file=None))
    rename = """mutation($id: ID!) { updateAsset(id: $id, input: {name: "Mine"}) {
      success asset { name } userErrors { code } } }"""

    for query in (rename, DELETE):
        name = "updateAsset" if query is rename else "deleteAsset"
        refused = api(query, {"id": asset}, stranger)["data"][name]
        assert [one["code"] for one in refused["userErrors"]] == ["FORBIDDEN"]
        nobody = api(query, {"id": asset})
        assert nobody["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert api(rename, {"id": asset}, admin)["data"]["updateAsset"]["asset"] == {"name": "Mine"}
    missing = api(DELETE, {"id": str(ObjectId())}, owner)["data"]["deleteAsset"]
    assert missing["userErrors"] == [{"field": "id", "code": "NOT_FOUND"}]


def test_private_assets_are_invisible_to_others(
    upload: Upload, api: Api, owner: Actor, stranger: Actor
) -> None:
    asset = upload(a_picture(), owner)["data"]["uploadAsset"]["asset"]
    path = asset["url"].partition("?")[0]
    query = """query($id: ID!) { asset(id: $id) { id } node(id: $id) { id } assets { id }
      assetsConnection { totalCount } }"""

    for actor in (None, stranger):
        assert api(query, {"id": asset["id"]}, actor)["data"] == {
            "asset": None,
            "node": None,
            "assets": [],
            "assetsConnection": {"totalCount": 0},
        }
        token = {"Authorization": f"JWT {an_access_token(actor)}"} if actor else {}
        assert fetch(path, **token)[0] == 404
    assert fetch(asset["url"])[0] == 200
    status, headers, _ = fetch(path, Authorization=f"JWT {an_access_token(owner)}")
    assert status == 200
    assert headers["Cache-Control"].startswith("private")


def test_files_are_served_whole_in_ranges_and_from_the_cache(upload: Upload, owner: Actor) -> None:
    asset = upload(a_picture(), owner, isPublic=True)["data"]["uploadAsset"]["asset"]
    url = asset["url"]

    status, headers, body = fetch(url)

    assert status == 200
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in headers["Cache-Control"]
    assert len(body) == asset["fileSize"]
    status, part, piece = fetch(url, Range="bytes=2-5")
    assert (status, piece) == (206, body[2:6])
    assert part["Content-Range"] == f"bytes 2-5/{len(body)}"
    assert fetch(url, Range="bytes=-3")[2] == body[-3:]
    assert fetch(url, Range=f"bytes={len(body)}-")[0] == 416
    assert fetch(url, Range="bytes=2-5", If_Range='"other"')[2] == body
    assert fetch(url, If_None_Match=headers["ETag"])[0] == 304
    assert fetch(url, If_None_Match="*")[0] == 304
    # What is no range is passed over (RFC 9110, section 14.2).
    for wanted in ("bytes=5-2", "bytes=-", "bytes=0-1,4-5", "lines=1-2"):
        assert fetch(url, Range=wanted)[::2] == (200, body)
    assert Client(enforce_csrf_checks=True).post(url).status_code == 405
    assert fetch("/media/image/../../secret")[0] == 404


@pytest.mark.parametrize("asker", ["owner", "stranger", "nobody"])
def test_listing_fifty_assets_costs_at_most_three_commands(
    api: Api, owner: Actor, stranger: Actor, commands: CommandCounter, asker: str
) -> None:
    story = a_scenario(owner, is_published=True)
    for _ in range(50):
        a_scene(owner, story, image=an_asset(owner))
    commands.names.clear()

    answer = api(
        """{ assets(limit: 50) { id name url metadata thumbnails { url } uploader { name }
          usedIn { sceneId sceneTitle } } }""",
        actor={"owner": owner, "stranger": stranger}.get(asker),
    )

    assert [len(one["usedIn"]) for one in answer["data"]["assets"]] == [1] * 50
    assert len(commands.names) <= 3, commands.names
