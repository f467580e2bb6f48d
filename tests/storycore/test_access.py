from __future__ import annotations

import pytest

from storycore.access import (
    NOBODY,
    Actor,
    is_owner,
    is_visible,
    require_login,
    require_owner,
    visible_to,
)
from storycore.embedded.mongod import Mongod
from storycore.errors import Forbidden, StoryCoreError, Unauthenticated
from storycore.mongo.connection import database

OWNER, STRANGER, ADMIN = Actor("1"), Actor("2"), Actor("3", is_admin=True)


def test_nobody_must_log_in_in_the_words_that_clients_know() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        require_login(NOBODY)
    assert refusal.value.message == "Authentication required"
    assert require_login(OWNER) == "1"


@pytest.mark.parametrize(
    ("actor", "owns"), [(NOBODY, False), (STRANGER, False), (OWNER, True), (ADMIN, True)]
)
def test_owners_and_admins_own(actor: Actor, *, owns: bool) -> None:
    assert is_owner(actor, "1") is owns


def test_nobody_owns_what_nobody_owns() -> None:
    assert not is_owner(NOBODY, None)


@pytest.mark.parametrize(("actor", "error"), [(NOBODY, Unauthenticated), (STRANGER, Forbidden)])
def test_others_are_refused(actor: Actor, error: type[StoryCoreError]) -> None:
    with pytest.raises(error):
        require_owner(actor, "1", thing="scenario")


def test_the_filter_opens_what_is_public_and_what_is_owned() -> None:
    assert visible_to(NOBODY, public="p", owner="o") == {"p": True}
    assert visible_to(OWNER, public="p", owner="o") == {"$or": [{"p": True}, {"o": "1"}]}
    assert visible_to(ADMIN, public="p", owner="o") == {}


@pytest.mark.parametrize("is_public", [True, False, None])
@pytest.mark.parametrize("owner", ["1", "2", None])
@pytest.mark.parametrize(
    "actor",
    [NOBODY, Actor(user_id="1"), Actor(user_id="9", is_admin=True)],
    ids=["nobody", "user", "admin"],
)
def test_the_filter_and_the_check_say_the_same(
    mongod: Mongod, actor: Actor, owner: str | None, is_public: bool | None
) -> None:
    row = {"public": is_public, "owner": owner}
    things = database()["visible_things"]
    things.insert_one(dict(row))
    found = things.find_one(visible_to(actor, public="public", owner="owner")) is not None
    things.drop()

    assert is_visible(actor, row, public="public", owner="owner") is found
