"""What did a REST client send? A JSON object, or why not."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from storycore.errors import InvalidInput, StoryCoreError

FORM = "application/x-www-form-urlencoded"


class MalformedBody(StoryCoreError):
    """The body is not the JSON that it says it is."""

    code = "MALFORMED_BODY"
    status = 400


class BodyTooLarge(StoryCoreError):
    """The body is larger than the server reads."""

    code = "BODY_TOO_LARGE"
    status = 413


def object_in(request: HttpRequest) -> dict[str, Any]:
    """The object that a request brings: JSON, or the fields of a form; no body and other types are {}.

    Raises MalformedBody, BodyTooLarge, and InvalidInput for JSON that is no object.
    """
    try:
        raw = request.body
    except RequestDataTooBig as problem:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise BodyTooLarge(f"A body has at most {most} bytes.") from problem
    except UnreadablePostError as problem:
        raise MalformedBody("The body ended before it was whole.") from problem
    if request.content_type == FORM:
        return dict(request.POST.items())
    if not raw.strip() or not (request.content_type or "").endswith("json"):
        return {}
    try:
        # orjson refuses NaN, broken UTF-8 and lone surrogates, and stops at its own nesting limit in C.
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as problem:
        raise MalformedBody(f"The body is not valid JSON: {problem}.") from problem
    if not isinstance(value, dict):
        raise InvalidInput("The body is not a JSON object.")
    return value
