"""A server that answers as Cloudinary's upload, admin and delivery APIs do, signatures included.

Signed parameters are all but file, cloud_name, resource_type, api_key and signature; sorted, joined
by "&" with every "&" inside escaped (signature version 2), the secret behind, hashed. Older clients
that do not escape are refused where it makes a difference, as an account set to version 2 does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

CLOUD, KEY, SECRET = "test-cloud", "123456789", "a-secret-that-is-never-sent"
UNSIGNED = frozenset({"file", "cloud_name", "resource_type", "api_key", "signature"})
SIGNATURE_SECONDS = 3600
MIN_PART_BYTES = 5_000_000

Shelf = tuple[str, str, str]


@dataclass
class Resource:
    content: bytes
    format: str
    version: int
    created_at: datetime


@dataclass
class Account:
    """What the server holds, and how it is told to fail.

    `fault` is "before" (error, nothing stored), "during" (half is read, then the line is cut) or
    "after" (stored, then the line is cut).
    """

    resources: dict[Shelf, Resource] = field(default_factory=dict)
    parts: dict[str, list[bytes]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    fault: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    versions: Iterator[int] = field(
        default_factory=lambda: iter(range(1_700_000_000, 1_800_000_000))
    )


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def signature_of(params: Mapping[str, Any], secret: str = SECRET, algorithm: str = "sha1") -> str:
    """The signature of an upload call, written from Cloudinary's description of version 2."""
    pairs = []
    for name in sorted(set(params) - UNSIGNED):
        value = params[name]
        text = ",".join(value) if isinstance(value, list) else str(value)
        if text:
            pairs.append(f"{name}={text}".replace("&", "%26"))
    return hashlib.new(algorithm, ("&".join(sorted(pairs)) + secret).encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    account: Account

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        if self.account.fault == "during":
            self.rfile.read(int(self.headers["Content-Length"]) // 2)
            self.close_connection = True
            self.connection.close()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(lambda: self.post(body))

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/v1_1/"):
            self.answer(self.get)
        else:
            self.answer(lambda: self.deliver(unquote(path)))

    def answer(self, act: Any) -> None:
        try:
            with self.account.lock:
                status, result = 200, act()
        except Refused as refusal:
            status, result = refusal.status, {"error": {"message": str(refusal)}}
        if self.account.fault == "after":
            self.close_connection = True
            self.connection.close()
            return
        content = result if isinstance(result, bytes) else json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-request-id", "request-1")
        self.end_headers()
        self.wfile.write(content)

    def post(self, body: bytes) -> Any:
        _, version, cloud, resource_type, action = urlsplit(self.path).path.split("/")
        if (version, cloud) != ("v1_1", CLOUD):
            raise Refused(404, "unknown cloud")
        params = multipart(self.headers["Content-Type"], body)
        self.account.requests.append((action, resource_type, params))
        if self.account.fault == "before":
            raise Refused(500, "Internal server error")
        require_signature(params)
        if action == "upload":
            return self.upload(resource_type, params)
        shelf = (resource_type, params.get("type") or "upload")
        if action == "destroy":
            gone = self.account.resources.pop((*shelf, params["public_id"]), None)
            return {"result": "ok" if gone else "not found"}
        if action == "rename":
            found = self.account.resources.pop((*shelf, params["from_public_id"]), None)
            if found is None:
                raise Refused(404, "Resource not found")
            target = (resource_type, params.get("to_type") or shelf[1], params["to_public_id"])
            found.version = next(self.account.versions)
            self.account.resources[target] = found
            return described(target, found)
        raise Refused(404, f"unknown action {action}")

    def upload(self, resource_type: str, params: dict[str, Any]) -> Any:
        content = params["file"]
        if whole := self.headers.get("Content-Range"):
            first, last, total = (int(n) for n in re.findall(r"\d+", whole))
            parts = self.account.parts.setdefault(self.headers["X-Unique-Upload-Id"], [])
            if last + 1 < total and len(content) < MIN_PART_BYTES:
                raise Refused(400, "All parts except EOF-chunk must be larger than 5mb")
            if first != sum(map(len, parts)) or last - first + 1 != len(content):
                raise Refused(400, "Parts do not follow each other")
            parts.append(content)
            if last + 1 < total:
                return {"done": False, "public_id": params["public_id"], "bytes": last + 1}
            content = b"".join(parts)
        if not content:
            raise Refused(400, "Empty file")
        shelf = (resource_type, params.get("type") or "upload", params["public_id"])
        name = params["file_name"].rpartition(".")[2] if resource_type != "raw" else ""
        resource = Resource(content, name, next(self.account.versions), datetime.now(UTC))
        self.account.resources[shelf] = resource
        return described(shelf, resource)

    def get(self) -> Any:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        parts = [unquote(part) for part in address.path.split("/")[2:]]
        if parts[-1] == "download":
            require_signature({**query})
            if int(query.get("expires_at", time.time() + 1)) < time.time():
                raise Refused(401, "Expired")
            return self.found((parts[1], query.get("type", "upload"), query["public_id"])).content
        login = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Basic {login}"):
            raise Refused(401, "Invalid credentials")
        _, _, resource_type, kind, *rest = parts
        if rest:
            shelf = (resource_type, kind, "/".join(rest))
            return described(shelf, self.found(shelf))
        return self.listing(resource_type, kind, query)

    def listing(self, resource_type: str, kind: str, query: dict[str, str]) -> Any:
        names = sorted(
            shelf
            for shelf in self.account.resources
            if shelf[:2] == (resource_type, kind) and shelf[2].startswith(query.get("prefix", ""))
        )
        start, most = int(query.get("next_cursor", 0)), int(query.get("max_results", 10))
        chosen = names[start : start + most]
        more = {"next_cursor": str(start + most)} if start + most < len(names) else {}
        return {"resources": [described(n, self.account.resources[n]) for n in chosen], **more}

    def deliver(self, path: str) -> bytes:
        _, cloud, resource_type, kind, *rest = path.split("/")
        signature = rest.pop(0)[3:-2] if rest[0].startswith("s--") else None
        flags = rest.pop(0) if rest[0].startswith("fl_") else ""
        version = rest.pop(0) if re.fullmatch(r"v\d+", rest[0]) else ""
        name = "/".join(rest)
        signed = "/".join(part for part in (flags, name) if part)
        digest = hashlib.sha1((signed + SECRET).encode()).digest()
        expected = base64.urlsafe_b64encode(digest).decode()[:8]
        if cloud != CLOUD or not version:
            raise Refused(404, "Not found")
        if signature not in (None, expected) or (kind != "upload" and signature is None):
            raise Refused(401, "Invalid signature")
        public_id = name if resource_type == "raw" else name.rpartition(".")[0]
        return self.found((resource_type, kind, public_id)).content

    def found(self, shelf: Shelf) -> Resource:
        if shelf not in self.account.resources:
            raise Refused(404, "Resource not found")
        return self.account.resources[shelf]


def described(shelf: Shelf, resource: Resource) -> dict[str, Any]:
    resource_type, kind, public_id = shelf
    formats = {"format": resource.format} if resource.format else {}
    return {
        "public_id": public_id,
        "resource_type": resource_type,
        "type": kind,
        "bytes": len(resource.content),
        "version": resource.version,
        "created_at": resource.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "etag": hashlib.md5(resource.content).hexdigest(),
        "secure_url": f"https://res.cloudinary.com/{CLOUD}/{resource_type}/{kind}/{public_id}",
        **formats,
    }


def require_signature(params: Mapping[str, Any]) -> None:
    if params.get("api_key") != KEY:
        raise Refused(401, f"Unknown API key {params.get('api_key')}")
    if abs(time.time() - int(params.get("timestamp") or 0)) > SIGNATURE_SECONDS:
        raise Refused(400, "Stale request")
    sent = params.get("signature", "")
    signed = {name: value for name, value in params.items() if name != "file_name"}
    algorithm = "sha1" if len(sent) == 40 else "sha256"
    if not hmac.compare_digest(sent, signature_of(signed, algorithm=algorithm)):
        raise Refused(401, f"Invalid Signature {sent}")


def multipart(content_type: str, body: bytes) -> dict[str, Any]:
    """Fields of a form; the file's bytes under "file", its name under "file_name"."""
    if not content_type.startswith("multipart/"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    message = BytesParser().parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    params: dict[str, Any] = {}
    for part in message.get_payload():  # type: ignore[union-attr]
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        content = part.get_payload(decode=True)  # type: ignore[union-attr]
        if name == "file":
            params["file"], params["file_name"] = content, part.get_filename() or ""  # type: ignore[union-attr]
        elif str(name).endswith("[]"):
            params.setdefault(str(name)[:-2], []).append(content.decode())  # type: ignore[union-attr]
        else:
            params[str(name)] = content.decode()  # type: ignore[union-attr]
    return params


@contextmanager
def cloudinary_server() -> Iterator[tuple[str, Account]]:
    """The address of a running server, and what it holds."""
    account = Account()
    handler = type("AccountHandler", (Handler,), {"account": account})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", account
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
