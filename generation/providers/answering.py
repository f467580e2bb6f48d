"""What is in an answer that went well, and is it what was promised?"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from generation.providers.base import DOWNLOAD, JSON, Call, Media, Next, Reply, Text, host_of
from generation.providers.error_bodies import said_by, said_in
from generation.providers.failures import BadOutput, ContentRefused, failure_of

MAX_URL_CHARACTERS = 8192
DATA_URL = re.compile(r"data:([\w.+/-]*)((?:;[\w.+=-]+)*),", re.ASCII)
NO_MEDIA = re.compile(r"\s*(text/|application/(?:\w+\+)?(?:json|xml|problem))", re.IGNORECASE)


@dataclass(frozen=True)
class Fetching:
    """How results are fetched: `hosts` are the provider's own, `allowed_hosts` where results may lie."""

    hosts: frozenset[str]
    max_bytes: int
    timeout_seconds: float
    allowed_hosts: tuple[str, ...] = ()
    usage: Mapping[str, JSON] = field(default_factory=dict)
    details: Mapping[str, JSON] = field(default_factory=dict)


def require_success(reply: Reply, stage: str, secrets: Collection[str]) -> None:
    """Raise what an answer outside of 200 to 299 means."""
    if not 200 <= reply.status < 300:
        raise failure_of(reply, stage=stage, secrets=secrets)


def object_in(reply: Reply, stage: str, secrets: Collection[str]) -> dict[str, Any]:
    """The JSON object of a successful answer. Raises a failure for every other one."""
    require_success(reply, stage, secrets)
    try:
        parsed = json.loads(reply.body)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise BadOutput(_instead(reply, secrets, "a JSON object"))
    return parsed


def media_in(
    reply: Reply,
    stage: str,
    secrets: Collection[str],
    *,
    usage: Mapping[str, JSON] | None = None,
    details: Mapping[str, JSON] | None = None,
) -> Media:
    """The bytes of a successful answer. Raises BadOutput for none, and for a text instead of media."""
    require_success(reply, stage, secrets)
    declared = reply.headers.get("content-type")
    if not reply.body:
        raise BadOutput("it answered without any bytes")
    if declared and NO_MEDIA.match(declared):
        raise BadOutput(_instead(reply, secrets, "a picture or sound"))
    return Media(reply.body, _bare(declared), usage or {}, details or {})


def fetched(url: Any, fetching: Fetching) -> Media | Next:
    """A result by its address: the bytes in it, or the call that gets them.

    Raises BadOutput for what is no address that can be fetched.
    """
    if not isinstance(url, str) or (len(url) > MAX_URL_CHARACTERS and not url.startswith("data:")):
        raise BadOutput("the result's address is missing or too long")
    if url.startswith("data:"):
        return _data_media(url, fetching)
    try:
        host, parts = host_of(url), urlsplit(url)
    except ValueError:
        raise BadOutput("the result's address cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise BadOutput("the result's address is none that is fetched")
    own = host in fetching.hosts
    call = Call(
        "GET",
        url,
        timeout_seconds=fetching.timeout_seconds,
        max_bytes=fetching.max_bytes,
        untrusted=not own,
        allowed_hosts=() if own else fetching.allowed_hosts,
    )
    return Next(
        call,
        DOWNLOAD,
        message="fetching the result",
        usage=fetching.usage,
        details=fetching.details,
    )


def first_url(output: Any) -> str | None:
    """The first address in an output that may be a string, a list or an object with files in it."""
    if isinstance(output, str):
        return output
    if isinstance(output, list):
        return next((url for item in output[:50] if (url := first_url(item))), None)
    if isinstance(output, Mapping):
        names = ("url", "image", "images", "audio", "audio_file", "audio_url", "output", "file")
        return next((url for name in names if (url := first_url(output.get(name)))), None)
    return None


def openai_picture(answer: Mapping[str, Any], fetching: Fetching) -> Media | Next:
    """The picture of an answer in OpenAI's shape: inside it as base64, or the call that gets it.

    Raises BadOutput for none.
    """
    data = answer.get("data")
    first = data[0] if isinstance(data, list) and data else None
    if not isinstance(first, dict):
        raise BadOutput("it answered without a picture")
    usage, revised = answer.get("usage"), first.get("revised_prompt")
    details: dict[str, JSON] = {"revised_prompt": revised} if isinstance(revised, str) else {}
    found = replace(fetching, usage=usage if isinstance(usage, dict) else {}, details=details)
    if first.get("b64_json"):
        return Media(base64_bytes(first["b64_json"]), None, found.usage, found.details)
    return fetched(first.get("url"), found)


def chat_text(reply: Reply, stage: str, secrets: Collection[str]) -> Text:
    """The text of a chat completion in OpenAI's shape. Raises ContentRefused, BadOutput."""
    answer = object_in(reply, stage, secrets)
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise BadOutput(said_in(answer, secrets).text or "it answered without a message")
    if choice.get("finish_reason") == "content_filter" or message.get("refusal"):
        raise ContentRefused(said_in({"error": message.get("refusal")}, secrets).text)
    text, usage = message.get("content"), answer.get("usage")
    if not isinstance(text, str) or not text.strip():
        raise BadOutput("it answered with an empty text")
    model = answer.get("model")
    return Text(
        text,
        usage if isinstance(usage, dict) else {},
        model if isinstance(model, str) else None,
        {"finish_reason": str(choice.get("finish_reason") or "")},
    )


def _data_media(url: str, fetching: Fetching) -> Media:
    head = DATA_URL.match(url[:200])
    if head is None or len(url) > fetching.max_bytes * 4 // 3 + 200:
        raise BadOutput("the result inside the answer cannot be read or is too large")
    return Media(
        base64_bytes(url[head.end() :])
        if ";base64" in head[2]
        else unquote_to_bytes(url[head.end() :]),
        head[1] or None,
        fetching.usage,
        fetching.details,
    )


def base64_bytes(text: Any) -> bytes:
    """Bytes that came as base64. Raises BadOutput."""
    try:
        body = b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        raise BadOutput("the result is no base64") from None
    if not body:
        raise BadOutput("it answered without any bytes")
    return body


def _bare(declared: str | None) -> str | None:
    """The media type without its parameters; None for one that says nothing."""
    bare = (declared or "").partition(";")[0].strip().lower()
    return None if bare in ("", "application/octet-stream", "binary/octet-stream") else bare


def _instead(reply: Reply, secrets: Collection[str], promised: str) -> str:
    words = said_by(reply, secrets).text
    shown = f" ({words})" if words else ""
    return f"it answered something else than {promised}{shown}"
