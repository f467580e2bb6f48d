from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from storycore.access import Actor
from storycore.accounts.models import User


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_admin", *arguments, stdout=out)
    return out.getvalue()


def test_a_password_is_made_up_and_shown_once(db: None) -> None:
    said = run("--email", "Boss@Example.com", "--generate")

    admin = User.objects.get()
    assert (admin.email, admin.is_staff, admin.is_superuser) == ("boss@example.com", True, True)
    assert admin.check_password(said.strip().rpartition(" ")[2])


def test_a_user_becomes_an_admin_with_a_password_from_standard_input(
    owner: Actor, monkeypatch: Any
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a new pass phrase\n"))

    run("--email", "owner@example.com", "--password-stdin")

    admin = User.objects.get()
    assert (str(admin.pk), admin.is_staff) == (owner.user_id, True)
    assert admin.check_password("a new pass phrase")


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("nobody", "a long pass phrase", "email"),
        ("a@example.com", "", "password"),
        ("a@example.com", "short", "password"),
    ],
)
def test_what_is_wrong_is_named(
    db: None, monkeypatch: Any, email: str, password: str, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    with pytest.raises(CommandError, match=said):
        run("--email", email, "--password-stdin")

    assert User.objects.count() == 0
