"""How do people join, log in, and become admins?"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from storycore.access import Actor, require_login
from storycore.accounts.models import User
from storycore.accounts.tokens import TokenPair, issue_pair, revoke_all
from storycore.errors import Forbidden, InvalidInput, NotFound, StoryCoreError
from storycore.limits import check_rate, require_rate

EMAIL_MAX = 254
NAME_MAX = 150
# A longer one only makes the hash slow for whoever sends it.
PASSWORD_MAX = 256
FIRST_ADMIN = "admin@storycore.local"


class WrongCredentials(StoryCoreError):
    """The address or the password is wrong; nobody is told which."""

    code = "WRONG_CREDENTIALS"
    status = 401


def create_user(email: str, password: str, name: str = "") -> User:
    """A new person without any special role.

    Raises InvalidInput naming email, password or name.
    """
    address = _valid_email(email)
    person = User(email=address, name=_valid_name(name))
    _check_password(password, person)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise InvalidInput("This address can't be used.", field="email") from None
    return person


def log_in(email: str, password: str, client: str) -> tuple[User, TokenPair]:
    """The user and the tokens of a new login.

    Guessing is limited: attempts by account, and failures by `client` (an address), so that many people
    behind one address can log in. Raises RateLimited, WrongCredentials.
    """
    address = email.strip().lower()
    require_rate("login", f"address:{client}")
    check_rate("login", f"account:{address[:EMAIL_MAX]}")
    user = User.objects.filter(email=address).first() if address else None
    if user is None:
        # The same work as for a known address, or the time of the answer would tell them apart.
        make_password(password[:PASSWORD_MAX])
    if user is None or not _may_enter(user, password):
        check_rate("login", f"address:{client}")
        raise WrongCredentials("The e-mail address or the password is wrong.")
    return user, issue_pair(user)


def _may_enter(user: User, password: str) -> bool:
    return len(password) <= PASSWORD_MAX and user.check_password(password) and user.is_active


def change_role(actor: Actor, user_id: str, *, is_admin: bool) -> None:
    """Make somebody an admin, or an admin an ordinary user; only admins may, and not to themselves.

    Raises Unauthenticated, Forbidden, NotFound.
    """
    _require_admin(actor)
    if user_id == actor.user_id:
        raise Forbidden("You can't change your own role.")
    change_user(actor, user_id, is_staff=is_admin, is_superuser=is_admin)


def change_user(actor: Actor, user_id: str, **fields: Any) -> None:
    """Change fields of a user (name, email, is_active, is_staff, is_superuser); only admins may.

    Disabling somebody ends all their logins. Raises Unauthenticated, Forbidden, NotFound, InvalidInput.
    """
    _require_admin(actor)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.", field="id")
    if "email" in fields:
        fields["email"] = _valid_email(fields["email"])
    if "name" in fields:
        fields["name"] = _valid_name(fields["name"])
    for name, value in fields.items():
        setattr(user, name, value)
    try:
        with transaction.atomic():
            user.save(update_fields=list(fields))
    except IntegrityError:
        raise InvalidInput("This address can't be used.", field="email") from None
    if fields.get("is_active") is False:
        revoke_all(user)


def create_admin(email: str, password: str | None = None, name: str = "") -> tuple[User, str]:
    """An admin, and the password: the given one or a random one. An existing user is promoted.

    Raises InvalidInput naming email or password.
    """
    address = _valid_email(email)
    chosen = secrets.token_urlsafe(16) if password is None else password
    user = User.objects.filter(email=address).first() or User(email=address)
    _check_password(chosen, user)
    user.name = user.name or _valid_name(name)
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_password(chosen)
    user.save()
    return user, chosen


def ensure_first_admin() -> User:
    """The first admin there is; else a new one without a password, who logs in by a one-time link."""
    user = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is None:
        user = User.objects.create_superuser(FIRST_ADMIN, None, name="Admin")
    return user


def shared_user(email: str, name: str) -> User:
    """The user that everybody without a login acts as at one door; nobody can log in as it."""
    user = User.objects.filter(email=email).first()
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email, None, name=name)
        except IntegrityError:
            # Two first requests at once.
            user = User.objects.get(email=email)
    return user


def _require_admin(actor: Actor) -> None:
    require_login(actor)
    if not actor.is_admin:
        raise Forbidden("Only admins may do this.")


def _valid_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidInput("This is no e-mail address.", field="email") from None
    if len(address) > EMAIL_MAX:
        raise InvalidInput(f"An address has at most {EMAIL_MAX} characters.", field="email")
    return address


def _valid_name(name: str) -> str:
    clean = " ".join(name.split())
    if len(clean) > NAME_MAX or "\x00" in clean:
        raise InvalidInput(f"A name has at most {NAME_MAX} characters.", field="name")
    return clean


def _check_password(password: str, user: User) -> None:
    if len(password) > PASSWORD_MAX or "\x00" in password:
        raise InvalidInput(f"A password has at most {PASSWORD_MAX} characters.", field="password")
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise InvalidInput(" ".join(problem.messages), field="password") from None
