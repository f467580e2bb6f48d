from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from storycore.access import Actor
from storycore.accounts import one_time_login
from storycore.accounts.models import User
from storycore.accounts.one_time_login import one_time_login_path, redeem
from storycore.accounts.services import create_user, ensure_first_admin
from storycore.errors import Forbidden
from tests.factories import PASSWORD


@pytest.fixture
def boss(db: None) -> User:
    return ensure_first_admin()


def test_the_link_logs_in_once(boss: User) -> None:
    path = one_time_login_path(boss)
    browser = Client()

    first = browser.get(path)
    inside = browser.get("/admin/")
    again = Client().get(path)

    assert (first.status_code, first.headers["Location"]) == (302, "/admin/")
    assert "no-store" in first.headers["Cache-Control"]
    assert inside.status_code == 200
    assert again.status_code == 403
    assert "used before" in again.content.decode()


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c"])
def test_a_made_up_link_is_refused(boss: User, token: str) -> None:
    assert Client().get(f"/admin/one-time-login/?token={token}").status_code == 403


def test_an_old_link_is_refused(boss: User) -> None:
    token = one_time_login_path(boss).partition("token=")[2]
    with patch.object(one_time_login, "LIFETIME_SECONDS", -1), pytest.raises(Forbidden):
        redeem(token)


def test_a_disabled_admin_is_refused(boss: User) -> None:
    token = one_time_login_path(boss).partition("token=")[2]
    boss.is_active = False
    boss.save()

    with pytest.raises(Forbidden):
        redeem(token)


@pytest.mark.django_db(transaction=True)
def test_of_ten_clicks_at_once_one_wins() -> None:
    token = one_time_login_path(create_user("a@example.com", PASSWORD)).partition("token=")[2]

    def click(_number: int) -> bool:
        try:
            redeem(token)
        except Forbidden:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(click, range(10))).count(True) == 1


def test_the_first_admin_is_made_once(boss: User, owner: Actor) -> None:
    assert ensure_first_admin() == boss
    assert not boss.has_usable_password()
