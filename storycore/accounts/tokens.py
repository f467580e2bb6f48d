"""How does a client prove who it is? Short access tokens, and refresh tokens that are good for one use."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jwt
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from storycore.access import Actor
from storycore.accounts.models import RefreshToken, User
from storycore.errors import Unauthenticated

ALGORITHM = "HS256"
ACCESS, REFRESH = "access", "refresh"
_KEY_BYTES_MIN = 32
# Checking a signature is a good part of a quick request's time. Only good tokens are kept, never refused ones.
_VERIFIED_MAX = 1_024
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "typ", "jti"]

_ACTIVE_USER = "SELECT id, name, email, is_staff FROM accounts_user WHERE id = %s AND is_active"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a login hands out; lifetimes are settings."""

    access: str
    refresh: str


def issue_pair(user: User) -> TokenPair:
    """The first tokens of a login: a family of its own."""
    return _issue(user, uuid.uuid4())


def issue_access_token(user: User) -> str:
    """An access token alone."""
    return _signed(user, ACCESS, uuid.uuid4(), settings.ACCESS_TOKEN_LIFETIME)


def rotate(refresh_token: str) -> tuple[User, TokenPair]:
    """Trade a refresh token for a new pair; a token that was traded before revokes its whole family.

    Whoever shows a used token, the thief or the owner, both have to log in again (RFC 9700, section 4.14.2).
    Raises Unauthenticated.
    """
    claims = _claims(refresh_token, REFRESH)
    moment = timezone.now()
    with transaction.atomic():
        token = (
            RefreshToken.objects.select_related("user")
            .filter(digest=_digest(claims["jti"]), expires_at__gt=moment)
            .first()
        )
        if token is None or not token.user.is_active:
            raise Unauthenticated("This refresh token is not valid.")
        # One UPDATE decides which of two simultaneous uses was the first.
        fresh = RefreshToken.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
        if fresh.update(used_at=moment):
            return token.user, _issue(token.user, token.family)
    revoke_family(token.family)
    raise Unauthenticated("This refresh token was used before; please log in again.")


def revoke(refresh_token: str) -> None:
    """End the login that a refresh token belongs to; a token that is not valid is no error."""
    try:
        claims = _claims(refresh_token, REFRESH)
    except Unauthenticated:
        return
    token = RefreshToken.objects.filter(digest=_digest(claims["jti"])).first()
    if token is not None:
        revoke_family(token.family)


def revoke_family(family: uuid.UUID) -> None:
    """End one login: none of its refresh tokens is good any more."""
    RefreshToken.objects.filter(family=family, revoked_at=None).update(revoked_at=timezone.now())


def revoke_all(user: User) -> None:
    """End every login of a user."""
    RefreshToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def drop_expired(before: datetime | None = None) -> int:
    """Forget refresh tokens that ran out; returns how many."""
    gone, _ = RefreshToken.objects.filter(Q(expires_at__lt=before or timezone.now())).delete()
    return int(gone)


def caller_of(access_token: str) -> tuple[Actor, float]:
    """The active user whom an access token speaks for, and when (Unix seconds) the token runs out.

    A disabled user fails at once: the flag is read on every request. Raises Unauthenticated.
    """
    claims = _claims(access_token, ACCESS)
    # Every request with a login asks this: a queryset, and a model to be filled, took four fifths of it.
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE_USER, [int(claims["sub"])])
        found = cursor.fetchone()
    if found is None:
        raise Unauthenticated
    key, name, email, is_staff = found
    return Actor(str(key), name or email, bool(is_staff)), float(claims["exp"])


def _issue(user: User, family: uuid.UUID) -> TokenPair:
    jti = uuid.uuid4()
    lifetime: timedelta = settings.REFRESH_TOKEN_LIFETIME
    RefreshToken.objects.create(
        user=user, family=family, digest=_digest(str(jti)), expires_at=timezone.now() + lifetime
    )
    return TokenPair(issue_access_token(user), _signed(user, REFRESH, jti, lifetime))


def _signed(user: User, kind: str, jti: uuid.UUID, lifetime: timedelta) -> str:
    moment = timezone.now()
    claims = {
        "sub": str(user.pk),
        "typ": kind,
        "jti": str(jti),
        "iat": moment,
        "exp": moment + lifetime,
        "iss": settings.TOKEN_ISSUER,
        "aud": settings.TOKEN_AUDIENCE,
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM)


def _claims(token: str, kind: str) -> Mapping[str, Any]:
    try:
        claims = _verified(token, _key(), settings.TOKEN_ISSUER, settings.TOKEN_AUDIENCE)
    except (jwt.InvalidTokenError, UnicodeError, ValueError):
        raise Unauthenticated from None
    # A signature stays good, a token does not: its end is asked each time.
    if float(claims["exp"]) <= time.time():
        raise Unauthenticated
    if claims["typ"] != kind or not str(claims["sub"]).isdecimal():
        raise Unauthenticated
    return claims


@lru_cache(maxsize=_VERIFIED_MAX)
def _verified(token: str, key: bytes, issuer: str, audience: str) -> Mapping[str, Any]:
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        issuer=issuer,
        audience=audience,
        options={"require": _REQUIRED},
    )
    return MappingProxyType(claims)


def _key() -> bytes:
    """Tokens have a key of their own, so that no other signature of Django's is good as a token."""
    secret: bytes = settings.SECRET_KEY.encode()
    if len(secret) < _KEY_BYTES_MIN:
        raise RuntimeError("SECRET_KEY must have at least 32 bytes to sign tokens.")
    return hashlib.blake2b(secret, person=b"storycore-token", digest_size=32).digest()


def _digest(jti: str) -> str:
    return hashlib.sha256(jti.encode()).hexdigest()
