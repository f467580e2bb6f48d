"""How does the person who started the server reach the admin without a password? By a link good for one use."""

from __future__ import annotations

import secrets

from django.core import signing
from django.db import transaction

from storycore.accounts.models import OneTimeLogin, User
from storycore.errors import Forbidden

LIFETIME_SECONDS = 600
PATH = "/admin/one-time-login/"
_SALT = "storycore.one-time-login"


def one_time_login_path(user: User) -> str:
    """A path that logs this user in once, within ten minutes."""
    nonce = secrets.token_urlsafe(16)
    OneTimeLogin.objects.create(user=user, nonce=nonce)
    return f"{PATH}?token={signing.dumps(nonce, salt=_SALT)}"


def redeem(token: str) -> User:
    """The user of a link that was not used yet; it is used from now on.

    Raises Forbidden.
    """
    refusal = Forbidden(
        "This link was used before or has run out. Start the server again for a new one."
    )
    try:
        nonce = signing.loads(token, salt=_SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        raise refusal from None
    with transaction.atomic():
        login = OneTimeLogin.objects.select_related("user").filter(nonce=nonce).first()
        # The DELETE decides which of two simultaneous clicks was the first.
        if login is None or not OneTimeLogin.objects.filter(pk=login.pk).delete()[0]:
            raise refusal
    if not login.user.is_active:
        raise refusal
    found: User = login.user
    return found
