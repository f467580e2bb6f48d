"""Which provider does a request to the fake server mean, is it let in, and what does it cost?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.provider_faults import (
    CONTENT,
    SILENT,
    Response,
    as_json,
    content_fault,
    error_body,
    status_fault,
)
from tests.fakes.provider_ledger import Charge, Ledger, media_of


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    base: str
    groups: tuple[str, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)

    def read_body(self) -> None:
        if self.headers.get("content-type", "").startswith("application/json") and self.raw:
            parsed = json.loads(self.raw)
            self.body = parsed if isinstance(parsed, dict) else {}
        elif self.raw:
            self.body = dict(parse_qsl(self.raw.decode()))


class Answered(Exception):
    """The answer is known before the work is done."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


Act = Callable[[Ledger, Request], Response]
ROUTES: list[tuple[str, re.Pattern[str], str, Act]] = []


def route(method: str, pattern: str, provider: str) -> Callable[[Act], Act]:
    def keep(act: Act) -> Act:
        ROUTES.append((method, re.compile(pattern), provider, act))
        return act

    return keep


def answer(ledger: Ledger, request: Request) -> Response:
    """What the provider whose path this is says."""
    for method, pattern, provider, act in ROUTES:
        match = pattern.fullmatch(request.path)
        if method != request.method or match is None or not is_for(provider, request):
            continue
        if provider in KEYS and not KEYS[provider](request.headers):
            return as_json(401, error_body(provider, 401, "invalid_api_key", "Invalid key."))
        request.groups = tuple(group or "" for group in match.groups())
        try:
            return act(ledger, request)
        except Answered as known:
            return known.response
    return as_json(404, {"error": f"The fake provider knows no {request.method} {request.path}."})


KEYS: dict[str, Callable[[dict[str, str]], bool]] = {
    "huggingface": lambda headers: headers.get("authorization", "").startswith("Bearer hf_"),
    "replicate": lambda headers: headers.get("authorization", "").startswith("Bearer r8_"),
    "fal": lambda headers: headers.get("authorization", "").startswith("Key "),
    "elevenlabs": lambda headers: bool(headers.get("xi-api-key")),
}


def is_for(provider: str, request: Request) -> bool:
    """Two providers share a path here and there; the form of the key tells them apart."""
    key = request.headers.get("authorization", "")
    if request.path.startswith(("/wavespeed/", "/zai-org/")):
        return provider == "huggingface"
    if request.path.startswith("/fal-ai/"):
        return (provider == "fal") == key.startswith("Key ")
    if request.path == "/v1/chat/completions":
        return (provider == "huggingface") == key.startswith("Bearer hf_")
    return True


def made(
    ledger: Ledger, request: Request, provider: str, task: str, model: str, prompt: str
) -> Charge:
    """Charge for an order, unless it meets a fault first."""
    fault = ledger.fault_for(prompt, "create")
    if fault and fault not in SILENT and fault not in CONTENT:
        raise Answered(status_fault(fault, provider))
    charge = ledger.charge(provider, task, model, prompt, request.headers.get("idempotency-key"))
    if fault in SILENT:
        raise Answered(Response(manner=fault))
    if fault in CONTENT:
        raise Answered(
            content_fault(fault, as_json(200, {"id": charge.id}), request.base + request.path)
        )
    return charge


def delivered(
    ledger: Ledger, request: Request, charge: Charge, good: Response, provider: str
) -> Response:
    """The bytes of a piece of work, unless a fault comes between."""
    fault = ledger.fault_for(charge.prompt, "deliver")
    if fault is None:
        charge.delivered += 1
        return good
    if fault in CONTENT:
        return content_fault(fault, good, request.base + request.path)
    return Response(manner=fault) if fault in SILENT else status_fault(fault, provider)


def media(
    ledger: Ledger, request: Request, charge: Charge, provider: str, **form: bool
) -> Response:
    body, kind = media_of(charge, **form)
    return delivered(ledger, request, charge, Response(200, body, {"Content-Type": kind}), provider)


def file_url(request: Request, charge: Charge) -> str:
    return f"{request.base}/files/{charge.id}.{'png' if charge.task == 'image' else 'mp3'}"
