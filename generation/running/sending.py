"""How does a call leave this machine? The only module that sends HTTP (listening.py opens WebSockets).

A deadline for the whole exchange (a per-read timeout lets one byte a second through), a cap on the body,
no redirect for a call with a key, and addresses out of answers only over checked public addresses.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from generation.providers.base import Call, Reply, host_of, is_allowed_host
from generation.providers.failures import BadOutput, Busy, ProviderFailure, UnknownAfterSend
from generation.running.addresses import AddressRefused, CheckedAddress, checked_address
from generation.running.listening import listen

CONNECT_SECONDS = 10.0
REDIRECTS_MAX = 3
_PIECE_BYTES = 64 * 1024
_WATCH_SECONDS = 0.5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Wanted = Callable[[], bool]


class Sender(Protocol):
    """Who asks: the hosts that get its key, and the key."""

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that get the key."""

    def authorization(self) -> Mapping[str, str]:
        """The headers with the key."""


def send(provider: Sender, call: Call, *, wanted: Wanted = lambda: True) -> Reply:
    """Send a call and read the whole answer; `wanted` turning false cuts it off.

    Raises Busy when it did not get through or its answer was lost, UnknownAfterSend instead when the call
    is paid, went out, and is not idempotent; BadOutput for a body larger than it may be, and for an
    address that is not fetched. An optional call raises nothing.
    """
    try:
        return _sent(provider, call, wanted)
    except ProviderFailure:
        if not call.optional:
            raise
        return Reply(0, {}, b"", call.url)


def _sent(provider: Sender, call: Call, wanted: Wanted) -> Reply:
    if call.untrusted:
        return _fetched(call, wanted)
    # The key goes to the provider's own hosts, and to no other.
    key = provider.authorization() if host_of(call.url) in provider.hosts else {}
    headers = {**call.headers, **key}
    if call.listen_seconds:
        return listen(call, headers, wanted)
    return _Exchange(call, headers, WatchedAdapter(), wanted).reply(call.url)


def _fetched(call: Call, wanted: Wanted) -> Reply:
    url = call.url
    for _hop in range(REDIRECTS_MAX + 1):
        adapter = WatchedAdapter(_checked(url, call))
        reply = _Exchange(call, dict(call.headers), adapter, wanted).reply(url)
        target = reply.headers.get("location")
        if reply.status not in _REDIRECTS or not target:
            return reply
        url = urljoin(url, target)
    raise BadOutput(f"The result's address redirects more than {REDIRECTS_MAX} times.")


def _checked(url: str, call: Call) -> CheckedAddress:
    if not is_allowed_host(url, call.allowed_hosts):
        raise BadOutput("The result lies on a host that it may not come from.")
    try:
        return checked_address(url, local_hosts=frozenset(settings.PROVIDER_LOCAL_HOSTS))
    except AddressRefused as problem:
        raise BadOutput(problem.message) from problem


class WatchedAdapter(HTTPAdapter):
    """Connects to a checked address, where one is given, and can cut its connections off at any moment.

    What the name means a moment later does not count (DNS rebinding); the certificate is still checked
    against the name.
    """

    def __init__(self, address: CheckedAddress | None = None) -> None:
        self.address = address
        self.sockets: list[Any] = []
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        """Requests' place for it: the pool's host is the address, the name goes into TLS."""
        host, known = super().build_connection_pool_key_attributes(request, verify, cert)
        pool: dict[str, Any] = {**known}
        if self.address is not None:
            host["host"] = self.address.ip
            if host["scheme"] == "https":
                pool |= {"server_hostname": self.address.host, "assert_hostname": self.address.host}
        return host, pool

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """The pool, whose connections tell us their sockets."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        pool.ConnectionCls = _watched(pool.ConnectionCls, self.sockets)
        return pool

    def cut(self) -> None:
        """End every connection: whoever reads from one gets an error at once."""
        for sock in self.sockets:
            with suppress(OSError):
                sock.shutdown(2)


def _watched(kind: Any, sockets: list[Any]) -> Any:
    class Watched(kind):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    return Watched


class _Exchange:
    """One request and its answer under one deadline."""

    def __init__(
        self, call: Call, headers: dict[str, str], adapter: WatchedAdapter, wanted: Wanted
    ) -> None:
        self.call = call
        self.headers = headers
        self.adapter = adapter
        self.wanted = wanted
        self.over = threading.Event()
        self.was_cut = False
        self.deadline = time.monotonic() + call.timeout_seconds

    def reply(self, url: str) -> Reply:
        watch = threading.Thread(target=self._watch, name="call-deadline", daemon=True)
        watch.start()
        try:
            with requests.Session() as session:
                # No proxies and no netrc from the environment: the latter would replace our key.
                session.trust_env = False
                session.mount("https://", self.adapter)
                session.mount("http://", self.adapter)
                reply = self._exchanged(session, url)
        except requests.RequestException as problem:
            raise self._failure(problem) from problem
        except OSError as problem:
            raise self._failure(problem) from problem
        finally:
            self.over.set()
            watch.join()
        if self.was_cut:
            # Headers that break off look like headers that end.
            raise self._failure(TimeoutError())
        return reply

    def _exchanged(self, session: requests.Session, url: str) -> Reply:
        headers = dict(self.headers)
        if self.adapter.address is not None:
            headers["Host"] = urlsplit(url).netloc
        with session.request(
            self.call.method,
            url,
            headers=headers,
            json=self.call.json,
            params=dict(self.call.params) if self.call.params else None,
            data=dict(self.call.form) if self.call.form else None,
            timeout=(min(CONNECT_SECONDS, self.call.timeout_seconds), self.call.timeout_seconds),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Reply(
                status=answer.status_code,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=self._body(answer),
                url=url,
            )

    def _body(self, answer: requests.Response) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in answer.iter_content(_PIECE_BYTES):
            size += len(piece)
            if size > self.call.max_bytes:
                raise BadOutput(f"The answer is larger than {self.call.max_bytes} bytes.")
            pieces.append(piece)
        return b"".join(pieces)

    def _watch(self) -> None:
        """Cut the connection at the deadline, or soon after nobody wants the answer any more."""
        while not self.over.wait(_WATCH_SECONDS):
            if time.monotonic() > self.deadline or not self.wanted():
                self.was_cut = True
                self.adapter.cut()
                return

    def _failure(self, problem: Exception) -> ProviderFailure:
        went_out = bool(self.adapter.sockets)
        late = time.monotonic() > self.deadline or isinstance(problem, requests.ReadTimeout)
        said = (
            f"no whole answer within {self.call.timeout_seconds:g} seconds"
            if late
            else _in_words(problem)
        )
        if went_out and self.call.paid and not self.call.idempotent:
            return UnknownAfterSend(said)
        return Busy(said)


def _in_words(problem: Exception) -> str:
    """What happened on the way, without the address: it may hold a signature."""
    if isinstance(problem, requests.exceptions.SSLError):
        return "the TLS connection was refused"
    if isinstance(problem, requests.ConnectTimeout):
        return "no connection in time"
    if isinstance(problem, requests.exceptions.ChunkedEncodingError):
        return "the answer broke off"
    return "the connection failed"
