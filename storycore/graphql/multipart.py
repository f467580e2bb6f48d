"""Is this multipart body a GraphQL request with files, exactly as its specification says?

The GraphQL multipart request specification, read strictly: one `operations`, one `map`, the files that `map`
names and nothing else; every path ends at a null that no other path fills.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.datastructures import MultiValueDict

from storycore.graphql.errors import Refusal, malformed
from storycore.graphql.strict_json import read_json

_INDEX = re.compile(r"0|[1-9][0-9]{0,4}")
_MAX_SEGMENTS = 8
# Longer than any boundary that Django accepts.
_TAIL_BYTES = 512

Files = dict[str, UploadedFile]


class _Parser(MultiPartParser):
    """Django's, but names are UTF-8: what is unprintable in Latin-1, so bytes of letters, would be dropped."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        name: str | None = super().sanitize_file_name(_utf8(file_name))
        return name


class _Stream:
    """The body as Django's parser reads it; keeps its end: that parser accepts a body that was cut off."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.tail = b""

    def read(self, size: int) -> bytes:
        """The next piece of the body."""
        piece = self._read(size)
        self.tail = (self.tail + piece)[-_TAIL_BYTES:]
        return piece


def read_multipart(request: HttpRequest) -> tuple[Any, tuple[UploadedFile, ...]]:
    """`operations` with the files in their places, and all files, which the caller closes.

    Raises Refusal: 413 when the text parts are too large, else 400.
    """
    fields, files = _parts(request)
    everything = _all(files)
    try:
        operations = _json_field(fields, "operations")
        places = _json_field(fields, "map")
        if surplus := fields.keys() - {"operations", "map"}:
            raise _bad(
                f"There are {len(surplus)} parts that are neither operations, map nor a file."
            )
        _place_all(operations, _checked_map(places, _single(files)))
    except Refusal:
        close_all(everything)
        raise
    return operations, everything


def close_all(files: tuple[UploadedFile, ...]) -> None:
    """Close the files, and so remove their temporary copies."""
    for file in files:
        file.close()


def _bad(message: str) -> Refusal:
    return malformed(message, reason="INVALID_MULTIPART")


def _parts(
    request: HttpRequest,
) -> tuple[MultiValueDict[str, str], MultiValueDict[str, UploadedFile]]:
    stream = _Stream(request.read)
    meta = dict(request.META)
    if "HTTP_TRANSFER_ENCODING" in meta and not meta.get("CONTENT_LENGTH"):
        # The parser takes "no length" for "no body"; in a chunked request it only means "not known before".
        meta["CONTENT_LENGTH"] = str(settings.GRAPHQL_MAX_UPLOAD_BYTES)
    try:
        # Latin-1 keeps every byte of a text part; decoding it as UTF-8 then fails on broken bytes, where the
        # parser by itself would replace them.
        parser = _Parser(meta, stream, request.upload_handlers, "latin-1")
        fields, files = parser.parse()
    except RequestDataTooBig:
        raise malformed(
            "The text parts are too large.", reason="BODY_TOO_LARGE", status=413
        ) from None
    except SuspiciousOperation:
        raise _bad("The body has too many parts.") from None
    except (MultiPartParserError, UnreadablePostError, OSError, ValueError):
        raise _bad("The body is not multipart/form-data.") from None
    boundary = request.content_params.get("boundary", "").encode("ascii", "replace")
    if b"--" + boundary + b"--" not in stream.tail:
        close_all(_all(files))
        raise _bad("The body ends before its last boundary.")
    return fields, files


def _all(files: MultiValueDict[str, UploadedFile]) -> tuple[UploadedFile, ...]:
    return tuple(part for _, parts in files.lists() for part in parts)


def _json_field(fields: MultiValueDict[str, str], name: str) -> Any:
    texts = fields.getlist(name)
    if len(texts) != 1:
        raise _bad(f"There must be exactly one text part {name}.")
    return read_json(
        texts[0].encode("latin-1"), what=name, max_depth=settings.GRAPHQL_MAX_JSON_DEPTH
    )


def _single(files: MultiValueDict[str, UploadedFile]) -> Files:
    if any(len(parts) != 1 for _, parts in files.lists()):
        raise _bad("Two file parts have the same name.")
    if len(files) > settings.GRAPHQL_MAX_FILES:
        raise malformed(
            f"There are more than {settings.GRAPHQL_MAX_FILES} files.", reason="TOO_MANY_FILES"
        )
    return {_utf8(name): parts[0] for name, parts in files.lists()}


def _utf8(name: str) -> str:
    """A name out of a part's header, which the parser decoded as Latin-1 unless the header said better."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def _checked_map(places: Any, files: Files) -> list[tuple[str, UploadedFile]]:
    """Every path with its file."""
    if not isinstance(places, dict):
        raise _bad("map must be an object.")
    if places.keys() != files.keys():
        raise _bad("The keys of map must be the names of the file parts.")
    found: list[tuple[str, UploadedFile]] = []
    for name, paths in places.items():
        if (
            not isinstance(paths, list)
            or not paths
            or not all(isinstance(one, str) for one in paths)
        ):
            raise _bad("Every value of map must be a list of paths.")
        found.extend((path, files[name]) for path in paths)
    if len({path for path, _ in found}) != len(found):
        raise _bad("Two files have the same path.")
    return found


def _place_all(operations: Any, placements: list[tuple[str, UploadedFile]]) -> None:
    if not isinstance(operations, dict):
        raise _bad("operations must be an object.")
    for path, file in placements:
        segments = path.split(".")
        if segments[0] != "variables" or not 2 <= len(segments) <= _MAX_SEGMENTS:
            raise _bad("A path starts with variables and has 2 to 8 segments.")
        holder: Any = operations
        for segment in segments[:-1]:
            holder = holder[_key(holder, segment)]
        last = _key(holder, segments[-1])
        if holder[last] is not None:
            raise _bad("A path must lead to a null.")
        holder[last] = file


def _key(holder: Any, segment: str) -> Any:
    """The segment as a key of an object or an index of a list that is really there."""
    if isinstance(holder, dict) and segment in holder:
        return segment
    if isinstance(holder, list) and _INDEX.fullmatch(segment) and int(segment) < len(holder):
        return int(segment)
    raise _bad("A path of map leads nowhere.")
