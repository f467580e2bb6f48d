"""What does this HTTP request ask? Bodies and URLs; every malformed form is a 4xx JSON answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from storycore.graphql.errors import malformed
from storycore.graphql.multipart import read_multipart
from storycore.graphql.strict_json import read_json

_UTF8 = frozenset({"utf-8", "utf8"})
_URL_PARAMETERS = ("query", "operationName", "variables", "extensions")


@dataclass(frozen=True, slots=True)
class Parameters:
    """One GraphQL request, its shapes checked and nothing else."""

    query: str | None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """What one HTTP request carries: a GraphQL request or a batch of them, and files to be closed."""

    requests: list[Parameters]
    is_batch: bool = False
    files: tuple[UploadedFile, ...] = ()


def from_url(request: HttpRequest) -> Received:
    """The GraphQL request in the URL of a GET.

    Raises Refusal.
    """
    try:
        query = request.GET
    except SuspiciousOperation:
        raise malformed("The URL has too many parameters.", reason="TOO_MANY_PARAMETERS") from None
    found: dict[str, Any] = {}
    for name in _URL_PARAMETERS:
        values = query.getlist(name)
        if len(values) > 1:
            raise malformed(f"{name} comes more than once.", reason="INVALID_PARAMETER")
        if values and values[0]:
            found[name] = values[0]
    for name in ("variables", "extensions"):
        if name in found:
            # A lone surrogate cannot come out of a URL, but it may come out of a test client.
            raw = found[name].encode("utf-8", "replace")
            _check_size(len(raw), settings.GRAPHQL_MAX_BODY_BYTES)
            found[name] = read_json(raw, what=name, max_depth=settings.GRAPHQL_MAX_JSON_DEPTH)
    return Received([parameters_of(found)])


def from_body(request: HttpRequest) -> Received:
    """The GraphQL requests in the body of a POST; the URL's parameters do not count there.

    Raises Refusal: 415 for a media type, charset or encoding we do not read, 413 for too many bytes, else 400.
    """
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {
        "",
        "identity",
    }:
        raise malformed(
            "Send the body without a content encoding.", reason="UNSUPPORTED_ENCODING", status=415
        )
    if request.content_params.get("charset", "utf-8").lower() not in _UTF8:
        raise malformed("Send the body in UTF-8.", reason="UNSUPPORTED_CHARSET", status=415)
    if request.content_type == "application/json":
        return _from_json(request)
    if request.content_type == "multipart/form-data":
        _check_size(_declared_bytes(request), settings.GRAPHQL_MAX_UPLOAD_BYTES)
        operations, files = read_multipart(request)
        if not isinstance(operations, dict):
            raise malformed("operations must be an object.", reason="INVALID_MULTIPART")
        return Received([parameters_of(operations)], files=files)
    raise malformed(
        "Send application/json, or multipart/form-data for files.",
        reason="UNSUPPORTED_MEDIA_TYPE",
        status=415,
        headers={"Accept-Post": "application/json, multipart/form-data"},
    )


def _from_json(request: HttpRequest) -> Received:
    limit = settings.GRAPHQL_MAX_BODY_BYTES
    _check_size(_declared_bytes(request), limit)
    try:
        raw = request.read(limit + 1)
    except (UnreadablePostError, OSError):
        raise malformed(
            "The body could not be read to its end.", reason="UNREADABLE_BODY"
        ) from None
    return from_json(raw)


def from_json(raw: bytes) -> Received:
    """The GraphQL requests in a JSON text. Raises Refusal."""
    _check_size(len(raw), settings.GRAPHQL_MAX_BODY_BYTES)
    value = read_json(raw, what="The body", max_depth=settings.GRAPHQL_MAX_JSON_DEPTH)
    if isinstance(value, dict):
        return Received([parameters_of(value)])
    if isinstance(value, list):
        return Received(_batch(value), is_batch=True)
    raise malformed("The body must be a JSON object.", reason="INVALID_BODY")


def _batch(items: list[Any]) -> list[Parameters]:
    most = settings.GRAPHQL_MAX_BATCH
    if most <= 1:
        raise malformed(
            "Batching is switched off: send one request at a time.", reason="BATCHING_OFF"
        )
    if not items or len(items) > most:
        raise malformed(f"A batch has 1 to {most} requests.", reason="BATCH_SIZE")
    if not all(isinstance(item, dict) for item in items):
        raise malformed("Every request of a batch must be a JSON object.", reason="INVALID_BODY")
    return [parameters_of(item) for item in items]


def parameters_of(found: Mapping[str, Any]) -> Parameters:
    """The GraphQL request in a JSON object. Raises Refusal."""
    query = found.get("query")
    if query is not None and not isinstance(query, str):
        raise malformed("query must be a string.", reason="INVALID_PARAMETER")
    name = found.get("operationName")
    if name is not None and not isinstance(name, str):
        raise malformed("operationName must be a string.", reason="INVALID_PARAMETER")
    return Parameters(
        query=query or None,
        operation_name=name or None,
        variables=_object(found, "variables"),
        extensions=_object(found, "extensions"),
    )


def _object(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed(f"{name} must be a JSON object.", reason="INVALID_PARAMETER")
    return value


def _declared_bytes(request: HttpRequest) -> int:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdecimal() else 0


def _check_size(size_bytes: int, limit: int) -> None:
    if size_bytes > limit:
        raise malformed(
            f"The request has more than {limit} bytes.", reason="BODY_TOO_LARGE", status=413
        )
