"""The four separate services of a studio as one server, with what they were sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class StudioServices:
    """What came in, by address, the files that are given out, and the addresses that answer 500."""

    url: str
    files: Path
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was posted there."""
        return [body for where, body in self.seen if where == path]


class _Handler(BaseHTTPRequestHandler):
    services: StudioServices

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.services.seen.append((self.path, body))
        answers: dict[str, Any] = {
            "/script/generate": {"text": "The sea is wide. A boat goes out."},
            "/audio/generate": {"url": "/files/voice.wav"},
            "/image/generate": {"url": "/files/picture.png"},
            "/video/render": {
                "url": f"{self.services.url}/files/video.mp4",
                "thumbnail": None,
                "duration": 2.0,
            },
        }
        if self.path == "/image/generate-batch":
            answers[self.path] = {"images": [self._picture(one) for one in body["images"]]}
        if self.path in self.services.broken:
            self.send_error(500)
            return
        self._send("application/json", json.dumps(answers[self.path]).encode())

    @staticmethod
    def _picture(wanted: dict[str, Any]) -> dict[str, Any]:
        url = None if "lost" in wanted["prompt"] else "/files/picture.png"
        return {"prompt": wanted["prompt"], "url": url}

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        types = {"wav": "audio/wav", "png": "image/png", "mp4": "video/mp4"}
        self._send(types[name.rpartition(".")[2]], (self.services.files / name).read_bytes())

    def _send(self, type_: str, content: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(200)
            self.send_header("Content-Type", type_)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)


@contextmanager
def run_studio_services(files: Path) -> Iterator[StudioServices]:
    """Serve on a free port of this machine; `files` holds voice.wav, picture.png and video.mp4."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    services = StudioServices(f"http://127.0.0.1:{server.server_port}", files)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"services": services})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield services
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
