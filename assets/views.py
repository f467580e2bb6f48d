"""How are files of the local store served? Typed, in ranges, cached for ever, harmless in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from assets.errors import StoredFileMissing
from assets.queries.addresses import store_of
from assets.queries.delivery import Delivered, find_delivered
from assets.storage.base import StoredFile

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_CHUNK = 64 * 1024
_INLINE = ("image/", "audio/", "video/")


# Nothing is changed here: what is no GET or HEAD gets its 405, not a complaint about a token.
@csrf_exempt
@require_safe
def media(request: HttpRequest, key: str) -> HttpResponseBase:
    """One stored file; a private one only for a signed link, its owner or an admin.

    Keys are never used again for other bytes, so an answer may be kept for ever.
    """
    found = find_delivered(key, request.actor, request.GET.get("token"))
    if found is None:
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    if found.address is not None:
        moved = HttpResponseRedirect(found.address)
        moved["Cache-Control"] = "no-store"
        return moved
    if {found.etag, "*"} & _known_tags(request):
        return _with_headers(HttpResponse(status=304), found, request)
    try:
        file = store_of("local").open(StoredFile(key, "local"))
    except StoredFileMissing:
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    return _with_headers(_answer(request, file, found), found, request)


def _known_tags(request: HttpRequest) -> set[str]:
    """What the browser says it has; proxies that compress make tags weak."""
    known = request.headers.get("If-None-Match", "").split(",")
    return {one.strip().removeprefix("W/") for one in known}


def _answer(request: HttpRequest, file: BinaryIO, found: Delivered) -> HttpResponseBase:
    size = file.seek(0, 2)
    file.seek(0)
    wanted = request.headers.get("Range", "")
    if_range = request.headers.get("If-Range")
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or not _is_a_range(match) or (if_range and if_range != found.etag):
        response: HttpResponseBase = FileResponse(file, content_type=found.mime_type)
        response["Content-Length"] = str(size)
        return response
    start, end = _span(match, size)
    if start >= size or start > end:
        file.close()
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    file.seek(start)
    part = StreamingHttpResponse(
        _pieces(file, end - start + 1), status=206, content_type=found.mime_type
    )
    part["Content-Range"] = f"bytes {start}-{end}/{size}"
    part["Content-Length"] = str(end - start + 1)
    return part


def _is_a_range(match: re.Match[str]) -> bool:
    """False for what a server has to pass over: no number at all, or an end before the start."""
    first, last = match.groups()
    return bool(first or last) and not (first and last and int(last) < int(first))


def _span(match: re.Match[str], size: int) -> tuple[int, int]:
    """First and last byte; a range without a start counts from the end (RFC 9110, section 14.1.2)."""
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (piece := file.read(min(_CHUNK, left))):
            left -= len(piece)
            yield piece


def _with_headers(
    response: HttpResponseBase, found: Delivered, request: HttpRequest
) -> HttpResponseBase:
    scope = "public" if found.is_public else "private"
    response["Cache-Control"] = f"{scope}, max-age=31536000, immutable"
    response["ETag"] = found.etag
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    # Should a browser ever take a file for a page, that page can do nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if settings.DEBUG or found.is_public:
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    download = request.GET.get("download") or not found.mime_type.startswith(_INLINE)
    header = content_disposition_header(bool(download), found.file_name)
    if header:
        response["Content-Disposition"] = header
    return response
