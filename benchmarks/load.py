"""How fast does a server answer? Connections that send the next request when the last is answered."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One POST, the same every time."""

    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self, host: str) -> bytes:
        """The bytes on the wire."""
        lines = [f"POST {self.path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Load:
    """What a run measured; times in milliseconds."""

    per_second: float
    median_ms: float
    p95_ms: float
    answer: bytes


def measured(port: int, requests: Sequence[Request], *, connections: int, seconds: float) -> Load:
    """Load the server on this port for some seconds; the connections take the requests in turn."""
    return asyncio.run(_measured(port, requests, connections, seconds))


async def _measured(
    port: int, requests: Sequence[Request], connections: int, seconds: float
) -> Load:
    end = time.perf_counter() + seconds
    took: list[float] = []
    started = time.perf_counter()
    answers = await asyncio.gather(
        *(
            _client(port, requests[number % len(requests)], end, took)
            for number in range(connections)
        )
    )
    elapsed = time.perf_counter() - started
    ordered = sorted(took)
    return Load(
        per_second=len(took) / elapsed,
        median_ms=statistics.median(ordered) * 1000,
        p95_ms=ordered[int(len(ordered) * 0.95)] * 1000,
        answer=answers[0],
    )


async def _client(port: int, request: Request, end: float, took: list[float]) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    sent = request.encoded(f"127.0.0.1:{port}")
    answer = b""
    try:
        while (began := time.perf_counter()) < end:
            writer.write(sent)
            answer = await _answer(reader)
            took.append(time.perf_counter() - began)
    finally:
        writer.close()
    return answer


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"The server answered: {head.decode()[:500]}")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line.partition(b":")[2]))
    raise SystemExit("An answer without a length.")


def once(port: int, request: Request) -> bytes:
    """Send the request once; returns the answer's body."""

    async def sent() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        try:
            writer.write(request.encoded(f"127.0.0.1:{port}"))
            return await _answer(reader)
        finally:
            writer.close()

    return asyncio.run(sent())
