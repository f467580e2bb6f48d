"""Carries an order through a provider as a job does, one call after the other, every call stored in between."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

import requests

from generation.providers import mock
from generation.providers.base import (
    CREATE,
    Call,
    Media,
    Next,
    Order,
    Provider,
    Reply,
    Text,
    may_carry_key,
)
from generation.providers.options import open_provider
from generation.running.listening import listen

KEYS = {
    "huggingface": "hf_0123456789abcdef",
    "fal": "01234567-89ab:cdef0123456789",
    "replicate": "r8_0123456789abcdef",
    "openai_compatible": "sk-0123456789abcdef",
    "elevenlabs": "sk_0123456789abcdef",
}
MAX_CALLS = 30


@dataclass
class Journey:
    """What became of an order, and every step on the way."""

    result: Media | Text
    calls: list[Call]
    steps: list[Next] = field(default_factory=list)


def opened(backend: str, base_url: str, **options: Any) -> Provider:
    """A provider of the table that talks to `base_url`."""
    told: dict[str, Any] = {} if backend == "mock" else {"base_url": base_url}
    if backend in KEYS:
        told["api_key"] = KEYS[backend]
    return open_provider({"BACKEND": backend, "OPTIONS": {**told, **options}})


def stored(call: Call) -> Call:
    """The call as it comes back out of a job."""
    return Call.from_json(json.loads(json.dumps(call.to_json())))


def sent(provider: Provider, call: Call, memory: MutableMapping[str, int]) -> Reply:
    """The answer to a call; redirects are not followed."""
    if call.url.startswith(mock.SCHEME):
        return mock.answer(call, memory)
    headers = {
        **call.headers,
        **(provider.authorization() if may_carry_key(provider, call) else {}),
    }
    if call.listen_seconds:
        return listen(call, headers, lambda: True)
    answer = requests.request(
        call.method,
        call.url,
        headers=headers,
        json=call.json,
        params=call.params,
        data=call.form,
        timeout=10,
        allow_redirects=False,
    )
    told = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status_code, told, answer.content, call.url)


def made(
    provider: Provider, order: Order, memory: MutableMapping[str, int] | None = None
) -> Journey:
    """Call after call until the result is there; nobody waits in between."""
    remembered: MutableMapping[str, int] = {} if memory is None else memory
    calls: list[Call] = []
    steps: list[Next] = []
    call, stage = stored(provider.request(order)), CREATE
    for _ in range(MAX_CALLS):
        calls.append(call)
        answer = provider.read(sent(provider, call, remembered), stage, order)
        if not isinstance(answer, Next):
            return Journey(answer, calls, steps)
        steps.append(answer)
        call, stage = stored(answer.call), answer.stage
    raise AssertionError(f"no result after {MAX_CALLS} calls")


def json_reply(body: Any, status: int = 200, url: str = "", **headers: str) -> Reply:
    """A JSON answer."""
    told = {"content-type": "application/json"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, told, json.dumps(body).encode(), url)
