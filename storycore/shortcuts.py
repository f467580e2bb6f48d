"""What would the middleware do with a request like one before? The same; so its view is asked at once.

Without a session the middleware of our settings looks at nothing but the head of a request, and adds headers to
the answer. A view that needs no more than the actor and the request's id marks its response; the next request
with an equal head goes to that view directly, and its answer gets the headers that the first one got. Whoever
adds middleware of another kind to the settings switches this off without knowing of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from storycore.access import NOBODY, Actor
from storycore.logs import REQUEST_ID
from storycore.requests import HEADER, request_id_from

Scope = MutableMapping[str, Any]
View = Callable[[HttpRequest], HttpResponse]
ActorOf = Callable[[str], Actor]
"""From an Authorization header to whom it speaks for."""

# These decide by the head of a request alone. MockMiddleware has an effect on the view, and says so by taking
# the mark away.
_DECIDE_BY_HEAD = frozenset(
    {
        "storycore.requests.RequestIdMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "corsheaders.middleware.CorsMiddleware",
        "storycore.requests.KnownHostMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "storycore.accounts.middleware.ActorMiddleware",
        "generation.middleware.MockMiddleware",
        "storycore.rest.methods.RestMethodsMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    }
)
# Nothing here looks at these, or only to count and to log.
_UNREAD = frozenset(
    {
        b"user-agent",
        b"content-length",
        b"connection",
        b"x-forwarded-for",
        b"x-real-ip",
        b"traceparent",
        b"tracestate",
        b"baggage",
        b"sentry-trace",
        b"x-amzn-trace-id",
        b"cf-ray",
        b"x-request-id",
    }
)
# Who asks, as one of many: with any of these the answer may be theirs alone.
_SESSION = frozenset({b"cookie", b"proxy-authorization"})
_MOST_KNOWN = 256
_REQUEST_ID = HEADER.encode()
_MOST_HEAD_BYTES = 4_096


class Shape(NamedTuple):
    """What makes requests equal but for their body: `head`, and whether nobody in particular asks."""

    head: tuple[Any, ...]
    is_anonymous: bool


def shape_of(scope: Scope) -> Shape | None:
    """The shape of a request; None when it has a session, or a head too long to remember."""
    headers = []
    is_anonymous = True
    size = 0
    for pair in scope["headers"]:
        name, value = pair
        if name in _UNREAD or not value:
            continue
        if name in _SESSION:
            return None
        if name == b"authorization":
            is_anonymous = False
            continue
        size += len(value)
        headers.append(pair)
    if size > _MOST_HEAD_BYTES:
        return None
    where = (scope["method"], scope["scheme"], scope["path"], scope["query_string"])
    return Shape((*where, *headers), is_anonymous)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a view says of its response: ask me again, and these headers are mine."""

    view: View
    own: Mapping[str, str]


def mark(request: HttpRequest, response: HttpResponse, view: View) -> None:
    """Let the next request of the same shape go to `view` at once. Call it last, with all headers set."""
    if not hasattr(request, "shortcut"):
        response.shortcut = Mark(view, dict(response.items()))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A view, and the headers that the middleware adds to what it answers to one shape of request."""

    view: View
    added: tuple[tuple[bytes, bytes], ...]

    def answer(self, request: HttpRequest, actor_of: ActorOf) -> HttpResponse:
        """What the whole way would answer; the headers that it would add are `added` to the response.

        Raises what `actor_of` raises; the view raises nothing.
        """
        meta = request.META
        request.shortcut = self
        request.request_id = request_id_from(meta.get("HTTP_X_REQUEST_ID"))
        token = REQUEST_ID.set(request.request_id)
        try:
            header = meta.get("HTTP_AUTHORIZATION")
            request.actor = actor_of(header) if header else NOBODY
            response = self.view(request)
        finally:
            REQUEST_ID.reset(token)
        response.added = (
            *self.added,
            (b"Content-Length", b"%d" % len(response.content)),
            (_REQUEST_ID, request.request_id.encode()),
        )
        return response


class Shortcuts:
    """The shortcuts of one web process; the least used go first. Used in the event loop only."""

    def __init__(self, middleware: Sequence[str]) -> None:
        self._is_on = _DECIDE_BY_HEAD.issuperset(middleware)
        self._known: OrderedDict[tuple[Any, ...], Shortcut] = OrderedDict()

    def find(self, shape: Shape) -> Shortcut | None:
        """The shortcut for such a request."""
        found = self._known.get(shape.head)
        if found is not None:
            self._known.move_to_end(shape.head)
        return found

    def learn(self, shape: Shape, response: HttpResponseBase) -> None:
        """Remember the way of a response that went the whole one."""
        marked: Mark | None = getattr(response, "shortcut", None)
        if marked is None or response.cookies or not self._is_on:
            return
        own = marked.own
        if any(response.get(name) != value for name, value in own.items()):
            # The middleware has changed what the view said, and could change it in another way next time.
            return
        added = tuple(
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in response.items()
            if name not in own and name not in (HEADER, "Content-Length")
        )
        self._known[shape.head] = Shortcut(marked.view, added)
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
