from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from storycore.access import Actor
from storycore.accounts.models import User
from storycore.accounts.services import create_user
from storycore.limits import forget_rates
from tests.conftest import Api
from tests.factories import PASSWORD, an_access_token

LOGIN = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) {
  success token refreshToken message user { id name email isAdmin } userErrors { code } } }"""
CREATE = """mutation($input: CreateUserInput!) { createUser(input: $input) {
  success user { id name email isAdmin } userErrors { field code message } } }"""
ME = "{ me { id name email isAdmin } }"


def test_a_login_gives_tokens_that_work(api: Api, owner: Actor) -> None:
    answer = api(LOGIN, {"email": "Owner@Example.com", "password": PASSWORD})

    payload = answer["data"]["login"]
    assert "errors" not in answer
    assert payload["success"] is True
    assert payload["user"] == {
        "id": owner.user_id,
        "name": "Owner",
        "email": "owner@example.com",
        "isAdmin": False,
    }
    refreshed = api(
        "mutation($t: String!) { refreshToken(refreshToken: $t) { success token refreshToken } }",
        {"t": payload["refreshToken"]},
    )["data"]["refreshToken"]
    assert refreshed["success"] is True
    assert refreshed["refreshToken"] != payload["refreshToken"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("owner@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("owner@example.com", "x" * 10_000),
        ("owner@example.com' or '1'='1", PASSWORD),
    ],
)
def test_a_wrong_login_is_no_graphql_error_and_tells_nothing(
    api: Api, owner: Actor, email: str, password: str
) -> None:
    answer = api(LOGIN, {"email": email, "password": password})

    assert answer == {
        "data": {
            "login": {
                "success": False,
                "token": None,
                "refreshToken": None,
                "message": "The e-mail address or the password is wrong.",
                "user": None,
                "userErrors": [{"code": "WRONG_CREDENTIALS"}],
            }
        }
    }


def test_a_wrong_login_stays_quiet_for_clients_that_ask_for_no_user_errors(
    api: Api, owner: Actor
) -> None:
    answer = api('mutation { login(email: "owner@example.com", password: "no") { token success } }')

    assert answer == {"data": {"login": {"token": None, "success": False}}}


@pytest.fixture
def three_a_minute(settings: Any) -> Iterator[None]:
    settings.RATE_LIMITS = {"login": "3/minute"}
    settings.REDIS_URL = ""
    forget_rates()
    yield
    forget_rates()


def refused(answer: Any) -> bool:
    return [one["extensions"]["code"] for one in answer.get("errors", [])] == ["RATE_LIMITED"]


def test_guessing_at_one_account_is_limited(api: Api, owner: Actor, three_a_minute: None) -> None:
    wrong = {"email": "owner@example.com", "password": "no"}

    answers = [api(LOGIN, wrong) for _ in range(4)]

    assert [refused(answer) for answer in answers] == [False, False, False, True]
    assert 1 <= answers[3]["errors"][0]["extensions"]["retryAfter"] <= 60


def test_guessing_at_many_accounts_from_one_address_is_limited(
    api: Api, three_a_minute: None
) -> None:
    answers = [
        api(LOGIN, {"email": f"{number}@example.com", "password": "no"}) for number in range(4)
    ]

    assert [refused(answer) for answer in answers] == [False, False, False, True]


def test_many_people_behind_one_address_can_log_in(api: Api, three_a_minute: None) -> None:
    people = [f"{number}@example.com" for number in range(6)]
    for email in people:
        create_user(email, PASSWORD)

    answers = [api(LOGIN, {"email": email, "password": PASSWORD}) for email in people]

    assert all(answer["data"]["login"]["success"] for answer in answers)


def test_me_is_nobody_without_a_login(api: Api, owner: Actor) -> None:
    assert api(ME) == {"data": {"me": None}}
    assert api(ME, actor=owner)["data"]["me"]["email"] == "owner@example.com"


def test_addresses_of_others_are_not_told(api: Api, owner: Actor, stranger: Actor) -> None:
    api(
        'mutation { createScenario(input: {title: "T", isPublished: true}) { success } }',
        actor=owner,
    )

    answer = api("{ scenarios { author { id name email } } }", actor=stranger)

    assert answer["data"]["scenarios"] == [
        {"author": {"id": owner.user_id, "name": "Owner", "email": None}}
    ]


@pytest.mark.parametrize("scheme", ["JWT", "Bearer", "bearer", "jwt"])
def test_both_schemes_are_accepted(owner: Actor, scheme: str) -> None:
    header = {"Authorization": f"{scheme} {an_access_token(owner)}"}
    answer = Client().post(
        "/graphql/", {"query": ME}, content_type="application/json", headers=header
    )
    assert answer.json()["data"]["me"]["id"] == owner.user_id


@pytest.mark.parametrize("header", ["", " ", "JWT", "Bearer ", "Basic abc", "Bearer nonsense"])
def test_an_empty_or_stale_header_reads_as_nobody(owner: Actor, header: str) -> None:
    answer = Client().post(
        "/graphql/",
        {"query": "{ me { id } scenarios { id } }"},
        content_type="application/json",
        headers={"Authorization": header},
    )
    assert answer.status_code == 200
    assert answer.json() == {"data": {"me": None, "scenarios": []}}


def test_anybody_may_register_and_nobody_chooses_a_role(api: Api) -> None:
    given = {"email": "New@Example.com", "password": "a long pass phrase", "name": " New  One "}

    made = api(CREATE, {"input": given})
    role = api(CREATE, {"input": given | {"email": "x@example.com", "isAdmin": True}})

    assert made["data"]["createUser"]["userErrors"] == []
    assert made["data"]["createUser"]["user"] == {
        "id": str(User.objects.get().pk),
        "name": "New One",
        "email": "new@example.com",
        "isAdmin": False,
    }
    assert role["errors"][0]["extensions"]["code"] in {
        "BAD_USER_INPUT",
        "GRAPHQL_VALIDATION_FAILED",
    }
    assert list(User.objects.values_list("is_staff", "is_superuser")) == [(False, False)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "owner@example.com"}, "email"),
        ({"email": "OWNER@example.com"}, "email"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password"}, "password"),
        ({"password": "12345678901"}, "password"),
        ({"password": "x" * 300}, "password"),
        ({"name": "x" * 151}, "name"),
    ],
)
def test_wrong_registrations_name_the_field(
    api: Api, owner: Actor, change: dict[str, str], field: str
) -> None:
    given = {"email": "new@example.com", "password": "a long pass phrase", "name": "New"}

    answer = api(CREATE, {"input": given | change})

    payload = answer["data"]["createUser"]
    assert payload["success"] is False
    assert [(one["field"], one["code"]) for one in payload["userErrors"]] == [
        (field, "BAD_USER_INPUT")
    ]
    assert User.objects.count() == 1
