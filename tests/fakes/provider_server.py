"""A real HTTP server that speaks as every provider does, charges for what it makes, and fails as it is told.

In tests: `with run_provider_server() as server`. Alone, for several processes at once:
`python -m tests.fakes.provider_server --port 9099`. Its books lie at GET /__ledger, a fault is scripted by
POST /__script {"match", "fault", "times"?, "stage"?}, POST /__reset forgets everything.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

from tests.fakes import (
    provider_calls,
    provider_comfyui,
    provider_fal,
    provider_routed,
    provider_runs,
)
from tests.fakes.provider_faults import Response, as_json
from tests.fakes.provider_ledger import Ledger, Seen
from tests.fakes.provider_routing import Request, answer

# Importing them is what fills the table of routes.
CONTRACTS = (provider_calls, provider_runs, provider_comfyui, provider_routed, provider_fal)

HUGE_BYTES = 300_000_000
PAUSE_SECONDS = 1.5
KEY_HEADERS = ("authorization", "xi-api-key")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_PUT(self) -> None:
        self.serve()

    def serve(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        raw = self.rfile.read(int(headers.get("content-length", 0)))
        query = dict(parse_qsl(parts.query))
        request = Request(self.command, parts.path, query, headers, raw, self.server.base)
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            response = self.answered(request)
            if response.status == 101:
                self.talk(response.messages)
            else:
                self.write(response)

    def answered(self, request: Request) -> Response:
        ledger = self.server.ledger
        try:
            request.read_body()
            if request.path.startswith("/__"):
                return administered(ledger, request)
            shown = {
                name: value for name, value in request.headers.items() if name not in KEY_HEADERS
            }
            had_key = any(name in request.headers for name in KEY_HEADERS)
            with ledger.lock:
                ledger.requests.append(
                    Seen(request.method, request.path, request.query, shown, request.body, had_key)
                )
            return answer(ledger, request)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            # The adapter left out what the contract asks for: say what, as a real API does.
            return as_json(422, {"error": f"{type(error).__name__}: {error}"})

    def write(self, response: Response) -> None:
        if response.manner == "timeout":
            self.server.stopping.wait(self.server.silent_seconds)
            return self.cut()
        if response.manner == "reset":
            return self.cut()
        if response.manner == "pause":
            self.server.stopping.wait(PAUSE_SECONDS)
        length = HUGE_BYTES if response.manner == "huge" else len(response.body)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if response.manner == "huge":
            return self.write_huge()
        if response.manner in ("truncated", "reset-midway"):
            self.wfile.write(response.body[: len(response.body) // 2])
            self.wfile.flush()
            return self.cut(abruptly=response.manner == "reset-midway")
        if response.manner == "slow":
            return self.drip(response.body)
        self.wfile.write(response.body)
        return None

    def talk(self, messages: list[Any]) -> None:
        """A WebSocket: the greeting, what there is to say, and silence until the other side has enough."""
        key = self.headers["Sec-WebSocket-Key"]
        self.send_response(101)
        for name, value in (
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_key(key)),
        ):
            self.send_header(name, value)
        self.end_headers()
        for message in messages:
            text = not isinstance(message, bytes)
            body = json.dumps(message).encode() if text else message
            frame = Frame(Opcode.TEXT if text else Opcode.BINARY, body)
            self.wfile.write(frame.serialize(mask=False))
        self.wfile.flush()
        self.connection.settimeout(self.server.silent_seconds)
        # The other side's frame that ends it, answered in kind.
        if self.rfile.read(2):
            self.wfile.write(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=False))
        self.close_connection = True

    def write_huge(self) -> None:
        piece = b"\x89PNG\r\n\x1a\n" + bytes(65_528)
        for _ in range(HUGE_BYTES // len(piece) + 1):
            if self.server.stopping.is_set():
                return self.cut()
            self.wfile.write(piece)
        return None

    def drip(self, body: bytes) -> None:
        """A byte every so often: no single read ever takes long."""
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.stopping.wait(self.server.drip_seconds):
                return self.cut()
        return None

    def cut(self, *, abruptly: bool = True) -> None:
        """End the connection; abruptly: with a reset, and nothing more is read by the other side."""
        self.close_connection = True
        with suppress(OSError):
            if abruptly:
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            else:
                self.connection.shutdown(socket.SHUT_WR)
        # The socket lives as long as a file of it is open.
        self.rfile.close()
        self.connection.close()


def administered(ledger: Ledger, request: Request) -> Response:
    if request.path == "/__ledger":
        return as_json(200, ledger.as_json())
    if request.path == "/__reset":
        ledger.reset()
        return as_json(200, {"ok": True})
    if request.path == "/__script":
        told = request.body
        ledger.script(told["match"], told["fault"], told.get("times"), told.get("stage"))
        return as_json(200, {"ok": True})
    return as_json(404, {"error": "Known are /__ledger, /__script, /__reset."})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, ledger: Ledger, result_host: str, silent_seconds: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.ledger = ledger
        self.base = f"http://{result_host}:{self.server_port}"
        self.silent_seconds = silent_seconds
        self.drip_seconds = 0.05
        self.stopping = threading.Event()

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no error here."""


@dataclass(frozen=True)
class ProviderServer:
    """A running server: its address, and its books."""

    url: str
    ledger: Ledger

    def charges(self, prompt: str) -> int:
        """How often an order with this prompt was paid for."""
        return sum(1 for charge in self.ledger.charges if charge.prompt == prompt)


@contextmanager
def run_provider_server(
    port: int = 0,
    *,
    polls_needed: int = 2,
    result_host: str = "127.0.0.1",
    silent_seconds: float = 20.0,
) -> Iterator[ProviderServer]:
    """The server in a thread of this process; `result_host` is how results name their host."""
    ledger = Ledger(polls_needed=polls_needed)
    server = Server(port, ledger, result_host, silent_seconds)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield ProviderServer(f"http://127.0.0.1:{server.server_port}", ledger)
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--polls", type=int, default=2, help="how often a run is looked at")
    parser.add_argument("--result-host", default="127.0.0.1", help="how results name their host")
    parser.add_argument(
        "--silent-seconds", type=float, default=20.0, help="how long a timeout hangs"
    )
    told = parser.parse_args()
    with run_provider_server(
        told.port,
        polls_needed=told.polls,
        result_host=told.result_host,
        silent_seconds=told.silent_seconds,
    ) as server:
        sys.stdout.write(f"{json.dumps({'url': server.url})}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
