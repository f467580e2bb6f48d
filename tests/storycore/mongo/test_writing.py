from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pymongo.client_session import ClientSession

from assets.documents import Asset
from storycore.errors import Conflict, Unavailable
from storycore.mongo.budget import time_budget
from storycore.mongo.connection import client, database
from storycore.mongo.documents import valid_new
from storycore.mongo.writing import held, in_transaction, insert, stored, update
from tests.conftest import CommandCounter


def a_record(name: str) -> dict[str, object]:
    return valid_new(Asset, {"type": "image", "name": name, "uploaded_by": "1"})


def test_a_transaction_that_fails_leaves_nothing(content: None) -> None:
    def work(session: ClientSession) -> None:
        insert(Asset, a_record("one"), session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(work)

    assert database()["assets"].count_documents({}) == 0


def test_writes_are_seen_together_after_the_commit(content: None) -> None:
    seen: list[int] = []

    def work(session: ClientSession) -> None:
        insert(Asset, a_record("one"), session)
        seen.append(database()["assets"].count_documents({}))
        insert(Asset, a_record("two"), session)

    in_transaction(work)

    assert seen == [0]
    assert database()["assets"].count_documents({}) == 2


def test_the_same_id_twice_is_a_conflict_inside_and_outside(content: None) -> None:
    record = a_record("one")
    insert(Asset, record)

    with pytest.raises(Conflict):
        insert(Asset, record)
    with pytest.raises(Conflict):
        in_transaction(lambda session: insert(Asset, record, session))


def test_an_update_says_whether_the_document_is_there(content: None) -> None:
    record = a_record("one")

    assert not update(Asset, record["_id"], {"$set": {"name": "x"}})
    insert(Asset, record)
    assert update(Asset, record["_id"], {"$set": {"name": "x"}})
    assert stored(Asset).distinct("name") == ["x"]


def test_of_those_who_hold_a_name_one_after_the_other_commits(content: None) -> None:
    def first_or_later(session: ClientSession) -> bool:
        with held("a name", session):
            is_first = stored(Asset).find_one({"name": "one"}, session=session) is None
            if is_first:
                insert(Asset, a_record("one"), session)
            return is_first

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: in_transaction(first_or_later), range(16)))

    assert sorted(answers) == [False] * 15 + [True]
    assert database()["assets"].count_documents({}) == 1
    assert database()["holds"].count_documents({}) == 0


def test_who_is_slower_than_others_gives_up_when_the_budget_is_spent(content: None) -> None:
    record = a_record("one")
    insert(Asset, record)
    change = {"$set": {"name": "mine"}}
    attempts: list[float] = []

    def work(session: ClientSession) -> None:
        attempts.append(time.monotonic())
        update(Asset, record["_id"], change, session)

    with client().start_session() as other, other.start_transaction():
        stored(Asset).update_one(
            {"_id": record["_id"]}, {"$set": {"name": "theirs"}}, session=other
        )
        began = time.monotonic()
        with time_budget(0.5), pytest.raises(Unavailable):
            in_transaction(work)

    assert len(attempts) > 1
    assert 0.5 <= time.monotonic() - began < 3
    assert stored(Asset).distinct("name") == ["theirs"]


def test_the_commit_is_told_what_is_left(content: None, commands: CommandCounter) -> None:
    in_transaction(lambda session: insert(Asset, a_record("one"), session))
    with time_budget(5):
        in_transaction(lambda session: insert(Asset, a_record("two"), session))

    without, within = commands.limits_ms["commitTransaction"]
    assert without is None
    assert 4_000 < within <= 5_000
