"""A request has one id: in the answer, on the request, on log lines; sync and async alike."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from storycore.logs import REQUEST_ID
from storycore.requests import HEADER, RequestIdMiddleware, client_address

MADE = re.compile(r"[0-9a-f]{32}")
# What the view saw: the id on the request, and the one that log lines get.
seen: list[tuple[str, str]] = []


def answer(request: HttpRequest) -> HttpResponse:
    seen.append((request.request_id, REQUEST_ID.get()))  # type: ignore[attr-defined]
    return HttpResponse("fine")


async def answer_async(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return answer(request)


def ask(given: str | None) -> HttpResponse:
    request = RequestFactory().get("/", headers={HEADER: given} if given is not None else {})
    response = RequestIdMiddleware(answer)(request)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize(
    "given", ["0b8a1f3c-6d1e-4b7a-9f5e-2d3c4b5a6978", "trace.id_12345", "a" * 64, "12345678"]
)
def test_takes_the_callers_id(given: str) -> None:
    seen.clear()

    assert ask(given).headers[HEADER] == given
    assert seen == [(given, given)]
    assert REQUEST_ID.get() == ""


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "short",
        "a" * 65,
        "has space 12",
        "line\nbreak123",
        'quote"12345',
        "ünïcödé-123",
        "{$gt: ''}",
    ],
)
def test_makes_one_when_the_callers_is_missing_or_malformed(given: str | None) -> None:
    seen.clear()

    made = ask(given).headers[HEADER]

    assert MADE.fullmatch(made)
    assert seen == [(made, made)]
    assert ask(given).headers[HEADER] != made


def test_concurrent_requests_keep_their_own_ids() -> None:
    seen.clear()
    middleware = RequestIdMiddleware(answer_async)
    ids = [f"request-{number:04}" for number in range(20)]

    async def ask_all() -> list[str]:
        requests = [RequestFactory().get("/", headers={HEADER: one}) for one in ids]
        responses = await asyncio.gather(*(middleware(request) for request in requests))  # type: ignore[arg-type]
        return [response.headers[HEADER] for response in responses]

    assert asyncio.run(ask_all()) == ids
    assert sorted(seen) == [(one, one) for one in ids]


def test_the_id_is_forgotten_when_the_view_fails(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_request: HttpRequest) -> HttpResponse:
        logging.getLogger(__name__).error("about to fail with %s", REQUEST_ID.get())
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        RequestIdMiddleware(fail)(RequestFactory().get("/", headers={HEADER: "12345678"}))

    assert caplog.messages == ["about to fail with 12345678"]
    assert REQUEST_ID.get() == ""


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        # Without proxies of ours the header is the client's own word.
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.8", "1.1.1.1"),
        # A request that went around a proxy.
        (2, "6.6.6.6", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "1.1.1.1,", "10.0.0.9"),
    ],
)
def test_the_address_is_the_one_our_proxies_saw(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == expected


@pytest.mark.parametrize("path", ["/graphql/", "/api/projects", "/"])
@pytest.mark.parametrize("debug", [True, False])
def test_another_host_name_is_refused_in_json(
    client: Client, settings: Any, path: str, debug: bool
) -> None:
    settings.ALLOWED_HOSTS, settings.DEBUG = ["stories.example"], debug

    answer = client.get(path, headers={"host": "evil.example"})

    told = answer.json()
    assert (answer.status_code, told["errors"][0]["extensions"]["reason"]) == (400, "UNKNOWN_HOST")
    assert told["detail"] == "The server is not known by this host name."
    assert MADE.fullmatch(answer[HEADER])
