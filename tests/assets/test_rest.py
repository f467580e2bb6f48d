"""`POST /api/upload/`: the twin of uploadAsset for clients that speak no GraphQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from storycore.access import Actor
from storycore.mongo.connection import database
from tests.assets import crafting as make
from tests.factories import a_scenario, a_scene, an_access_token


def upload(actor: Actor | None, *, path: str = "/api/upload/", **fields: Any) -> Any:
    known: dict[str, Any] = {"file": a_file(), "type": "image"}
    headers = {"Authorization": f"JWT {an_access_token(actor)}"} if actor else {}
    given = {name: value for name, value in (known | fields).items() if value is not None}
    return Client().post(path, given, headers=headers)


def a_file(data: bytes | None = None, name: str = "a.png", mime: str = "image/png") -> Any:
    return SimpleUploadedFile(name, make.png() if data is None else data, mime)


@pytest.mark.parametrize("path", ["/api/upload/", "/api/upload"])
def test_a_file_becomes_an_asset(owner: Actor, path: str) -> None:
    answer = upload(owner, path=path, name="A door", is_public="true")

    body = answer.json()
    assert (answer.status_code, body["success"], body["message"]) == (201, True, "Asset uploaded.")
    asset = body["asset"]
    assert list(asset) == [
        "id", "mongoId", "type", "name", "filename", "url", "fullUrl", "fileSize", "fileSizeMb",
        "mimeType", "metadata", "isPublic", "createdAt",
    ]  # fmt: skip
    assert (asset["id"], asset["name"], asset["type"]) == (asset["mongoId"], "A door", "image")
    assert (asset["isPublic"], asset["mimeType"]) == (True, "image/png")
    assert asset["fileSize"] == asset["metadata"]["size"]
    assert asset["fullUrl"].endswith(asset["url"])
    assert "scene" not in body


@pytest.mark.parametrize(
    ("named", "file", "field"),
    [
        (None, a_file, "image"),
        ("image_id", a_file, "image"),
        (None, lambda: a_file(make.wav(), "a.wav", "audio/wav"), "sound"),
        ("sound_id", lambda: a_file(make.wav(), "a.wav", "audio/wav"), "sound"),
        ("music_id", lambda: a_file(make.wav(), "a.wav", "audio/wav"), "music"),
    ],
)
def test_a_file_goes_into_a_scene(owner: Actor, named: str | None, file: Any, field: str) -> None:
    scene = a_scene(owner, a_scenario(owner), title="The Door")
    type_ = "image" if field == "image" else "sound"

    answer = upload(owner, file=file(), type=type_, scene_id=str(scene), asset_field=named)

    body = answer.json()
    assert answer.status_code == 201
    assert body["scene"] == {
        "id": str(scene),
        "mongoId": str(scene),
        "title": "The Door",
        "assetField": f"{field}_id",
    }
    stored = database()["scenes"].find_one({"_id": scene})
    assert stored is not None
    assert str(stored[field]) == body["asset"]["id"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"file": None}, 400, "BAD_USER_INPUT"),
        ({"type": None}, 400, "BAD_USER_INPUT"),
        ({"type": "hologram"}, 400, "BAD_USER_INPUT"),
        ({"type": "video"}, 400, "UNSUPPORTED_MEDIA"),
        ({"type": "sound"}, 400, "UNSUPPORTED_MEDIA"),
        ({"file": a_file(b"")}, 400, "EMPTY_FILE"),
        ({"file": a_file(make.png()[:90])}, 400, "CORRUPT_FILE"),
        ({"file": a_file(make.png() + b"\0" * 6_000_000)}, 400, "FILE_TOO_LARGE"),
        ({"file": a_file(name="a.svg")}, 400, "UNSUPPORTED_MEDIA"),
        ({"scene_id": "6b0137300000000000000000"}, 404, "NOT_FOUND"),
        ({"scene_id": "nonsense"}, 400, "BAD_USER_INPUT"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_refusal_names_its_code_and_leaves_nothing(
    owner: Actor, fields: dict[str, Any], status: int, code: str
) -> None:
    answer = upload(owner, **fields)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["error"]
    if code not in ("BAD_USER_INPUT", "NOT_FOUND"):
        assert answer.json()["field"] == "file"
        assert answer.json()["details"]["reason"]
    assert database()["assets"].count_documents({}) == 0


@pytest.mark.parametrize("field", ["text", "image", "sound_id"])
def test_a_wrong_place_is_refused_before_anything_is_stored(owner: Actor, field: str) -> None:
    scene = a_scene(owner, a_scenario(owner))

    answer = upload(owner, scene_id=str(scene), asset_field=field)

    assert answer.status_code == 400
    assert database()["assets"].count_documents({}) == 0


def test_nobody_may_upload() -> None:
    answer = upload(None)

    assert (answer.status_code, answer.json()["error"]) == (401, "Authentication required")


@pytest.mark.parametrize(("published", "status"), [(True, 403), (False, 404)])
def test_a_strangers_scene_takes_nothing(
    owner: Actor, stranger: Actor, *, published: bool, status: int
) -> None:
    scene = a_scene(owner, a_scenario(owner, is_published=published))

    answer = upload(stranger, scene_id=str(scene))

    assert answer.status_code == status
    assert database()["assets"].count_documents({}) == 0


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_answered(owner: Actor, method: str) -> None:
    answer = getattr(Client(), method)("/api/upload/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
    ],
)
def test_a_body_that_is_no_form_is_a_400(owner: Actor, body: bytes, content_type: str) -> None:
    headers = {"Authorization": f"Bearer {an_access_token(owner)}"}

    answer = Client().post("/api/upload/", body, content_type=content_type, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["code"] == "BAD_USER_INPUT"


def test_a_cookie_alone_uploads_nothing(owner: Actor) -> None:
    client = Client()
    client.cookies["sessionid"] = "whatever"

    answer = client.post("/api/upload/", {"file": a_file(), "type": "image"})

    assert answer.status_code in {401, 403}
