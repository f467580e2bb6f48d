"""Is any text searched for as it is?"""

from __future__ import annotations

import pytest

from storycore.mongo.connection import database
from storycore.mongo.searching import literal

TEXTS = ["a.b", "(", "[a-", "a\\b", "$x", "^", "a b\n", "ü図", "*"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_found_as_it_is(content: None, text: str) -> None:
    database()["texts"].insert_many([{"text": f"x{one}x"} for one in TEXTS])

    found = database()["texts"].find({"text": {"$regex": f"^x{literal(text)}x$"}})

    assert [one["text"] for one in found] == [f"x{text}x"]


def test_a_nul_finds_nothing_and_is_no_error(content: None) -> None:
    database()["texts"].insert_one({"text": "ab"})

    assert list(database()["texts"].find({"text": {"$regex": literal("a\x00b")}})) == []
