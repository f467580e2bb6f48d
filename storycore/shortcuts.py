"""What would the middleware do with a request like one before? The same; so its view is asked at once.

Without a session the middleware of our settings looks at nothing but the head of a request, and adds headers to
the answer. A view that needs no more than the actor, the body and the request's id marks its response with a
function of these; the next request with an equal head goes to that function, without a request or a response of
Django's, and its answer gets the headers that the first one got. Whoever adds middleware of another kind to the
settings switches this off without knowing of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseBase

from storycore.access import NOBODY, Actor
from storycore.logs import REQUEST_ID
from storycore.requests import HEADER, address_behind_proxies, request_id_from

Scope = MutableMapping[str, Any]
Headers = Sequence[tuple[bytes, bytes]]
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
        b"x-real-ip",
        b"traceparent",
        b"tracestate",
        b"baggage",
        b"sentry-trace",
        b"x-amzn-trace-id",
        b"cf-ray",
    }
)
# Who asks, as one of many: with any of these the answer may be theirs alone.
_SESSION = frozenset({b"cookie", b"proxy-authorization"})
_MOST_KNOWN = 256
_AUTHORIZATION = b"authorization"
_REQUEST_ID = HEADER.lower().encode()
_FORWARDED_FOR = b"x-forwarded-for"
_MOST_HEAD_BYTES = 4_096


class Shape(NamedTuple):
    """What makes requests equal but for their body: `head`. Beside it what each has of its own."""

    head: tuple[Any, ...]
    authorization: bytes
    request_id: bytes
    forwarded_for: bytes

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody in particular asks."""
        return not self.authorization


def shape_of(scope: Scope) -> Shape | None:
    """The shape of a request; None when it has a session, or a head too long to remember."""
    headers = []
    own = {_AUTHORIZATION: b"", _REQUEST_ID: b"", _FORWARDED_FOR: b""}
    size = 0
    for pair in scope["headers"]:
        name, value = pair
        if not value:
            continue
        if name in own:
            # Several of one name are one, as Django has it.
            own[name] = own[name] + b"," + value if own[name] else value
        elif name in _SESSION:
            return None
        elif name not in _UNREAD:
            size += len(value)
            headers.append(pair)
    if size > _MOST_HEAD_BYTES:
        return None
    where = (scope["method"], scope["scheme"], scope["path"], scope["query_string"])
    return Shape((*where, *headers), *own.values())


class Asked(NamedTuple):
    """What a request brings beside its head. `client` is the address that rate limits count by."""

    body: bytes
    actor: Actor
    request_id: str
    client: str


class Said(NamedTuple):
    """The answer to it; `headers` are the view's own. `replay` is for storycore.replaying."""

    status: int
    headers: Headers
    body: bytes
    replay: Any = None


Short = Callable[[Asked], Said]
"""A view for requests with one known head. It raises nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a view says of its response: ask `short` the next time, and these headers are mine."""

    short: Short
    own: Mapping[str, str]


def mark(response: HttpResponse, short: Short) -> None:
    """Let the next request of the same shape go to `short`. Call it last, with all headers set."""
    response.shortcut = Mark(short, dict(response.items()))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A view, and the headers that the middleware adds to what it answers to one shape of request."""

    short: Short
    added: tuple[tuple[bytes, bytes], ...]

    def answer(self, scope: Scope, shape: Shape, body: bytes, actor_of: ActorOf) -> Said:
        """What the whole way would answer, with all its headers.

        Raises what `actor_of` raises, before anything is done.
        """
        actor = actor_of(shape.authorization.decode("latin-1")) if shape.authorization else NOBODY
        request_id = request_id_from(shape.request_id.decode("latin-1"))
        client = scope.get("client")
        address = address_behind_proxies(
            client[0] if client else "", shape.forwarded_for.decode("latin-1")
        )
        token = REQUEST_ID.set(request_id)
        try:
            said = self.short(Asked(body, actor, request_id, address))
        finally:
            REQUEST_ID.reset(token)
        headers = (
            *said.headers,
            *self.added,
            (b"Content-Length", b"%d" % len(said.body)),
            (_REQUEST_ID, request_id.encode()),
        )
        return said._replace(headers=headers)


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
        self._known[shape.head] = Shortcut(marked.short, added)
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
