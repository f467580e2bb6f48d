from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.db import connection
from django.utils import timezone

from storycore.access import Actor
from storycore.accounts.middleware import actor_of
from storycore.accounts.models import RefreshToken, User
from storycore.accounts.services import create_user
from storycore.accounts.tokens import (
    _key,
    caller_of,
    drop_expired,
    issue_access_token,
    issue_pair,
    revoke,
    revoke_all,
    rotate,
)
from storycore.errors import Unauthenticated
from tests.factories import PASSWORD


@pytest.fixture
def user(db: None) -> User:
    return create_user("reader@example.com", PASSWORD)


def claims(user: User, **changes: Any) -> dict[str, Any]:
    moment = timezone.now()
    known = {
        "sub": str(user.pk),
        "typ": "access",
        "jti": "x",
        "iat": moment,
        "exp": moment + timedelta(minutes=5),
        "iss": "storycore",
        "aud": "storycore-api",
    }
    return {name: value for name, value in (known | changes).items() if value is not None}


def signed(body: dict[str, Any], key: bytes | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(body, _key() if key is None else key, algorithm=algorithm)


def unsigned(body: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return (
            base64.urlsafe_b64encode(json.dumps(value, default=str).encode()).decode().rstrip("=")
        )

    body = body | {"exp": int(body["exp"].timestamp()), "iat": int(body["iat"].timestamp())}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(body)}."


def test_an_access_token_speaks_for_its_user(user: User) -> None:
    for token in (issue_access_token(user), signed(claims(user))):
        actor, expires_at = caller_of(token)
        assert actor == actor_of(user)
        assert 0 < expires_at - time.time() < 24 * 3_600


@pytest.mark.parametrize("name", ["", "Ada"])
@pytest.mark.parametrize("is_staff", [True, False])
def test_the_caller_is_who_the_user_is(user: User, name: str, is_staff: bool) -> None:
    User.objects.filter(pk=user.pk).update(name=name, is_staff=is_staff)

    actor, _ = caller_of(issue_access_token(user))

    assert actor == Actor(str(user.pk), name or user.email, is_staff)


@pytest.mark.filterwarnings("ignore:The HMAC key is:jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "forge",
    [
        lambda user: signed(claims(user, iss="somebody")),
        lambda user: signed(claims(user, aud="something")),
        lambda user: signed(claims(user, typ="refresh")),
        lambda user: signed(claims(user, exp=timezone.now() - timedelta(seconds=1))),
        lambda user: signed(claims(user, sub="0")),
        lambda user: signed(claims(user, sub="1 or 1=1")),
        lambda user: signed(claims(user), key=b"another key of thirty-two bytes!!"),
        lambda user: signed(claims(user), algorithm="HS384"),
        lambda user: unsigned(claims(user)),
        *(
            lambda user, name=name: signed(claims(user, **{name: None}))
            for name in ("exp", "iat", "iss", "aud", "sub", "typ", "jti")
        ),
        lambda user: issue_pair(user).refresh,
        lambda _user: "garbage",
        lambda _user: "a.b.c",
        lambda _user: "",
        lambda _user: "\udcff.\udcff.\udcff",
    ],
)
def test_a_forged_or_stale_token_speaks_for_nobody(
    user: User, forge: Callable[[User], str]
) -> None:
    with pytest.raises(Unauthenticated):
        caller_of(forge(user))


def test_a_disabled_user_fails_at_once(user: User) -> None:
    pair = issue_pair(user)
    user.is_active = False
    user.save()

    with pytest.raises(Unauthenticated):
        caller_of(pair.access)
    with pytest.raises(Unauthenticated):
        rotate(pair.refresh)


def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_login(user: User) -> None:
    first = issue_pair(user)
    other_login = issue_pair(user)

    found, second = rotate(first.refresh)
    assert found == user
    assert second.refresh != first.refresh

    with pytest.raises(Unauthenticated):
        rotate(first.refresh)
    with pytest.raises(Unauthenticated):
        rotate(second.refresh)
    assert rotate(other_login.refresh)[0] == user


@pytest.mark.django_db(transaction=True)
def test_of_ten_uses_at_once_one_at_most_wins() -> None:
    user = create_user("many@example.com", PASSWORD)
    pair = issue_pair(user)

    def use(_number: int) -> bool:
        try:
            rotate(pair.refresh)
        except Unauthenticated:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        wins = list(pool.map(use, range(10)))

    assert wins.count(True) == 1
    assert not RefreshToken.objects.filter(revoked_at=None).exists()


def test_logging_out_ends_one_login(user: User) -> None:
    here, there = issue_pair(user), issue_pair(user)

    revoke(here.refresh)
    revoke("no token at all")

    with pytest.raises(Unauthenticated):
        rotate(here.refresh)
    assert rotate(there.refresh)[0] == user


def test_all_logins_of_a_user_can_be_ended(user: User) -> None:
    pairs = [issue_pair(user) for _ in range(3)]

    revoke_all(user)

    for pair in pairs:
        with pytest.raises(Unauthenticated):
            rotate(pair.refresh)


def test_no_token_is_kept_in_the_clear_and_expired_ones_are_dropped(user: User) -> None:
    pair = issue_pair(user)
    jti = jwt.decode(pair.refresh, options={"verify_signature": False})["jti"]

    assert not RefreshToken.objects.filter(digest=jti).exists()
    assert drop_expired() == 0
    assert drop_expired(timezone.now() + timedelta(days=15)) == 1


def test_a_token_that_was_good_is_refused_once_it_ran_out(user: User, settings: Any) -> None:
    settings.ACCESS_TOKEN_LIFETIME = timedelta(seconds=1)
    token = issue_access_token(user)
    assert caller_of(token)[0] == actor_of(user)

    time.sleep(1.1)
    with pytest.raises(Unauthenticated):
        caller_of(token)


def test_a_token_that_was_good_is_refused_under_another_key_and_for_a_disabled_user(
    user: User, settings: Any
) -> None:
    token = issue_access_token(user)
    assert caller_of(token)[0] == actor_of(user)

    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another key, which nobody has signed this token with"
    with pytest.raises(Unauthenticated):
        caller_of(token)
    settings.SECRET_KEY = key
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(Unauthenticated):
        caller_of(token)
