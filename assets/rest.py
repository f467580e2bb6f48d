"""`POST /api/upload/`: one file by a plain form, for clients that speak no GraphQL.

Errors are `{"error", "code"}`, with "field" and "details" where there are any, under 400, 401, 403 or 404, as
the clients of this address expect; 503 when the storage does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from assets.errors import FileTooLarge
from assets.ports import AttachedScene
from assets.queries.addresses import asset_url, full_asset_url
from assets.queries.assets import assets_by_id
from assets.queries.facts import file_name_of, megabytes_of, public_metadata_of
from assets.services.attaching import Place, upload_into_scene
from assets.services.uploads import NewAsset, upload_asset
from storycore.access import Actor, require_login
from storycore.errors import Forbidden, InvalidInput, StoryCoreError
from storycore.graphql.errors import Refusal
from storycore.graphql.preflight import require_preflight
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_TOLD_STATUSES = frozenset({400, 401, 403, 404, 503})
_FIELDS = {"image_id": "image", "sound_id": "sound", "music_id": "music"}
_DEFAULT_FIELDS = {"image": "image", "sound": "sound"}
_YES = frozenset({"1", "true", "yes", "on"})


# No CSRF token: a cookie counts only with a header that a foreign page cannot send, as at /graphql.
@csrf_exempt
def upload(request: HttpRequest) -> JsonResponse:
    """Check and store a file; 201 with the asset, and with the scene when it was put into one."""
    if request.method != "POST":
        response = JsonResponse({"error": "Send POST.", "code": "BAD_USER_INPUT"}, status=405)
        response["Allow"] = "POST"
        return response
    try:
        return JsonResponse(_uploaded(request), status=201)
    except StoryCoreError as problem:
        status = problem.status if problem.status in _TOLD_STATUSES else 400
        return JsonResponse(_refusal(problem), status=status)


def _refusal(problem: StoryCoreError) -> dict[str, Any]:
    body: dict[str, Any] = {"error": problem.message, "code": problem.code}
    if problem.field:
        body["field"] = problem.field
    return body | ({"details": problem.details} if problem.details else {})


def _uploaded(request: HttpRequest) -> dict[str, Any]:
    actor = _checked_actor(request)
    form, file = _form(request)
    new = NewAsset(
        type=form.get("type", ""),
        file_name=file.name or "",
        mime_type=file.content_type,
        name=form.get("name"),
        is_public=form.get("is_public", "").strip().lower() in _YES,
    )
    place = _place(form, new.type)
    scene: AttachedScene | None = None
    if place is None:
        key = upload_asset(actor, file, new)
    else:
        key, scene = upload_into_scene(actor, file, new, place)
    row = assets_by_id.find(actor, key, None) or {"_id": key}
    body = {"success": True, "message": "Asset uploaded.", "asset": _asset(row)}
    return body | ({"scene": _scene(scene)} if scene else {})


def _checked_actor(request: HttpRequest) -> Actor:
    """Who sends this, known before a byte of the body is read."""
    try:
        require_preflight(request)
    except Refusal as refusal:
        raise Forbidden(str(refusal)) from refusal
    actor: Actor = request.actor
    require_login(actor)
    return actor


def _form(request: HttpRequest) -> tuple[Mapping[str, str], UploadedFile]:
    """The text fields and the one file, however broken the body is."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.GRAPHQL_MAX_UPLOAD_BYTES:
        most = settings.GRAPHQL_MAX_UPLOAD_BYTES
        raise FileTooLarge(
            f"The request has {length} bytes.",
            reason="BYTES",
            allowed=f"Allowed are {most} bytes.",
            limit=most,
        )
    try:
        form, files = request.POST, request.FILES
    except (
        RequestDataTooBig,
        SuspiciousOperation,
        MultiPartParserError,
        UnreadablePostError,
        ValueError,
    ) as problem:
        raise InvalidInput("The body is not multipart/form-data.") from problem
    if len(files.getlist("file")) != 1:
        raise InvalidInput("Send one file in the field file.", field="file")
    return form.dict(), files["file"]


def _place(form: Mapping[str, str], type_: str) -> Place | None:
    if not form.get("scene_id"):
        return None
    scene = parse_id(form["scene_id"], field="scene_id")
    named = form.get("asset_field")
    field = _FIELDS.get(named) if named else _DEFAULT_FIELDS.get(type_)
    if field is None:
        raise InvalidInput(f"asset_field is one of {', '.join(_FIELDS)}.", field="asset_field")
    return Place(scene, field)


def _asset(row: Row) -> dict[str, Any]:
    key = str(row["_id"])
    facts = row.get("metadata") or {}
    return {
        "id": key,
        "mongoId": key,
        "type": row["type"],
        "name": row["name"],
        "filename": file_name_of(row),
        "url": asset_url(row),
        "fullUrl": full_asset_url(row),
        "fileSize": facts.get("size"),
        "fileSizeMb": megabytes_of(row),
        "mimeType": facts.get("mimeType"),
        "metadata": public_metadata_of(row),
        "isPublic": bool(row.get("is_public")),
        "createdAt": row["created_at"].isoformat(),
    }


def _scene(scene: AttachedScene) -> dict[str, str]:
    key = str(scene.id)
    return {"id": key, "mongoId": key, "title": scene.title, "assetField": f"{scene.field}_id"}
