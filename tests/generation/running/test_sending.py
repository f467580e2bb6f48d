"""What leaves this machine, what is let in, and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from generation.providers.base import Call
from generation.providers.failures import BadOutput, Busy, UnknownAfterSend
from generation.providers.http_service import HttpService
from generation.running.addresses import AddressRefused, checked_address, is_public
from generation.running.sending import send

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server whose every answer is written by `answer`; gives its address and the headers that it saw."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer(self)

        def do_POST(self) -> None:
            self.do_GET()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drips_headers(handler: BaseHTTPRequestHandler) -> None:
    """A byte of the headers every 50 ms: no single read takes long, and the end never comes."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def test_the_key_goes_to_the_providers_own_host_only() -> None:
    with serving(says(b"own")) as (own, at_own), serving(says(b"other")) as (other, at_other):
        provider = HttpService(base_url=own, api_key="a-secret-key")

        send(provider, Call("GET", f"{own}/x"))
        send(provider, Call("GET", f"{other}/x"))

    assert "a-secret-key" in at_own[0]["authorization"]
    assert "authorization" not in at_other[0]


def test_a_deadline_holds_for_headers_that_never_end() -> None:
    begun = time.monotonic()
    with serving(drips_headers) as (own, _seen), pytest.raises(Busy, match="within 1 seconds"):
        send(HttpService(base_url=own), Call("GET", f"{own}/x", timeout_seconds=1.0))

    assert time.monotonic() - begun < 4


def test_a_paid_call_that_is_cut_off_may_have_been_made() -> None:
    with serving(drips_headers) as (own, _seen), pytest.raises(UnknownAfterSend):
        send(HttpService(base_url=own), Call("GET", f"{own}/x", timeout_seconds=0.6, paid=True))


def test_nobody_waits_for_an_answer_that_is_no_longer_wanted() -> None:
    begun = time.monotonic()
    with serving(drips_headers) as (own, _seen), pytest.raises(Busy):
        send(
            HttpService(base_url=own),
            Call("GET", f"{own}/x", timeout_seconds=60.0),
            wanted=lambda: time.monotonic() - begun < 0.3,
        )

    assert time.monotonic() - begun < 5


def test_nothing_listens() -> None:
    with pytest.raises(Busy, match="connection failed"):
        send(
            HttpService(base_url="http://127.0.0.1:9"),
            Call("GET", "http://127.0.0.1:9/x", paid=True),
        )


def test_a_body_is_capped_while_it_is_read() -> None:
    with (
        serving(says(b"x" * 300_000)) as (own, _seen),
        pytest.raises(BadOutput, match="larger than"),
    ):
        send(HttpService(base_url=own), Call("GET", f"{own}/x", max_bytes=100_000))


def test_an_untrusted_address_carries_no_key_and_keeps_its_name(settings: Any) -> None:
    with serving(says(b"a picture")) as (own, seen):
        host = own.removeprefix("http://").replace("127.0.0.1", "localhost")
        settings.PROVIDER_LOCAL_HOSTS = [host]
        provider = HttpService(base_url=f"http://{host}", api_key="a-secret-key")

        reply = send(provider, Call("GET", f"http://{host}/x", untrusted=True))

    assert reply.body == b"a picture"
    assert seen[0]["host"] == host
    assert "authorization" not in seen[0]


def test_an_untrusted_redirect_is_checked_again(settings: Any) -> None:
    astray = says(b"", 302, Location="http://169.254.169.254/latest/meta-data/")
    with serving(astray) as (own, _seen):
        settings.PROVIDER_LOCAL_HOSTS = [own.removeprefix("http://")]

        with pytest.raises(BadOutput, match="https"):
            send(HttpService(base_url=own), Call("GET", f"{own}/x", untrusted=True))


def test_redirects_end(settings: Any) -> None:
    with serving(says(b"", 302, Location="/again")) as (own, seen):
        settings.PROVIDER_LOCAL_HOSTS = [own.removeprefix("http://")]

        with pytest.raises(BadOutput, match="more than 3 times"):
            send(HttpService(base_url=own), Call("GET", f"{own}/x", untrusted=True))

    assert len(seen) == 4


def test_an_untrusted_result_comes_from_the_named_hosts_only(settings: Any) -> None:
    with serving(says(b"x")) as (own, seen):
        settings.PROVIDER_LOCAL_HOSTS = [own.removeprefix("http://")]
        call = Call("GET", f"{own}/x", untrusted=True, allowed_hosts=(".example.org",))

        with pytest.raises(BadOutput, match="host"):
            send(HttpService(base_url=own), call)

    assert seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/x",
        "https://100.64.0.1/x",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "https://user:secret@example.org/x",
        "ftp://example.org/x",
        "https:///x",
    ],
)
def test_an_address_that_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        checked_address(url, local_hosts=frozenset())


def test_a_named_host_of_ones_own_is_let_through() -> None:
    found = checked_address("http://127.0.0.1:8188/x", local_hosts=frozenset({"127.0.0.1:8188"}))

    assert (found.ip, found.port) == ("127.0.0.1", 8188)
    with pytest.raises(AddressRefused):
        checked_address("http://127.0.0.1:8189/x", local_hosts=frozenset({"127.0.0.1:8188"}))


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fd00::1", False),
        ("224.0.0.1", False),
        ("198.18.0.1", False),
    ],
)
def test_what_is_public(ip: str, *, expected: bool) -> None:
    assert is_public(ip) is expected
