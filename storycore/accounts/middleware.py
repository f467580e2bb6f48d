"""Who sends this request? A token in the Authorization header, else the admin's session."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from storycore.access import NOBODY, Actor
from storycore.accounts.models import User
from storycore.accounts.tokens import caller_of
from storycore.errors import Unauthenticated
from storycore.graphql.live import Login

SCHEMES = ("jwt", "bearer")


def actor_of(user: User) -> Actor:
    """The user as services know callers."""
    return Actor(user_id=str(user.pk), name=str(user), is_admin=user.is_staff)


def actor_from_header(header: str) -> Actor:
    """`JWT <token>` and `Bearer <token>` speak for their user; an empty, foreign or stale header for nobody.

    A stale token is no error here: reading needs no login, and what needs one says so.
    """
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in SCHEMES or not token.strip():
        return NOBODY
    try:
        return caller_of(token.strip())[0]
    except Unauthenticated:
        return NOBODY


def login_by_token(token: str) -> Login:
    """Whom an access token speaks for and until when, for connections that outlive it.

    Raises Unauthenticated.
    """
    return Login(*caller_of(token))


def actor_from_session(request: HttpRequest) -> Actor:
    """The user of the browser's session, for doors that ask for a preflight header or a CSRF token."""
    user = getattr(request, "user", None)
    return actor_of(user) if user is not None and user.is_authenticated else NOBODY


class ActorMiddleware:
    """Sets `request.actor`; a session is looked up only when somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _actor(request)
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header.strip():
        return actor_from_header(header)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return NOBODY
    return cast("Actor", SimpleLazyObject(lambda: actor_from_session(request)))
