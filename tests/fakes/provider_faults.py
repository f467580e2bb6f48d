"""How the fake provider fails: which fault a prompt or a script asks for, and what is then answered.

A prompt asks for a fault by `fault:NAME`, for the first N times by `fault:NAME*N`, at a stage by
`fault:NAME@poll`. Stages are `create`, `poll` and `deliver` (the answer that holds the result's bytes, be
it the first one or a download). Without a stage each fault has the one where it makes sense.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

WORD = re.compile(r"fault:([a-z0-9-]+)(?:\*(\d+))?(?:@(create|poll|deliver))?")
RETRY_AFTER_SECONDS = 2
PRIVATE_ADDRESS = "http://169.254.169.254/latest/meta-data/"

# Answered with a status: before anything is made, unless the prompt says `@deliver`.
STATUSES = {
    "400": 400, "401": 401, "402": 402, "403": 403, "404": 404, "410": 410, "413": 413, "422": 422,
    "408": 408, "429": 429, "429-bare": 429, "429-window": 429, "429-crowd": 429,
    "500": 500, "502": 502, "503": 503, "504": 504,
    "quota": 402, "refused": 400, "html-500": 500, "html-503": 503,
}  # fmt: skip
# Charged, and then nothing is heard.
SILENT = frozenset({"timeout", "reset"})
# Charged and made, and then delivered as something else.
CONTENT = frozenset(
    {
        "slow", "truncated", "wrong-type", "html-200", "json-200", "empty", "garbage", "huge", "bomb",
        "svg", "redirect", "redirect-loop", "reset-midway", "pause",
    }
)  # fmt: skip
# The run itself ends badly, where there is a run.
RUNS = frozenset({"run-failed", "run-refused", "run-canceled", "run-aborted", "private-url"})
ALL = frozenset(STATUSES) | SILENT | CONTENT | RUNS


@dataclass(frozen=True)
class Fault:
    name: str
    stage: str
    times: int | None = None


@dataclass
class Response:
    """What is written to the line; `manner` is how."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "whole"
    # Said by a WebSocket (status 101), text as JSON and bytes as they are.
    messages: list[Any] = field(default_factory=list)


def stage_of(name: str) -> str:
    if name in CONTENT:
        return "deliver"
    return "poll" if name in RUNS else "create"


def asked_in(prompt: str) -> list[Fault]:
    """Every fault that a prompt asks for. An unknown name is an error of the test."""
    found = [
        Fault(name, stage or stage_of(name), int(times) if times else None)
        for name, times, stage in WORD.findall(prompt)
    ]
    unknown = [fault.name for fault in found if fault.name not in ALL]
    if unknown:
        raise ValueError(f"There is no fault {unknown}. Known are {sorted(ALL)}.")
    return found


def as_json(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    told = {"Content-Type": "application/json", **(headers or {})}
    return Response(status, json.dumps(body).encode(), told)


def status_fault(name: str, provider: str) -> Response:
    """The answer of a provider, in its own form, for a fault of STATUSES."""
    status = STATUSES[name]
    if name.startswith("html-"):
        page = (
            b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
        )
        return Response(status, page, {"Content-Type": "text/html"})
    code, words = {
        "quota": ("quota_exceeded", "This request exceeds your quota."),
        "refused": ("content_policy_violation", "Your request was rejected by our safety system."),
        "401": ("invalid_api_key", "Invalid key sk-live-0123456789abcdef in the request."),
        "404": ("not_found", "Model not found."),
        "429": ("rate_limit_exceeded", "Request was throttled."),
        "429-bare": ("rate_limit_exceeded", "Request was throttled."),
        "429-window": ("rate_limit_exceeded", "Too many requests."),
        "429-crowd": ("too_many_concurrent_requests", "Too many concurrent requests."),
    }.get(name, (f"http_{status}", f"The fake provider answers {status}."))
    if name == "quota" and provider in ("elevenlabs", "openai"):
        status, code = {"elevenlabs": (401, code), "openai": (429, "insufficient_quota")}[provider]
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if name == "429" else {}
    if name == "429-window":
        headers = {"ratelimit": '"api";r=0;t=55', "ratelimit-policy": '"api";q=500;w=300'}
    return as_json(status, error_body(provider, status, code, words), headers)


def error_body(provider: str, status: int, code: str, words: str) -> dict[str, Any]:
    if provider == "openai":
        return {
            "error": {
                "message": words,
                "type": "invalid_request_error",
                "param": None,
                "code": code,
            }
        }
    if provider == "elevenlabs":
        return {"detail": {"status": code, "message": words}}
    if provider == "replicate":
        return {"title": code, "detail": words, "status": status}
    if provider == "fal":
        return {"detail": words, "error_type": code}
    if provider == "comfyui":
        error = {"type": code, "message": words, "details": "", "extra_info": {}}
        return {"error": error, "node_errors": {}}
    return {"error": words}


def content_fault(name: str, good: Response, own_url: str) -> Response:
    """What comes instead of the good bytes."""
    kind = good.headers.get("Content-Type", "image/png")
    if name in ("slow", "truncated", "huge", "reset-midway", "pause"):
        return Response(200, good.body, good.headers, name)
    if name == "redirect":
        return Response(302, b"", {"Location": PRIVATE_ADDRESS})
    if name == "redirect-loop":
        return Response(302, b"", {"Location": own_url})
    if name == "json-200":
        return as_json(200, {"error": "the model crashed, key sk-live-0123456789abcdef"})
    body, told = {
        "wrong-type": (b"just a few words", "text/plain"),
        "html-200": (b"<html><head><title>Login</title></head></html>", "text/html"),
        "empty": (b"", kind),
        "garbage": (bytes(range(256)) * 64, kind),
        "bomb": (a_pixel_bomb(), "image/png"),
        "svg": (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "image/png",
        ),
    }[name]
    return Response(200, body, {"Content-Type": told})


def a_pixel_bomb(side: int = 30_000) -> bytes:
    """A PNG of 900 million pixels in about a hundred kilobytes, all of it valid."""
    packer = zlib.compressobj(9)
    row = b"\0" + bytes(side // 8)
    data = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
