"""What does an ASGI server load? Django in threads, and beside it live connections, which hold none."""

from __future__ import annotations

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup(set_prefix=False)

from storycore.accounts.middleware import actor_from_header, login_by_token  # noqa: E402 - models must be loaded first
from storycore.graphql.events import serve_stream  # noqa: E402 - as above
from storycore.graphql.live import LiveEdge  # noqa: E402 - as above
from storycore.graphql.sockets import serve_socket  # noqa: E402 - as above
from storycore.graphql.view import edge_of  # noqa: E402 - as above
from storycore.serving import (  # noqa: E402 - as above
    Receive,
    Scope,
    Send,
    ThreadedDjango,
    before_stop,
    settle_memory,
)

SOCKETS = ("/graphql", "/graphql/")
STREAMS = ("/graphql/stream", "/graphql/stream/")

pages = ThreadedDjango(
    threads=settings.WEB_THREADS,
    aside=settings.GENERATION_WAITERS,
    body_bytes=settings.REQUEST_MAX_BYTES,
    body_seconds=settings.REQUEST_MAX_SECONDS,
    replay_bytes=settings.GRAPHQL_CACHE_BYTES // 2,
    actor_of=actor_from_header,
)
live = LiveEdge(edge_of(settings.GRAPHENE["SCHEMA"]).operations, pages.run, login_by_token)
settle_memory()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one HTTP request, or hold one WebSocket."""
    path = scope["path"]
    if scope["type"] == "websocket":
        if path in SOCKETS:
            live.on_first(before_stop)
            await serve_socket(live, scope, receive, send)
        else:
            # Before it is accepted: the server answers 403.
            await send({"type": "websocket.close", "code": 1000})
    elif path in STREAMS and not _is_preflight(scope):
        live.on_first(before_stop)
        await serve_stream(live, scope, receive, send)
    else:
        await pages(scope, receive, send)


def _is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if a page may ask: Django's middleware answers that, whatever the path."""
    asks = any(name == b"access-control-request-method" for name, _ in scope["headers"])
    return asks and scope["method"] == "OPTIONS"
