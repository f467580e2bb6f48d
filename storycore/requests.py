"""Which request is this, to whom, from where? An id the caller may choose; the address that limits count."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from random import getrandbits
from typing import Any, TypeAlias, cast

import orjson
from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from storycore.logs import REQUEST_ID

HEADER = "X-Request-Id"
# Long enough for every id in use (UUIDs, trace ids), too narrow to smuggle a line or a field into a log.
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")

Answer: TypeAlias = HttpResponseBase | Awaitable[HttpResponseBase]


def request_id_from(given: str | None) -> str:
    """The caller's id when it is well formed, else a new one."""
    if given and _WELL_FORMED.fullmatch(given):
        return given
    # No secret, so it need not come from the system: that would let another thread go first.
    return f"{getrandbits(128):032x}"


class RequestIdMiddleware:
    """Names the request before anything else sees it.

    The id is `request.request_id`, stands on every log line and in the answer's header.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        if self.is_async:
            return self._answer_async(request)
        request_id = _named(request)
        token = REQUEST_ID.set(request_id)
        try:
            response = cast("HttpResponseBase", self.get_response(request))
        finally:
            REQUEST_ID.reset(token)
        response.headers[HEADER] = request_id
        return response

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        request_id = _named(request)
        token = REQUEST_ID.set(request_id)
        try:
            response = await cast("Awaitable[HttpResponseBase]", self.get_response(request))
        finally:
            REQUEST_ID.reset(token)
        response.headers[HEADER] = request_id
        return response


class KnownHostMiddleware:
    """Sends away, in words that GraphQL and REST clients read, who calls us by a name that is not ours.

    Django alone would answer with a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            message = "The server is not known by this host name."
            told = {"code": "BAD_USER_INPUT", "reason": "UNKNOWN_HOST"}
            body = {"errors": [{"message": message, "extensions": told}], "detail": message}
            return HttpResponse(orjson.dumps(body), "application/json; charset=utf-8", status=400)
        return self.get_response(request)


def _named(request: Any) -> str:
    request.request_id = request_id_from(request.headers.get(HEADER))
    return cast("str", request.request_id)


def client_address(request: HttpRequest) -> str:
    """The address that rate limits count by.

    Each of our own proxies appends the address it was called from to X-Forwarded-For, so the TRUSTED_PROXIES-th
    from the right is the client's; what stands further left is the client's own word and counts for nothing.
    """
    peer: str = request.META.get("REMOTE_ADDR") or ""
    return address_behind_proxies(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""))


def address_behind_proxies(peer: str, forwarded_for: str) -> str:
    """The same from the peer's address and the header, for connections that are no Django requests."""
    proxies: int = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in forwarded_for.split(",")]
    if proxies == 0 or len(forwarded) < proxies:
        return peer
    return forwarded[-proxies] or peer
