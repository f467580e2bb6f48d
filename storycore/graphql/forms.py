"""In which form does an answer go out? Media type, compression, and what caches may do with it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from storycore.graphql.errors import Refusal
from storycore.graphql.negotiation import GRAPHQL_RESPONSE
from storycore.shortcuts import Said

Body = dict[str, Any]
Header = tuple[bytes, bytes]

_VARY = (b"Vary", b"Accept, Accept-Encoding, Authorization, Cookie, Origin")
_UNKEPT = (b"Cache-Control", b"no-store")
_ZIPPED = (b"Content-Encoding", b"gzip")
# A smaller body fits into one packet anyway.
_GZIP_FROM_BYTES = 1_400
# The answers are JSON: the lightest level already takes off four fifths, and a higher one costs the read path.
_GZIP_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Form:
    """How a client wants its answers: in which media type, and whether compressed."""

    media_type: str
    zips: bool

    def written(self, body: Body | list[Body], *, status: int = 200, replay: Any = None) -> Said:
        """The answer for nobody to keep."""
        return self._said(status, orjson.dumps(body), (_UNKEPT,), replay)

    def tagged(self, body: Body | list[Body], *, is_private: bool, known: str) -> Said:
        """The answer to a GET: its client may keep it, and ask with its tag whether it still holds.

        `known` is such a question, If-None-Match. Only anonymous answers may be shared.
        """
        if "errors" in body:
            return self.written(body)
        content = orjson.dumps(body)
        # Weak, because the same answer may go out compressed.
        tag = f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
        scope = b"private, no-cache" if is_private else b"public, no-cache"
        headers = ((b"Cache-Control", scope), (b"ETag", tag.encode()))
        if known == "*" or tag in {one.strip() for one in known.split(",")}:
            return self._said(304, b"", headers)
        return self._said(200, content, headers)

    def refused(self, refusal: Refusal) -> Said:
        """What a request gets that ended before execution."""
        status = refusal.status if self.media_type == GRAPHQL_RESPONSE else refusal.plain_status
        more = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
        return self._said(status, orjson.dumps(body_of(refusal)), (_UNKEPT, *more))

    def _said(
        self, status: int, content: bytes, headers: tuple[Header, ...], replay: Any = None
    ) -> Said:
        media_type = (b"Content-Type", f"{self.media_type}; charset=utf-8".encode())
        if len(content) >= _GZIP_FROM_BYTES and self.zips:
            content = gzip.compress(content, _GZIP_LEVEL, mtime=0)
            headers = (*headers, _ZIPPED)
        return Said(status, (media_type, _VARY, *headers), content, replay)


def body_of(refusal: Refusal) -> Body:
    """The JSON body of a refusal."""
    body: Body = {"errors": refusal.problems}
    if refusal.executed:
        body["data"] = None
    return body
